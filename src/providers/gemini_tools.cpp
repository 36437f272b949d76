#include "providers/gemini_tools.hpp"

#include <algorithm>
#include <string>

#include "providers/gemini_schema.hpp"
#include "providers/own_fields.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

bool GeminiTools::has_functions() const {
  return std::any_of(options_.tools().begin(), options_.tools().end(),
                     [](const Tool& tool) { return tool.provider().empty(); });
}

void GeminiTools::write_tools() {
  const std::vector<CarriedTool> tools = carried_tools(options_.tools(), *target_.preset, notes_);
  if (tools.empty()) return;
  writer_.key("tools").begin_array();
  for (const CarriedTool& carried : tools) {
    if (carried.is_own()) writer_.raw(carried.tool->raw().text());
  }
  if (has_functions()) {
    writer_.begin_object().key("functionDeclarations").begin_array();
    for (const CarriedTool& carried : tools) {
      if (!carried.is_own()) function(carried);
    }
    writer_.end_array().end_object();
  }
  writer_.end_array();
}

void GeminiTools::function(const CarriedTool& carried) {
  const Tool& tool = *carried.tool;
  const std::string place = carried.place();
  ExtraFields own;
  add_own_fields(own, tool.own_options(), *target_.preset, place);
  const std::string name = offered_tool_name(tool.name(), longest_gemini_name, place, "Gemini", FirstLetter::needed);
  writer_.begin_object().key("name").string(name);
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  const bool has_own = own.has("parameters") || own.has("parametersJsonSchema");
  if (!has_own && !takes_no_arguments(tool.parameters())) {
    write_gemini_schema(writer_, notes_, model_, {"parameters", "parametersJsonSchema"}, tool.parameters(),
                        place + "/parameters");
  }
  own.write(writer_);
  writer_.end_object();
}

/// Gemini has no strictness of one function; there is a mode of all of them.
bool GeminiTools::wants_strict() {
  bool wanted = false;
  for (std::size_t index = 0; index < options_.tools().size(); ++index) {
    if (!options_.tools()[index].strict().value_or(false)) continue;
    wanted = true;
    if (!model_.validated_calls) {
      notes_.cannot_carry("tools/" + std::to_string(index) + "/strict",
                          "the model " + target_.model + " has no such mode");
    }
  }
  return wanted && model_.validated_calls;
}

std::string_view GeminiTools::mode(bool other_tools) {
  using Kind = ToolChoice::Kind;
  const bool strict = wants_strict();
  const Kind kind = options_.tool_choice() ? options_.tool_choice()->kind() : Kind::automatic;
  if (!has_functions() && !other_tools) {
    const bool any = std::any_of(options_.tools().begin(), options_.tools().end(),
                                 [this](const Tool& tool) { return is_meant_for(tool.provider(), *target_.preset); });
    if (kind != Kind::none && options_.tool_choice() && !any) {
      notes_.cannot_carry("tool_choice", "there are no tools");
    } else if (kind == Kind::required || kind == Kind::named) {
      notes_.cannot_carry("tool_choice", "there are no functions to call");
    }
    return {};
  }
  if (kind == Kind::none) return "NONE";
  // Forced calls follow their schemas without being asked.
  if (kind != Kind::automatic) return "ANY";
  if (strict) return "VALIDATED";
  return options_.tool_choice() ? "AUTO" : "";
}

void GeminiTools::write_config(const ExtraFields& config, const ExtraFields& calling, bool other_tools) {
  if (options_.parallel_tool_calls() == false) {
    notes_.cannot_carry("parallel_tool_calls", "the model calls as many at once as it likes");
  }
  const std::string_view mode = this->mode(other_tools);
  if (mode.empty() && config.empty() && calling.empty()) return;
  writer_.key("toolConfig").begin_object();
  if (!mode.empty() || !calling.empty()) {
    writer_.key("functionCallingConfig").begin_object();
    if (!mode.empty() && !calling.has("mode")) writer_.key("mode").string(mode);
    const auto& choice = options_.tool_choice();
    if (mode == "ANY" && choice->kind() == ToolChoice::Kind::named && !calling.has("allowedFunctionNames")) {
      writer_.key("allowedFunctionNames").begin_array();
      writer_.string(encode_tool_name(choice->name(), FirstLetter::needed)).end_array();
    }
    calling.write(writer_);
    writer_.end_object();
  }
  config.write(writer_);
  writer_.end_object();
}

}  // namespace antiphon::inline v0::codec
