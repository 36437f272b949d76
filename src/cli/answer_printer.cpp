#include "answer_printer.hpp"

#include <unistd.h>

namespace antiphon::cli {

AnswerPrinter::AnswerPrinter(Output& out, bool show_reasoning)
    : out_(out), style_(STDERR_FILENO), show_reasoning_(show_reasoning) {}

void AnswerPrinter::print(const Chunk& chunk) {
  if (chunk.choice() != 0) return;
  switch (chunk.kind()) {
    case ChunkKind::content:
    case ChunkKind::refusal:
      return answer(chunk.text());
    case ChunkKind::reasoning:
      return reasoning(chunk.text());
    case ChunkKind::tool_call:
      return tool_call(*chunk.part());
    case ChunkKind::tool_result:
      return tool_result(*chunk.part());
    default:
      return;
  }
}

void AnswerPrinter::print(const Response& response) {
  for (const Message& message : response.history()) {
    answer(message.content());
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call) tool_call(part);
      if (part.kind() == PartKind::tool_result) tool_result(part);
    }
  }
  reasoning(response.reasoning());
  answer(response.content());
  answer(response.refusal());
}

void AnswerPrinter::finish() {
  end_line();
  if (!at_line_start_) out_.write("\n");
  at_line_start_ = true;
}

void AnswerPrinter::answer(std::string_view text) {
  if (text.empty()) return;
  end_line();
  out_.write(text);
  at_line_start_ = text.back() == '\n';
}

void AnswerPrinter::reasoning(std::string_view text) {
  if (show_reasoning_ && !text.empty()) say_piece(style_.dim(text), text.back() != '\n');
}

void AnswerPrinter::tool_call(const Part& call) {
  if (show_reasoning_) say(style_.dim("calls " + one_line(call.name() + " " + call.arguments())) + "\n");
}

void AnswerPrinter::tool_result(const Part& result) {
  // What was said before the call and what is said after it are two lines.
  if (!at_line_start_) out_.write("\n");
  at_line_start_ = true;
  if (show_reasoning_ && result.is_error()) say(style_.dim(one_line(result.name() + ": " + result.text())) + "\n");
}

std::optional<Result<Response>> read_stream(Stream stream, AnswerPrinter* printer, const Output& out) {
  try {
    for (const Chunk& chunk : stream) {
      if (printer) printer->print(chunk);
      if (out.closed()) return std::nullopt;
    }
  } catch (const Error& error) {
    return error;
  }
  return stream.try_collect();
}

}  // namespace antiphon::cli
