// Frames cut into pieces are the frames in one piece: of any bytes, and of bytes whose sums are right.

#include "wire/aws_event_stream.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "input.hpp"
#include "split.hpp"
#include "wire/crc32.hpp"

namespace {

using namespace antiphon;

struct Outcome {
  std::vector<std::string> frames;  ///< headers and payload, each with its size in front
  std::string error;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void add(std::string& text, std::string_view part) {
  text.append(std::to_string(part.size())).append(":").append(part);
}

std::string in_words(const wire::AwsFrame& frame) {
  std::string text;
  wire::AwsHeaderReader reader = frame.headers.read();
  while (const auto header = reader.next()) {
    require(!header->name.empty() && frame.headers.find(header->name));
    const bool is_number = header->number().has_value();
    require(!(is_number && header->text()));
    add(text, header->name);
    add(text, header->value);
    text += std::to_string(header->number().value_or(0));
  }
  require(reader.fault() == nullptr);
  add(text, frame.payload);
  return text;
}

Outcome decode(std::string_view text, std::size_t piece, std::size_t limit) {
  wire::AwsEventStreamDecoder decoder(limit);
  Outcome outcome;
  decode_in_pieces(decoder, text, piece, [&](const wire::AwsFrame& frame) {
    touch_padding(frame.payload);
    require(frame.payload.size() + 16 <= limit);
    outcome.frames.push_back(in_words(frame));
  });
  if (decoder.error()) outcome.error = decoder.error()->what();
  return outcome;
}

void append_number(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

/// Frames that pass the checks of their sums, with the input as headers and payload.
std::string as_frames(std::string_view bytes, std::size_t header_size) {
  std::string stream;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), 2 * header_size))) {
    const std::string_view content = bytes.substr(0, 2 * header_size);
    const std::size_t headers = std::min(header_size, content.size());
    std::string frame;
    append_number(frame, static_cast<std::uint32_t>(content.size() + 16));
    append_number(frame, static_cast<std::uint32_t>(headers));
    append_number(frame, wire::crc32(frame));
    frame.append(content);
    append_number(frame, wire::crc32(frame));
    stream += frame;
  }
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t piece = 1 + input.choice();
  const unsigned choice = input.choice();
  const std::size_t limit = choice < 64 ? choice : 1 << 20;
  const std::size_t header_size = input.choice();
  const std::string text(input.rest());
  const std::string stream = header_size == 0 ? text : as_frames(text, header_size);
  require(decode(stream, piece, limit) == decode(stream, stream.size() + 1, limit));
  return 0;
}
