#include "providers/bedrock_messages.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/tool_arguments.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Bedrock refuses blank texts and empty contents (providers.md §6.13, trap 75).
constexpr std::string_view nothing_said = ".";
constexpr std::string_view cache_point_name = "cachePoint";
constexpr std::string_view guard_name = "guardContent";

bool is_document(const TurnItem& item) { return item.part->kind() == PartKind::document; }
bool is_text(const TurnItem& item) { return item.part->kind() == PartKind::text; }

}  // namespace

void BedrockMessages::write_system(const Turns& turns, std::string_view instruction) {
  writer_.begin_array();
  for (const TurnItem& item : turns.system) {
    if (!is_text(item)) throw invalid(item.place(), "a system message holds text only");
    if (carries_text(item)) block(item);
  }
  own_of_messages(turns.system_own);
  if (!instruction.empty()) plain_text(instruction);
  writer_.end_array();
}

void BedrockMessages::write_turns(const std::vector<Turn>& turns) {
  writer_.begin_array();
  for (const Turn& each : turns) turn(each);
  writer_.end_array();
}

void BedrockMessages::turn(const Turn& turn) {
  std::vector<TurnItem> items;
  for (const TurnItem& item : turn.items) {
    if (carries(item, turn.assistant)) items.push_back(item);
  }
  writer_.begin_object().key("role").string(turn.assistant ? "assistant" : "user").key("content").begin_array();
  for (const TurnItem& item : items) block(item);
  // A document needs a text beside it.
  const bool bare_document =
      std::any_of(items.begin(), items.end(), is_document) && std::none_of(items.begin(), items.end(), is_text);
  if (items.empty() || bare_document) plain_text(nothing_said);
  own_of_messages(turn.own);
  writer_.end_array().end_object();
}

bool BedrockMessages::carries_text(const TurnItem& item) {
  check_text(item.part->text(), item.place);
  return !ascii::is_blank(item.part->text());
}

bool BedrockMessages::carries_media(const TurnItem& item) {
  return carries_file_id(notes_, *item.part, preset_, item.place, FileIds::refused) && media_.carries(item);
}

/// No answer holds a document, and none of Claude's a picture (providers.md §3.3). What another model drew need not
/// tell of which type it is.
bool BedrockMessages::carries_attachment(const TurnItem& item, bool assistant) {
  const Part& part = *item.part;
  const bool typed = !part.media_type().empty() || !part.url().empty();
  if (!assistant || (part.kind() == PartKind::image && typed && !is_claude_)) return carries_media(item);
  note_unreturned(notes_, item);
  return false;
}

/// What another model thought is not taken (providers.md, trap 95).
bool BedrockMessages::carries_thought(const TurnItem& item) {
  if (is_ours(*item.part) && !item.part->signature().empty()) return true;
  notes_.left_thought(item.place());
  return false;
}

bool BedrockMessages::carries(const TurnItem& item, bool assistant) {
  const Part& part = *item.part;
  const auto needs = [&](bool of_assistant) {
    if (assistant == of_assistant) return true;
    throw misplaced(part, assistant ? "assistant" : "user", item.place);
  };
  switch (part.kind()) {
    case PartKind::text:
      return carries_text(item);
    case PartKind::refusal:
      return needs(true) && carries_text(item);
    case PartKind::image:
    case PartKind::document:
      return carries_attachment(item, assistant);
    case PartKind::tool_result:
      return needs(false);
    case PartKind::tool_call:
      return needs(true);
    case PartKind::audio:
      if (assistant) return carries_transcript(notes_, item);
      notes_.cannot_carry(item.place(), "Bedrock takes no audio");
      return false;
    case PartKind::reasoning:
      return needs(true) && carries_thought(item);
    case PartKind::unknown:
      if (is_ours(part)) return true;
      notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
      return false;
  }
  return false;
}

void BedrockMessages::block(const TurnItem& item) {
  if (!item.part->raw().empty() && is_ours(*item.part)) {
    check_json(item.part->raw(), item.place());
    note_own_fields(notes_, item.part->own_options(), preset_, item.place(), {cache_point_name});
    write_sendable(writer_, notes_, item.part->raw(), item.place);
  } else {
    write_block(item);
  }
  cache_points(item.part->own_options());
}

void BedrockMessages::write_block(const TurnItem& item) {
  switch (item.part->kind()) {
    case PartKind::image:
      writer_.begin_object().key("image").begin_object();
      media_.image(item);
      own_members(item, {"format", "source"});
      break;
    case PartKind::document:
      writer_.begin_object().key("document").begin_object();
      media_.document(item);
      own_members(item, {"format", "name", "source"});
      break;
    case PartKind::tool_call:
      writer_.begin_object().key("toolUse").begin_object();
      tool_use(item);
      own_members(item, {"toolUseId", "name", "input"});
      break;
    case PartKind::tool_result:
      writer_.begin_object().key("toolResult").begin_object();
      tool_result(item);
      own_members(item, {"toolUseId", "content", item.part->is_error() ? "status" : "content"});
      break;
    case PartKind::reasoning:
      return reasoning(item);
    default:
      return text(item);
  }
  if (!item.part->detail().empty()) notes_.cannot_carry(item.place() + "/detail", "Bedrock has no such setting");
  writer_.end_object().end_object();
}

void BedrockMessages::plain_text(std::string_view text) {
  writer_.begin_object().key("text").string(text).end_object();
}

/// A text; one that a guardrail is to look at stands in a block of its own kind.
void BedrockMessages::text(const TurnItem& item) {
  note_own_fields(notes_, item.part->own_options(), preset_, item.place(), {cache_point_name, guard_name});
  const Json* qualifiers = nullptr;
  for (const OwnOptions& own : item.part->own_options()) {
    if (!is_meant_for(own.family(), preset_)) continue;
    for (const auto& [name, value] : own.fields()) {
      if (name == guard_name) qualifiers = &value;
    }
  }
  if (!qualifiers) return plain_text(item.part->text());
  check_json(qualifiers->text(), item.place() + "/" + std::string(guard_name));
  writer_.begin_object().key(guard_name).begin_object().key("text").begin_object();
  writer_.key("text").string(item.part->text());
  if (ascii::trim(qualifiers->text()) != "[]") writer_.key("qualifiers").raw(qualifiers->text());
  writer_.end_object().end_object().end_object();
}

/// Some models make ids with dots and colons, and read them (observed of Kimi on Bedrock, May 2026).
std::string BedrockMessages::call_id(const std::string& id) const {
  return is_claude_ ? plain_tool_id(id) : dotted_tool_id(id);
}

void BedrockMessages::tool_use(const TurnItem& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  writer_.key("toolUseId").string(call_id(part.id())).key("name").string(encode_tool_name(part.name()));
  writer_.key("input");
  write_arguments_object(writer_, notes_, part, item.place);
}

void BedrockMessages::tool_result(const TurnItem& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  writer_.key("toolUseId").string(call_id(part.id())).key("content").begin_array();
  bool any = false;
  if (part.parts().empty() && !ascii::is_blank(part.text())) {
    any = true;
    plain_text(part.text());
  }
  for (const Part& inner : part.parts()) result_part({&inner, item.place}, any);
  if (!any) plain_text(nothing_said);
  writer_.end_array();
  if (part.is_error()) writer_.key("status").string("error");
}

void BedrockMessages::result_part(const TurnItem& item, bool& any) {
  switch (item.part->kind()) {
    case PartKind::text:
      if (!carries_text(item)) return;
      break;
    case PartKind::image:
    case PartKind::document:
      if (!carries_media(item)) return;
      break;
    default:
      notes_.cannot_carry(item.place(), "a tool result holds no " + std::string(to_string(item.part->kind())));
      return;
  }
  any = true;
  write_block(item);
  for (const OwnOptions& own : item.part->own_options()) {
    const bool marks = std::any_of(own.fields().begin(), own.fields().end(),
                                   [](const auto& field) { return field.first == cache_point_name; });
    if (marks && is_meant_for(own.family(), preset_)) {
      notes_.cannot_carry(item.place() + "/cachePoint", "a cache mark stands behind a tool result, not inside of one");
    }
  }
}

void BedrockMessages::reasoning(const TurnItem& item) {
  note_own_fields(notes_, item.part->own_options(), preset_, item.place(), {cache_point_name});
  for (const std::string* text : {&item.part->text(), &item.part->signature()}) check_text(*text, item.place);
  writer_.begin_object().key("reasoningContent").begin_object().key("reasoningText").begin_object();
  writer_.key("text").string(item.part->text()).key("signature").string(item.part->signature());
  writer_.end_object().end_object().end_object();
}

/// Members of the user's own inside a block; marks that stand beside it are written behind it.
void BedrockMessages::own_members(const TurnItem& item, std::initializer_list<std::string_view> written) {
  if (item.part->own_options().empty()) return;
  ExtraFields fields;
  add_own_fields(fields, item.part->own_options(), preset_, item.place());
  fields.take(cache_point_name);
  write_own_fields(writer_, fields, item.place(), written);
}

/// A message is no block: marks stand behind its last one.
void BedrockMessages::own_of_messages(const std::vector<const OwnOptions*>& own) {
  for (const OwnOptions* each : own) {
    note_own_fields(notes_, *each, preset_, "messages", {cache_point_name});
    cache_point(*each);
  }
}

void BedrockMessages::cache_points(const std::vector<OwnOptions>& options) {
  for (const OwnOptions& each : options) cache_point(each);
}

void BedrockMessages::cache_point(const OwnOptions& options) {
  if (!is_meant_for(options.family(), preset_)) return;
  for (const auto& [name, value] : options.fields()) {
    if (name != cache_point_name) continue;
    check_json(value.text(), name);
    writer_.begin_object().key(cache_point_name).raw(value.text()).end_object();
  }
}

}  // namespace antiphon::inline v0::codec
