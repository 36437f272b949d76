// Answers of Bedrock give the same in any pieces: of any bytes, and of events inside frames whose sums are right; what
// was read goes into a request again.

#include <iterator>
#include <string>

#include "answer.hpp"
#include "unit/wire/aws_frames.hpp"

namespace {

using antiphon::test::frame;
using antiphon::test::text_header;

constexpr const char* names[] = {"messageStart",
                                 "contentBlockStart",
                                 "contentBlockDelta",
                                 "contentBlockStop",
                                 "messageStop",
                                 "metadata",
                                 "chunk",
                                 ""};

/// Each line is a frame: its first character tells which event or exception, the rest is the payload.
std::string frames_of(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto which = static_cast<unsigned char>(line.front()) % (std::size(names) + 1);
    const bool fails = which == std::size(names);
    out += frame(text_header(fails ? ":exception-type" : ":event-type", fails ? "throttlingException" : names[which]) +
                     text_header(":message-type", fails ? "exception" : "event"),
                 line.substr(1));
  }
  return out;
}

void check(Input input, const std::string& protocol) {
  const antiphon::ModelConfig config("anthropic.claude-opus-4-6", antiphon::ProviderId(protocol));
  check_return(check_answer(input, protocol.c_str()), antiphon::ModelConfig(config).base_url("http://127.0.0.1:1"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const unsigned choice = input.choice();
  const char* protocol = choice & 1 ? "bedrock" : "bedrock-anthropic";
  if (choice & 2) {
    check(input, protocol);
    return 0;
  }
  const unsigned split = input.choice();
  std::string framed{static_cast<char>(split), 20};
  framed += frames_of(input.rest());
  check(Input(reinterpret_cast<const std::uint8_t*>(framed.data()), framed.size()), protocol);
  return 0;
}
