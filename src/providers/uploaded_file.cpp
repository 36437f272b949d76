#include "providers/uploaded_file.hpp"

#include <algorithm>

#include "providers/own_fields.hpp"

namespace antiphon::inline v0::codec {

bool is_uploaded_file(const Part& part) {
  const bool may_be_file = part.kind() == PartKind::image || part.kind() == PartKind::document;
  return may_be_file && !part.id().empty();
}

bool holds_uploaded_file(const Part& part, const Preset& preset) {
  if (is_uploaded_file(part)) return is_meant_for(part.provider(), preset);
  return std::any_of(part.parts().begin(), part.parts().end(),
                     [&](const Part& inner) { return holds_uploaded_file(inner, preset); });
}

bool carries_file_id(RequestNotes& notes, const Part& part, const Preset& preset, const PartPlace& place, FileIds ids) {
  if (!is_uploaded_file(part)) return true;
  check_text(part.id(), place);
  if (!is_meant_for(part.provider(), preset)) {
    notes.cannot_carry(place(), "a file that was uploaded to " + part.provider() + " is not there for " + preset.name +
                                    " and is left out");
    return false;
  }
  if (ids == FileIds::taken) return true;
  notes.cannot_carry(place(), preset.name + " takes no " + std::string(to_string(part.kind())) +
                                  " by the id of its file: it is left out");
  return false;
}

}  // namespace antiphon::inline v0::codec
