#include "providers/tool_arguments.hpp"

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "providers/sendable_json.hpp"

namespace antiphon::inline v0::codec {

void write_arguments_object(json::Writer& writer, RequestNotes& notes, const Part& call, const PartPlace& place) {
  const std::string& arguments = call.arguments();
  if (ascii::is_blank(arguments)) {
    writer.raw("{}");
  } else if (json::is_object(arguments)) {
    write_sendable(writer, notes, arguments, place);
  } else {
    notes.cannot_carry(place(), "the arguments are no JSON object; they are sent as a text inside one");
    writer.begin_object().key("arguments").string(arguments).end_object();
  }
}

}  // namespace antiphon::inline v0::codec
