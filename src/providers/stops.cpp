#include "providers/stops.hpp"

namespace antiphon::inline v0::codec {

void write_stops(json::Writer& writer, RequestNotes& notes, const std::vector<std::string>& stops, std::size_t most,
                 std::string_view provider) {
  const bool too_many = most != 0 && stops.size() > most;
  if (too_many) {
    notes.cannot_carry("stop",
                       std::string(provider) + " takes " + std::to_string(most) + " of them; the rest is left out");
  }
  writer.begin_array();
  for (std::size_t index = 0; index < (too_many ? most : stops.size()); ++index) writer.string(stops[index]);
  writer.end_array();
}

}  // namespace antiphon::inline v0::codec
