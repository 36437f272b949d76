#include "providers/cohere_messages.hpp"

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/media_type.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Cohere refuses a message without content.
constexpr std::string_view empty_content = ".";

}  // namespace

bool CohereMessages::is_plain_text(const TurnItem& item) const {
  const Part& part = *item.part;
  return part.kind() == PartKind::text && part.raw().empty() && !has_own_fields(part.own_options(), preset_);
}

void CohereMessages::write(const Turns& turns) {
  writer_.begin_array();
  if (!turns.system.empty()) system(turns);
  for (const Turn& turn : turns.turns) {
    if (turn.assistant) {
      assistant(turn);
    } else {
      user(turn);
    }
  }
  writer_.end_array();
}

void CohereMessages::system(const Turns& turns) {
  std::vector<TurnItem> items;
  for (const TurnItem& item : turns.system) {
    if (item.part->kind() != PartKind::text) throw invalid(item.place(), "a system message holds text only");
    check_text(item.part->text(), item.place);
    if (!ascii::is_blank(item.part->text())) items.push_back(item);
  }
  if (items.empty()) return;
  writer_.begin_object().key("role").string("system").key("content");
  content(items);
  write_own_fields(writer_, turns.system_own, preset_, "messages", {"role", "content"});
  writer_.end_object();
}

/// Results of tools are messages of their own.
void CohereMessages::user(const Turn& turn) {
  std::vector<TurnItem> items;
  bool results = false;
  for (const TurnItem& item : turn.items) {
    switch (item.part->kind()) {
      case PartKind::text:
        check_text(item.part->text(), item.place);
        if (!item.part->text().empty()) items.push_back(item);
        break;
      case PartKind::image:
        if (carries_file_id(notes_, *item.part, preset_, item.place, FileIds::refused)) items.push_back(item);
        break;
      case PartKind::document:
        document(item);
        break;
      case PartKind::tool_result:
        results = true;
        result(item);
        break;
      case PartKind::audio:
        notes_.cannot_carry(item.place(), "Cohere takes no audio");
        break;
      case PartKind::unknown:
        if (carries_block(item)) items.push_back(item);
        break;
      default:
        throw misplaced(*item.part, "user", item.place);
    }
  }
  if (items.empty() && results) {
    for (const OwnOptions* own : turn.own) note_own_fields(notes_, *own, preset_, "messages");
    return;
  }
  writer_.begin_object().key("role").string("user").key("content");
  content(items);
  write_own_fields(writer_, turn.own, preset_, "messages", {"role", "content"});
  writer_.end_object();
}

/// Beside tool calls a text is the plan for them.
void CohereMessages::assistant(const Turn& turn) {
  std::vector<TurnItem> items;
  std::vector<TurnItem> tool_calls;
  for (const TurnItem& item : turn.items) {
    switch (item.part->kind()) {
      case PartKind::text:
      case PartKind::refusal:
        check_text(item.part->text(), item.place);
        if (!ascii::is_blank(item.part->text())) items.push_back(item);
        break;
      case PartKind::tool_call:
        tool_calls.push_back(item);
        break;
      case PartKind::reasoning:
        // What another model thought is not taken (providers.md, trap 95).
        if (is_ours(*item.part)) {
          items.push_back(item);
        } else {
          notes_.left_thought(item.place());
        }
        break;
      case PartKind::unknown:
        if (carries_block(item)) items.push_back(item);
        break;
      case PartKind::audio:
        if (carries_transcript(notes_, item)) items.push_back(item);
        break;
      case PartKind::image:
      case PartKind::document:
        note_unreturned(notes_, item);
        break;
      default:
        throw misplaced(*item.part, "assistant", item.place);
    }
  }
  std::string plan;
  if (!tool_calls.empty()) {
    std::erase_if(items, [&](const TurnItem& item) {
      if (!is_plain_text(item)) return false;
      plan += item.part->text();
      return true;
    });
  }
  writer_.begin_object().key("role").string("assistant");
  if (!items.empty() || tool_calls.empty()) {
    writer_.key("content");
    content(items);
  }
  if (!plan.empty()) writer_.key("tool_plan").string(plan);
  if (!tool_calls.empty()) calls(tool_calls);
  write_own_fields(writer_, turn.own, preset_, "messages", {"role", "content", "tool_plan", "tool_calls"});
  writer_.end_object();
}

bool CohereMessages::carries_block(const TurnItem& item) {
  if (is_ours(*item.part)) return true;
  notes_.cannot_carry(item.place(), "a block of " + item.part->provider() + " means nothing here and is left out");
  return false;
}

void CohereMessages::content(const std::vector<TurnItem>& items) {
  if (items.empty()) {
    writer_.string(empty_content);
    return;
  }
  if (items.size() == 1 && is_plain_text(items[0])) {
    writer_.string(items[0].part->text());
    return;
  }
  writer_.begin_array();
  for (const TurnItem& item : items) content_part(item);
  writer_.end_array();
}

void CohereMessages::content_part(const TurnItem& item) {
  const Part& part = *item.part;
  if (!part.raw().empty() && is_ours(part)) {
    check_json(part.raw(), item.place());
    note_own_fields(notes_, part.own_options(), preset_, item.place());
    write_sendable(writer_, notes_, part.raw(), item.place);
    return;
  }
  if (part.kind() == PartKind::image) return image(item);
  const bool thinking = part.kind() == PartKind::reasoning;
  check_text(part.text(), item.place);
  const std::string_view type = thinking ? "thinking" : "text";
  writer_.begin_object().key("type").string(type).key(type).string(part.text());
  write_own_fields(writer_, part.own_options(), preset_, item.place(), {"type", type});
  writer_.end_object();
}

void CohereMessages::image(const TurnItem& item) {
  const Part& part = *item.part;
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  check_text(part.detail(), item.place);
  if (part.url().empty() && part.media_type().empty()) {
    throw invalid(item.place(), "an image from bytes needs its media type");
  }
  const std::string url =
      part.url().empty() ? data_uri(part.media_type(), part.bytes()) : normal_url(part.url(), item.place);
  writer_.begin_object().key("type").string("image_url").key("image_url").begin_object().key("url").string(url);
  if (!part.detail().empty()) writer_.key("detail").string(part.detail());
  writer_.end_object();
  write_own_fields(writer_, part.own_options(), preset_, item.place(), {"type", "image_url"});
  writer_.end_object();
}

/// Text goes to the documents of the request; Cohere takes nothing else.
void CohereMessages::document(const TurnItem& item) {
  const Part& part = *item.part;
  if (!carries_file_id(notes_, part, preset_, item.place, FileIds::refused)) return;
  check_text(part.filename(), item.place);
  constexpr const char* what_is_taken = "Cohere takes documents of text, as bytes or data URI";
  if (!part.url().empty() && !is_data_uri(part.url())) return note_unfetched(notes_, item.place(), what_is_taken);
  std::string type = part.media_type();
  std::string words = part.bytes();
  if (!part.url().empty()) {
    const DataUri uri = read_data_uri(part.url(), item.place);
    type = uri.media_type;
    words = base64::decode(uri.base64).value_or("");
  }
  if (!is_text_media_type(plain_media_type(type))) return notes_.cannot_carry(item.place(), what_is_taken);
  check_text(words, item.place);
  std::string text;
  json::Writer document(text);
  document.begin_object().key("data").begin_object();
  if (!part.filename().empty()) document.key("title").string(part.filename());
  document.key("text").string(words).end_object();
  write_own_fields(document, part.own_options(), preset_, item.place(), {"data"});
  document.end_object();
  if (!documents_.empty()) documents_ += ',';
  documents_ += text;
}

void CohereMessages::result(const TurnItem& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  if (part.is_error()) notes_.failed_result(item.place());
  writer_.begin_object().key("role").string("tool").key("tool_call_id").string(part.id()).key("content");
  if (part.parts().empty()) {
    writer_.string(part.text());
  } else {
    result_parts(item);
  }
  write_own_fields(writer_, part.own_options(), preset_, item.place(), {"role", "tool_call_id", "content"});
  writer_.end_object();
}

/// Each text is a document that can be cited.
void CohereMessages::result_parts(const TurnItem& item) {
  writer_.begin_array();
  for (const Part& part : item.part->parts()) {
    if (part.kind() != PartKind::text) {
      notes_.cannot_carry(item.place(), "a tool result holds no " + std::string(to_string(part.kind())));
      continue;
    }
    check_text(part.text(), item.place);
    writer_.begin_object().key("type").string("document").key("document").begin_object();
    writer_.key("data").string(part.text());
    // Where Cohere has the `id` by which it cites (providers.md §6.12).
    write_own_fields(writer_, part.own_options(), preset_, item.place(), {"data"});
    writer_.end_object().end_object();
  }
  writer_.end_array();
}

void CohereMessages::calls(const std::vector<TurnItem>& calls) {
  writer_.key("tool_calls").begin_array();
  for (const TurnItem& item : calls) {
    const Part& part = *item.part;
    check_call_id(part, item.place);
    for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
    writer_.begin_object().key("id").string(part.id()).key("type").string("function").key("function").begin_object();
    writer_.key("name").string(encode_tool_name(part.name()));
    writer_.key("arguments").string(ascii::is_blank(part.arguments()) ? "{}" : std::string_view(part.arguments()));
    writer_.end_object();
    write_own_fields(writer_, part.own_options(), preset_, item.place(), {"id", "type", "function"});
    writer_.end_object();
  }
  writer_.end_array();
}

}  // namespace antiphon::inline v0::codec
