// Answers of Bedrock give the same in any pieces: of any bytes, and of events inside frames whose sums are right.

#include <iterator>
#include <string>

#include "answer.hpp"
#include "wire/crc32.hpp"

namespace {

constexpr const char* names[] = {"messageStart",
                                 "contentBlockStart",
                                 "contentBlockDelta",
                                 "contentBlockStop",
                                 "messageStop",
                                 "metadata",
                                 "chunk",
                                 ""};

void add_number(std::string& bytes, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
}

void add_header(std::string& headers, std::string_view name, std::string_view value) {
  headers += static_cast<char>(name.size());
  headers.append(name).append({7, 0, static_cast<char>(value.size())}).append(value);
}

void add_frame(std::string& out, std::string_view headers, std::string_view payload) {
  std::string bytes;
  add_number(bytes, static_cast<std::uint32_t>(headers.size() + payload.size() + 16));
  add_number(bytes, static_cast<std::uint32_t>(headers.size()));
  add_number(bytes, antiphon::wire::crc32(bytes));
  bytes.append(headers).append(payload);
  add_number(bytes, antiphon::wire::crc32(bytes));
  out += bytes;
}

/// Each line is a frame: its first character tells which event or exception, the rest is the payload.
std::string frames_of(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto which = static_cast<unsigned char>(line.front()) % (std::size(names) + 1);
    std::string headers;
    const bool fails = which == std::size(names);
    add_header(headers, fails ? ":exception-type" : ":event-type", fails ? "throttlingException" : names[which]);
    add_header(headers, ":message-type", fails ? "exception" : "event");
    add_frame(out, headers, line.substr(1));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const unsigned choice = input.choice();
  const char* protocol = choice & 1 ? "bedrock" : "bedrock-anthropic";
  if (choice & 2) {
    check_answer(input, protocol);
    return 0;
  }
  const unsigned split = input.choice();
  std::string framed{static_cast<char>(split), 20};
  framed += frames_of(input.rest());
  check_answer(Input(reinterpret_cast<const std::uint8_t*>(framed.data()), framed.size()), protocol);
  return 0;
}
