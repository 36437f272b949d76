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
    default:
      return;
  }
}

void AnswerPrinter::print(const Response& response) {
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
