#include "providers/carried_tools.hpp"

#include "providers/own_fields.hpp"

namespace antiphon::inline v0::codec {

std::vector<CarriedTool> carried_tools(const std::vector<Tool>& tools, const Preset& preset, RequestNotes& notes,
                                       std::string_view another) {
  std::vector<CarriedTool> carried;
  for (std::size_t index = 0; index < tools.size(); ++index) {
    const CarriedTool each{&tools[index], index};
    const std::string& whose = each.tool->provider();
    if (!each.is_own() || whose == another || is_meant_for(whose, preset)) {
      carried.push_back(each);
    } else {
      notes.cannot_carry(each.place(), "a tool of " + whose + " does not exist here");
    }
  }
  return carried;
}

}  // namespace antiphon::inline v0::codec
