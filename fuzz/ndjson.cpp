// Lines cut into pieces are the lines in one piece.

#include "wire/ndjson.hpp"

#include <string>
#include <utility>
#include <vector>

#include "input.hpp"
#include "split.hpp"

namespace {

using namespace antiphon;

std::pair<std::vector<std::string>, bool> decode(std::string_view text, std::size_t piece, std::size_t limit) {
  wire::NdjsonDecoder decoder(limit);
  std::vector<std::string> lines;
  decode_in_pieces(decoder, text, piece, [&](std::string_view line) {
    touch_padding(line);
    require(!line.empty() && line.size() <= limit && line.find('\n') == std::string_view::npos);
    lines.emplace_back(line);
  });
  return {std::move(lines), decoder.too_large()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t piece = 1 + input.choice();
  const unsigned choice = input.choice();
  const std::size_t limit = choice < 64 ? choice : 1 << 20;
  require(decode(input.rest(), piece, limit) == decode(input.rest(), size + 1, limit));
  return 0;
}
