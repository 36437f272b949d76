#pragma once

#include <string_view>

#include <antiphon/chunk.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>
#include <antiphon/stream.hpp>

#include "output.hpp"
#include "terminal.hpp"

namespace antiphon::cli {

/// Prints one answer: its text on standard output as it comes, what the model thinks on standard error.
class AnswerPrinter {
 public:
  AnswerPrinter(Output& out, bool show_reasoning);

  void print(const Chunk& chunk);
  void print(const Response& response);
  /// The answer is over, well or not: the cursor goes to the start of a line.
  void finish();

 private:
  void answer(std::string_view text);
  void reasoning(std::string_view text);
  void tool_call(const Part& call);
  void tool_result(const Part& result);

  Output& out_;
  Style style_;
  bool show_reasoning_;
  bool at_line_start_ = true;
};

/// Reads a stream to its end; `printer` may be null. A reader of standard output who goes away ends the stream, which
/// gives no result.
std::optional<Result<Response>> read_stream(Stream stream, AnswerPrinter* printer, const Output& out);

}  // namespace antiphon::cli
