#include "providers/anthropic_messages.hpp"

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "providers/base64.hpp"
#include "providers/codec.hpp"
#include "providers/data_uri.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view nothing_said = ".";

bool is_blank(std::string_view text) { return ascii::trim(text).empty(); }

bool is_object(std::string_view json) { return json::check(json).empty() && ascii::trim(json).starts_with('{'); }

}  // namespace

bool is_anthropic_origin(std::string_view provider, std::string_view family) {
  const Preset* preset = find_preset(provider);
  return provider == family || (preset && preset->family == family);
}

bool AnthropicMessages::is_ours(const Part& part) const { return is_anthropic_origin(part.provider(), family_); }

bool AnthropicMessages::is_plain_text(const TurnItem& item) const {
  return item.part->kind() == PartKind::text && item.part->own_options().empty() && item.part->raw().empty();
}

void AnthropicMessages::write_system(const std::vector<TurnItem>& system, std::string_view instruction) {
  std::vector<TurnItem> items;
  for (const TurnItem& item : system) {
    if (item.part->kind() != PartKind::text) throw invalid(item.place(), "a system message holds text only");
    if (carries_text(item)) items.push_back(item);
  }
  if (items.size() == 1 && instruction.empty() && is_plain_text(items[0])) {
    writer_.string(items[0].part->text());
    return;
  }
  writer_.begin_array();
  for (const TurnItem& item : items) block(item, {});
  if (!instruction.empty()) {
    begin("text");
    writer_.key("text").string(instruction).end_object();
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
  for (std::size_t i = 0; i < items.size(); ++i) {
    block(items[i], i + 1 == items.size() ? turn.own : std::vector<const OwnOptions*>());
  }
  if (items.empty() && !(turn.assistant && last)) {
    begin("text");
    writer_.key("text").string(nothing_said).end_object();
  }
  writer_.end_array().end_object();
}

bool AnthropicMessages::carries_text(const TurnItem& item) {
  check_text(item.part->text(), item.place);
  // Empty texts are refused (providers.md, trap 75).
  return !is_blank(item.part->text());
}

bool AnthropicMessages::carries(const TurnItem& item, bool assistant) {
  const Part& part = *item.part;
  const auto needs = [&](bool of_assistant) {
    if (assistant == of_assistant) return true;
    throw invalid(item.place(), "a message of the " + std::string(assistant ? "assistant" : "user") +
                                    " cannot hold a part of kind " + std::string(to_string(part.kind())));
  };
  switch (part.kind()) {
    case PartKind::text:
      return carries_text(item);
    case PartKind::refusal:
      return needs(true) && carries_text(item);
    case PartKind::image:
    case PartKind::document:
      return needs(false);
    case PartKind::audio:
      notes_.cannot_carry(item.place(), "Anthropic takes no audio");
      return false;
    case PartKind::tool_call:
      return needs(true);
    case PartKind::tool_result:
      return needs(false);
    case PartKind::reasoning:
      // What another model thought is not taken (providers.md, trap 95).
      return needs(true) && is_ours(part) && !part.signature().empty();
    case PartKind::unknown:
      if (is_ours(part)) return true;
      notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
      return false;
  }
  return false;
}

void AnthropicMessages::own_fields(const OwnOptions& options) {
  if (options.family() != family_) return;
  for (const auto& [name, value] : options.fields()) {
    check_json(value.text(), name);
    writer_.key_text(name).raw(value.text());
  }
}

void AnthropicMessages::own(const std::vector<OwnOptions>& options) {
  for (const OwnOptions& each : options) own_fields(each);
}

void AnthropicMessages::block(const TurnItem& item, const std::vector<const OwnOptions*>& of_message) {
  if (!item.part->raw().empty() && is_ours(*item.part)) return raw(item);
  write_block(item);
  own(item.part->own_options());
  for (const OwnOptions* options : of_message) own_fields(*options);
  writer_.end_object();
}

void AnthropicMessages::raw(const TurnItem& item) {
  check_json(item.part->raw(), item.place());
  writer_.raw(item.part->raw());
}

void AnthropicMessages::write_block(const TurnItem& item) {
  switch (item.part->kind()) {
    case PartKind::image:
      return image(item);
    case PartKind::document:
      return document(item);
    case PartKind::tool_call:
      return tool_use(item);
    case PartKind::tool_result:
      return tool_result(item);
    case PartKind::reasoning:
      return thinking(item);
    default:
      return text(item);
  }
}

void AnthropicMessages::text(const TurnItem& item) {
  begin("text");
  writer_.key("text").string(item.part->text());
}

void AnthropicMessages::source(std::string_view media_type, std::string_view base64) {
  writer_.key("source").begin_object().key("type").string("base64");
  writer_.key("media_type").string(media_type).key("data").string(base64).end_object();
}

void AnthropicMessages::image(const TurnItem& item) {
  const Part& part = *item.part;
  check_text(part.url(), item.place);
  begin("image");
  if (part.url().empty()) {
    if (part.media_type().empty()) throw invalid(item.place(), "an image from bytes needs its media type");
    check_text(part.media_type(), item.place);
    source(part.media_type(), base64::encode(part.bytes()));
  } else if (is_data_uri(part.url())) {
    const auto uri = parse_data_uri(part.url());
    if (!uri) throw invalid(item.place(), "the data URI is broken");
    source(uri->media_type, uri->base64);
  } else {
    writer_.key("source").begin_object().key("type").string("url").key("url").string(part.url()).end_object();
  }
  if (!part.detail().empty()) notes_.cannot_carry(item.place() + "/detail", "Anthropic has no such setting");
}

void AnthropicMessages::document(const TurnItem& item) {
  const Part& part = *item.part;
  check_text(part.url(), item.place);
  check_text(part.filename(), item.place);
  begin("document");
  std::string media_type = part.media_type();
  if (part.url().empty() && media_type.starts_with("text/")) {
    check_text(part.bytes(), item.place);
    writer_.key("source").begin_object().key("type").string("text").key("media_type").string("text/plain");
    writer_.key("data").string(part.bytes()).end_object();
  } else if (part.url().empty()) {
    if (media_type.empty()) media_type = "application/pdf";
    check_text(media_type, item.place);
    source(media_type, base64::encode(part.bytes()));
  } else if (is_data_uri(part.url())) {
    const auto uri = parse_data_uri(part.url());
    if (!uri) throw invalid(item.place(), "the data URI is broken");
    source(uri->media_type, uri->base64);
  } else {
    writer_.key("source").begin_object().key("type").string("url").key("url").string(part.url()).end_object();
  }
  if (!part.filename().empty()) writer_.key("title").string(part.filename());
}

void AnthropicMessages::tool_use(const TurnItem& item) {
  const Part& part = *item.part;
  if (part.id().empty()) throw invalid(item.place(), "a tool call needs an id");
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  begin("tool_use");
  writer_.key("id").string(plain_tool_id(part.id())).key("name").string(encode_tool_name(part.name())).key("input");
  if (is_blank(part.arguments())) {
    writer_.raw("{}");
  } else if (is_object(part.arguments())) {
    writer_.raw(part.arguments());
  } else {
    notes_.cannot_carry(item.place(), "the arguments are no JSON object; they are sent as a text inside one");
    writer_.begin_object().key("arguments").string(part.arguments()).end_object();
  }
}

void AnthropicMessages::tool_result(const TurnItem& item) {
  const Part& part = *item.part;
  if (part.id().empty()) throw invalid(item.place(), "a tool result needs the id of its call");
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  begin("tool_result");
  writer_.key("tool_use_id").string(plain_tool_id(part.id()));
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
  begin("thinking");
  writer_.key("thinking").string(item.part->text()).key("signature").string(item.part->signature());
}

}  // namespace antiphon::inline v0::codec
