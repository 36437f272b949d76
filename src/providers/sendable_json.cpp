#include "providers/sendable_json.hpp"

#include <optional>
#include <string>

#include "json/unescape.hpp"

namespace antiphon::inline v0::codec {

void write_sendable(json::Writer& writer, RequestNotes& notes, std::string_view json, const PartPlace& place) {
  const std::optional<std::string> mended = json::without_lone_surrogates(json);
  if (mended) notes.mended(place(), "half of a surrogate pair, which no server takes, is sent as U+FFFD");
  writer.raw(mended ? std::string_view(*mended) : json);
}

}  // namespace antiphon::inline v0::codec
