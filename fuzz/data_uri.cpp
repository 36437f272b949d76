// A data URI is taken apart and put together again with the same bytes; base64 in pieces is base64 as a whole.

#include "providers/data_uri.hpp"

#include <optional>
#include <string>

#include "input.hpp"
#include "providers/base64.hpp"
#include "providers/image_type.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

struct Bytes {
  std::string bytes;
  bool clean = true;

  friend bool operator==(const Bytes&, const Bytes&) = default;
};

Bytes decode(std::string_view text, std::size_t piece) {
  Bytes read;
  base64::Decoder decoder;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (!decoder.feed(text.substr(at, piece), read.bytes)) read.clean = false;
  }
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t piece = 1 + input.choice();
  const std::string text(input.rest());
  for (const std::string& uri : {text, "data:" + text, "data:image/png;base64," + text}) {
    const auto read = codec::parse_data_uri(uri);
    if (!read) continue;
    require(!read->media_type.empty());
    const auto bytes = base64::decode(read->base64);
    // The last letter before the padding may have bits that no byte has; they stay.
    require(bytes && base64::encode(*bytes).size() == read->base64.size());
    const auto again = codec::parse_data_uri(codec::data_uri(*read));
    require(again && again->base64 == read->base64);
    [[maybe_unused]] const std::string_view type = codec::image_type(*bytes);
  }
  const Bytes whole = decode(text, text.size() + 1);
  require(decode(text, piece) == whole);
  require(base64::decode(text) == (whole.clean ? std::optional(whole.bytes) : std::nullopt));
  require(base64::decode(base64::encode(text)) == text);
  return 0;
}
