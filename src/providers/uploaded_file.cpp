#include "providers/uploaded_file.hpp"

#include <algorithm>

#include "providers/own_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool has_file_id(const Part& part) {
  const bool may_be_file = part.kind() == PartKind::image || part.kind() == PartKind::document;
  return may_be_file && !part.id().empty();
}

Error elsewhere(const Part& part, const PartPlace& place) {
  return Error(ErrorKind::unsupported, "the file was uploaded to " + part.provider() + ", and nobody else has it")
      .where(place());
}

}  // namespace

bool holds_uploaded_file(const Part& part) {
  return has_file_id(part) || std::any_of(part.parts().begin(), part.parts().end(), has_file_id);
}

bool is_uploaded_file(const Part& part, const Preset& preset, const PartPlace& place) {
  if (!has_file_id(part)) return false;
  if (!is_meant_for(part.provider(), preset)) throw elsewhere(part, place);
  check_text(part.id(), place);
  return true;
}

void refuse_uploaded_file(const Part& part, const Preset& preset, const PartPlace& place) {
  if (!has_file_id(part)) return;
  if (!is_meant_for(part.provider(), preset)) throw elsewhere(part, place);
  throw Error(ErrorKind::unsupported, preset.name + " takes no ids of files there").where(place());
}

}  // namespace antiphon::inline v0::codec
