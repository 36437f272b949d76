// An event stream cut into pieces gives what it gives in one piece.

#include "wire/sse.hpp"

#include <string>
#include <utility>
#include <vector>

#include "input.hpp"
#include "split.hpp"

namespace {

using namespace antiphon;

struct Outcome {
  std::vector<std::pair<std::string, std::string>> events;
  bool too_large = false;
  std::optional<long> retry;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(std::string_view text, std::size_t piece, std::size_t limit) {
  wire::SseDecoder decoder(limit);
  Outcome outcome;
  decode_in_pieces(decoder, text, piece, [&](const wire::SseEvent& event) {
    touch_padding(event.data);
    require(event.data.size() <= limit);
    require(event.type.find_first_of("\r\n") == std::string_view::npos);
    require(event.data.find('\r') == std::string_view::npos);
    outcome.events.emplace_back(event.type, event.data);
  });
  outcome.too_large = decoder.too_large();
  outcome.retry = decoder.retry();
  return outcome;
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
