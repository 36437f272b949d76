#include "providers/chat_fields.hpp"

#include <algorithm>
#include <string>

#include "json/reader.hpp"
#include "providers/json_fields.hpp"
#include "providers/name_list.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view chat_fields[] = {"logit_bias",
                                            "prediction",
                                            "modalities",
                                            "audio",
                                            "functions",
                                            "function_call",
                                            "web_search_options",
                                            "store",
                                            "service_tier",
                                            "verbosity",
                                            "safety_identifier",
                                            "prompt_cache_key",
                                            "prompt_cache_options",
                                            "prompt_cache_retention",
                                            "moderation",
                                            "stream_options",
                                            "response_format",
                                            "tool_choice"};

/// The `type` of one of the fields; empty when there is none.
std::string type_of_field(const ExtraFields& extras, std::string_view name) {
  std::string type;
  const std::string* value = extras.find(name);
  if (!value) return type;
  json::Reader reader;
  reader.read_copy(*value, [&](json::Value root) { type = JsonFields(root).text("type"); });
  return type;
}

void note_members(RequestNotes& notes, const std::vector<OwnOptions>& own, const Preset& preset,
                  const std::string& place) {
  for (const OwnOptions& options : own) {
    if (options.family() != "openai-chat") continue;
    for (const auto& [name, value] : options.fields()) {
      notes.cannot_carry(place + "/" + name, preset.name + " has no such field there");
    }
  }
}

bool is_content(const Part& part) { return part.kind() != PartKind::tool_call && part.kind() != PartKind::tool_result; }

}  // namespace

bool is_chat_field(std::string_view name) { return is_one_of(chat_fields, name); }

void leave_out_chat_fields(ExtraFields& extras, RequestNotes& notes, std::initializer_list<std::string_view> taken) {
  if (extras.empty()) return;
  for (const std::string_view name : chat_fields) {
    if (std::find(taken.begin(), taken.end(), name) != taken.end() || extras.take(name).empty()) continue;
    notes.cannot_carry(std::string(name), "Chat Completions alone has it");
  }
}

void leave_out_chat_choice(ExtraFields& extras, RequestNotes& notes) {
  const std::string type = type_of_field(extras, "tool_choice");
  if (type != "allowed_tools" && type != "custom" && type != "function") return;
  extras.take("tool_choice");
  notes.cannot_carry("tool_choice", "Chat Completions alone has this choice");
}

void leave_out_formats(ExtraFields& extras, RequestNotes& notes, std::initializer_list<std::string_view> types) {
  const std::string type = type_of_field(extras, "response_format");
  if (type.empty() || std::find(types.begin(), types.end(), type) != types.end()) return;
  extras.take("response_format");
  notes.cannot_carry("response_format", "the provider has no format of the type " + type);
}

void note_chat_members(RequestNotes& notes, const Request& request, const Preset& preset, ChatMembers taken) {
  const bool inside = taken == ChatMembers::in_parts_and_tools;
  for (std::size_t index = 0; index < request.messages().size(); ++index) {
    const Message& message = request.messages()[index];
    if (!message.own_options().empty()) {
      note_members(notes, message.own_options(), preset, "messages/" + std::to_string(index));
    }
    for (std::size_t number = 0; number < message.parts().size(); ++number) {
      const Part& part = message.parts()[number];
      if (part.own_options().empty() && part.parts().empty()) continue;
      const std::string place = PartPlace{index, number}();
      if (!inside || !is_content(part)) note_members(notes, part.own_options(), preset, place);
      for (const Part& inner : part.parts()) {
        if (!inside) note_members(notes, inner.own_options(), preset, place);
      }
    }
  }
  const std::vector<Tool>& tools = request.options().tools();
  for (std::size_t index = 0; !inside && index < tools.size(); ++index) {
    note_members(notes, tools[index].own_options(), preset, "tools/" + std::to_string(index));
  }
}

}  // namespace antiphon::inline v0::codec
