#include "providers/anthropic_messages.hpp"

#include "core/ascii.hpp"
#include "providers/anthropic.hpp"
#include "providers/anthropic_attachments.hpp"
#include "providers/data_uri.hpp"
#include "providers/own_fields.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/tool_arguments.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr const char* stand_in_text = ".";
// Anthropic's ids have no greatest length; this one only bounds what is kept as it is.
constexpr std::size_t longest_id = 1024;

bool is_thought(const Part& part) {
  return part.kind() == PartKind::reasoning || (part.kind() == PartKind::unknown && part.name() == "redacted_thinking");
}

}  // namespace

bool is_anthropic_origin(const Part& part, const Preset& preset) {
  if (came_from(part, preset) || part.provider() == preset.family) return true;
  const Preset* origin = find_preset(part.provider());
  return origin && origin->family == preset.family;
}

bool AnthropicMessages::is_plain_text(const TurnItem& item) const {
  return item.part->kind() == PartKind::text && item.part->own_options().empty() && item.part->raw().empty();
}

/// Whether the bytes in which the part came go back. A call must keep the id that its result has.
bool AnthropicMessages::carries_raw(const Part& part) const {
  if (part.raw().empty() || !is_ours(part)) return false;
  return part.kind() != PartKind::tool_call || plain_tool_id(part.id(), longest_id) == part.id();
}

void AnthropicMessages::write_system(const Turns& turns, std::string_view instruction) {
  std::vector<TurnItem> items;
  for (const TurnItem& item : turns.system) {
    if (item.part->kind() != PartKind::text) throw invalid(item.place(), "a system message holds text only");
    if (carries_text(item)) items.push_back(item);
  }
  if (items.size() == 1 && instruction.empty() && turns.system_own.empty() && is_plain_text(items[0])) {
    writer_.string(items[0].part->text());
    return;
  }
  writer_.begin_array();
  blocks(items, turns.system_own);
  if (!instruction.empty()) {
    text(instruction);
    writer_.end_object();
  }
  writer_.end_array();
}

void AnthropicMessages::write_turns(const std::vector<Turn>& turns) {
  writer_.begin_array();
  for (const Turn& each : turns) turn(each, &each == &turns.back());
  writer_.end_array();
}

void AnthropicMessages::turn(const Turn& turn, bool last) {
  std::vector<TurnItem> items;
  for (const TurnItem& item : turn.items) {
    if (carries(item, turn.assistant)) items.push_back(item);
  }
  writer_.begin_object().key("role").string(turn.assistant ? "assistant" : "user").key("content");
  if (items.size() == 1 && turn.own.empty() && is_plain_text(items[0])) {
    writer_.string(items[0].part->text()).end_object();
    return;
  }
  writer_.begin_array();
  const Part stand_in = Part::text(stand_in_text);
  if (items.empty() && !(turn.assistant && last)) items.push_back(TurnItem{&stand_in, {0, 0}});
  blocks(items, turn.own);
  writer_.end_array().end_object();
}

void AnthropicMessages::blocks(const std::vector<TurnItem>& items, const std::vector<const OwnOptions*>& of_message) {
  for (const TurnItem& item : items) {
    block(item, &item == &items.back() ? of_message : std::vector<const OwnOptions*>());
  }
}

bool AnthropicMessages::carries_text(const TurnItem& item) {
  check_text(item.part->text(), item.place);
  // Empty texts are refused (providers.md, trap 75).
  return !ascii::is_blank(item.part->text());
}

/// What another model thought is not taken (providers.md, trap 95).
bool AnthropicMessages::carries_thought(const TurnItem& item) {
  if (is_ours(*item.part) && !item.part->signature().empty()) return true;
  notes_.left_thought(item.place());
  return false;
}

bool AnthropicMessages::carries_attachment(const TurnItem& item, bool assistant) {
  const Part& part = *item.part;
  const bool image = part.kind() == PartKind::image;
  if (assistant) {
    notes_.cannot_carry(item.place(),
                        "an answer of an Anthropic model holds no " + std::string(to_string(part.kind())));
    return false;
  }
  const bool elsewhere = !claude_takes_urls(preset_);
  if (is_uploaded_file(part)) {
    return carries_file_id(notes_, part, preset_, item.place, elsewhere ? FileIds::refused : FileIds::taken);
  }
  if (elsewhere && !part.url().empty() && !is_data_uri(part.url())) {
    note_unfetched(notes_, item.place(), "Claude on another cloud takes bytes or a data URI, not a URL");
    return false;
  }
  if (image ? takes_image(part, item.place) : takes_document(part, item.place)) return true;
  notes_.cannot_carry(item.place(), image ? "Anthropic takes images as JPEG, PNG, GIF or WebP"
                                          : "Anthropic takes documents as PDF or text");
  return false;
}

bool AnthropicMessages::carries(const TurnItem& item, bool assistant) {
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
    case PartKind::audio:
      if (assistant) return carries_transcript(notes_, item);
      notes_.cannot_carry(item.place(), "Anthropic takes no audio");
      return false;
    case PartKind::tool_call:
      return needs(true);
    case PartKind::tool_result:
      return needs(false);
    case PartKind::reasoning:
      return needs(true) && carries_thought(item);
    case PartKind::unknown:
      if (is_ours(part)) return true;
      notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
      return false;
  }
  return false;
}

void AnthropicMessages::block(const TurnItem& item, const std::vector<const OwnOptions*>& of_message) {
  ExtraFields fields;
  if (!of_message.empty()) own_.gather(fields, of_message, "messages");
  if (!item.part->own_options().empty()) own_.gather(fields, item.part->own_options(), item.place());
  if (fields.empty()) return write_block(item);
  if (is_thought(*item.part) && !fields.take("cache_control").empty()) {
    notes_.cannot_carry(item.place() + "/cache_control", "a thought takes no cache mark");
  }
  writer_.raw(own_.onto(as_json(item), std::move(fields), item.place()));
}

std::string AnthropicMessages::as_json(const TurnItem& item) {
  std::string json;
  json::Writer writer(json);
  AnthropicMessages(writer, notes_, own_, preset_).write_block(item);
  return json;
}

void AnthropicMessages::write_block(const TurnItem& item) {
  if (carries_raw(*item.part)) {
    check_json_object(item.part->raw(), item.place());
    write_sendable(writer_, notes_, item.part->raw(), item.place);
    return;
  }
  switch (item.part->kind()) {
    case PartKind::image:
      image(item);
      break;
    case PartKind::document:
      document(item);
      break;
    case PartKind::tool_call:
      tool_use(item);
      break;
    case PartKind::tool_result:
      tool_result(item);
      break;
    case PartKind::reasoning:
      thinking(item);
      break;
    default:
      text(item.part->text());
  }
  writer_.end_object();
}

void AnthropicMessages::text(std::string_view text) {
  begin("text");
  writer_.key("text").string(text);
}

void AnthropicMessages::image(const TurnItem& item) {
  begin("image");
  write_source(writer_, image_source(*item.part, item.place));
  if (!item.part->detail().empty()) notes_.cannot_carry(item.place() + "/detail", "Anthropic has no such setting");
}

void AnthropicMessages::document(const TurnItem& item) {
  check_text(item.part->filename(), item.place);
  begin("document");
  write_source(writer_, document_source(*item.part, item.place));
  if (!item.part->filename().empty()) writer_.key("title").string(item.part->filename());
}

void AnthropicMessages::tool_use(const TurnItem& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  begin("tool_use");
  writer_.key("id").string(plain_tool_id(part.id(), longest_id));
  writer_.key("name").string(encode_tool_name(part.name())).key("input");
  write_arguments_object(writer_, notes_, part, item.place);
}

void AnthropicMessages::tool_result(const TurnItem& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  begin("tool_result");
  writer_.key("tool_use_id").string(plain_tool_id(part.id(), longest_id));
  if (part.parts().empty()) {
    if (!part.text().empty()) writer_.key("content").string(part.text());
  } else {
    writer_.key("content").begin_array();
    for (const Part& inner : part.parts()) {
      const TurnItem nested{&inner, item.place};
      const bool fits = inner.kind() == PartKind::text || inner.kind() == PartKind::image ||
                        inner.kind() == PartKind::document || inner.kind() == PartKind::unknown;
      if (!fits) {
        notes_.cannot_carry(item.place(), "a tool result holds no " + std::string(to_string(inner.kind())));
      } else if (carries(nested, false)) {
        block(nested, {});
      }
    }
    writer_.end_array();
  }
  if (part.is_error()) writer_.key("is_error").boolean(true);
}

void AnthropicMessages::thinking(const TurnItem& item) {
  for (const std::string* text : {&item.part->text(), &item.part->signature()}) check_text(*text, item.place);
  begin("thinking");
  writer_.key("thinking").string(item.part->text()).key("signature").string(item.part->signature());
}

}  // namespace antiphon::inline v0::codec
