#include "providers/gemini_contents.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/extra_fields.hpp"
#include "providers/media_type.hpp"
#include "providers/own_fields.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/tool_arguments.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Google's word for a call that was not made by this model (providers.md §4.3).
constexpr const char* unsealed = "skip_thought_signature_validator";
constexpr const char* seal_name = "thoughtSignature";

bool is_untyped(const Part& part) { return !is_uploaded_file(part) && part.url().empty() && part.media_type().empty(); }

}  // namespace

void GeminiContents::write_system(const Turns& turns, std::string_view instruction) {
  for (const OwnOptions* own : turns.system_own) note_own_fields(notes_, *own, preset_, "messages");
  writer_.begin_object().key("parts").begin_array();
  for (const TurnItem& item : turns.system) {
    if (item.part->kind() != PartKind::text) throw invalid(item.place(), "a system message holds text only");
    check_text(item.part->text(), item.place);
    writer_.begin_object().key("text").string(item.part->text());
    own(item, {"text"});
    writer_.end_object();
  }
  if (!instruction.empty()) writer_.begin_object().key("text").string(instruction).end_object();
  writer_.end_array().end_object();
}

void GeminiContents::write_turns(const std::vector<Turn>& turns) {
  writer_.begin_array();
  for (const Turn& each : turns) turn(each);
  writer_.end_array();
}

void GeminiContents::turn(const Turn& turn) {
  first_call_of_turn_ = true;
  of_model_ = turn.assistant;
  for (const OwnOptions* own : turn.own) note_own_fields(notes_, *own, preset_, "messages");
  std::vector<TurnItem> items;
  for (const TurnItem& item : turn.items) {
    if (carries(item, turn.assistant)) items.push_back(item);
  }
  // A turn of the model that says nothing is refused.
  if (items.empty() && turn.assistant) return;
  writer_.begin_object().key("role").string(turn.assistant ? "model" : "user").key("parts").begin_array();
  for (const TurnItem& item : items) part(item);
  if (items.empty()) writer_.begin_object().key("text").string("").end_object();
  writer_.end_array().end_object();
}

/// What a model of another provider drew or said need not tell of which type it is, which is needed here.
bool GeminiContents::carries_untyped(const TurnItem& item) {
  if (item.part->kind() == PartKind::audio) return carries_transcript(notes_, item);
  note_unreturned(notes_, item);
  return false;
}

/// Files have addresses here, no ids (providers.md §4.3).
bool GeminiContents::carries_media(const TurnItem& item) {
  return carries_file_id(notes_, *item.part, preset_, item.place, FileIds::refused);
}

bool GeminiContents::carries(const TurnItem& item, bool assistant) {
  const Part& part = *item.part;
  switch (part.kind()) {
    case PartKind::text:
    case PartKind::refusal:
      check_text(part.text(), item.place);
      return !assistant || !part.text().empty() || (is_ours(part) && !part.signature().empty());
    case PartKind::image:
    case PartKind::audio:
    case PartKind::document:
      return assistant && is_untyped(part) ? carries_untyped(item) : carries_media(item);
    case PartKind::tool_call:
      if (assistant) return true;
      break;
    case PartKind::tool_result:
      if (!assistant) return true;
      break;
    case PartKind::reasoning:
      // What another model thought is not taken; our own thoughts go back as they came (providers.md, traps 95, 97).
      if (!is_ours(part)) notes_.left_thought(item.place());
      return is_ours(part);
    case PartKind::unknown:
      if (is_ours(part)) return true;
      notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
      return false;
  }
  throw misplaced(part, assistant ? "assistant" : "user", item.place);
}

/// A call that has no seal must get one where the model asks for it: it is written anew.
bool GeminiContents::goes_back_raw(const Part& part) const {
  if (part.raw().empty() || !is_ours(part)) return false;
  const bool needs_seal = part.kind() == PartKind::tool_call && first_call_of_turn_ && model_.sealed_calls;
  return !needs_seal || !part.signature().empty();
}

void GeminiContents::part(const TurnItem& item) {
  const Part& part = *item.part;
  if (part.kind() == PartKind::tool_call) calls_.insert_or_assign(part.id(), &part);
  if (goes_back_raw(part)) {
    check_json(part.raw(), item.place());
    note_own_fields(notes_, part.own_options(), preset_, item.place());
    if (part.kind() == PartKind::tool_call) first_call_of_turn_ = false;
    write_sendable(writer_, notes_, part.raw(), item.place);
    return;
  }
  writer_.begin_object();
  body(item);
  writer_.end_object();
}

/// What the user adds to a part; `written` are the names that stand in it, beside the seal.
void GeminiContents::own(const TurnItem& item, std::initializer_list<std::string_view> written) {
  ExtraFields fields;
  add_own_fields(fields, item.part->own_options(), preset_, item.place());
  if (std::exchange(sealed_, false) && fields.has(seal_name))
    throw invalid(item.place() + "/" + seal_name, "stands there already");
  write_own_fields(writer_, fields, item.place(), written);
}

void GeminiContents::body(const TurnItem& item) {
  const Part& part = *item.part;
  switch (part.kind()) {
    case PartKind::audio:
      if (of_model_ && is_untyped(part)) return words(item);
      return media(item);
    case PartKind::image:
    case PartKind::document:
      return media(item);
    case PartKind::tool_call:
      call(item);
      return own(item, {"functionCall"});
    case PartKind::tool_result:
      result(item);
      return own(item, {"functionResponse"});
    case PartKind::reasoning:
      check_text(part.text(), item.place);
      writer_.key("text").string(part.text()).key("thought").boolean(true);
      seal(item);
      return own(item, {"text", "thought"});
    default:
      return words(item);
  }
}

void GeminiContents::words(const TurnItem& item) {
  writer_.key("text").string(item.part->text());
  seal(item);
  own(item, {"text"});
}

void GeminiContents::seal(const TurnItem& item) {
  const Part& part = *item.part;
  if (!is_ours(part) || part.signature().empty()) return;
  check_text(part.signature(), item.place);
  seal(part.signature());
}

void GeminiContents::seal(const std::string& signature) {
  writer_.key(seal_name).string(signature);
  sealed_ = true;
}

void GeminiContents::inline_data(std::string_view media_type, std::string_view base64, std::string_view name) {
  writer_.key("inlineData").begin_object().key("mimeType").string(media_type).key("data").string(base64);
  if (!name.empty() && names_media_) writer_.key("displayName").string(name);
  writer_.end_object();
}

void GeminiContents::file_data(const std::string& url, std::string_view media_type) {
  writer_.key("fileData").begin_object();
  if (!media_type.empty()) writer_.key("mimeType").string(media_type);
  writer_.key("fileUri").string(url).end_object();
}

void GeminiContents::media(const TurnItem& item) {
  const Part& part = *item.part;
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  check_text(part.filename(), item.place);
  const bool is_inline = part.url().empty() || is_data_uri(part.url());
  if (is_data_uri(part.url())) {
    const DataUri uri = read_data_uri(part.url(), item.place);
    inline_data(uri.media_type, uri.base64, part.filename());
  } else if (!part.url().empty()) {
    file_data(part.url(), media_type_of_name(part.url()));
  } else if (part.media_type().empty()) {
    throw invalid(item.place(), "what is given by its bytes needs a media type");
  } else {
    const bool bare = part.kind() == PartKind::audio && part.media_type().find('/') == std::string::npos;
    inline_data(bare ? "audio/" + part.media_type() : part.media_type(), base64::encode(part.bytes()), part.filename());
  }
  note_dropped(item);
  seal(item);
  own(item, {is_inline ? "inlineData" : "fileData"});
}

void GeminiContents::note_dropped(const TurnItem& item) {
  const Part& part = *item.part;
  if (!part.detail().empty()) {
    notes_.cannot_carry(item.place() + "/detail", "Gemini has gemini::media_resolution in its place");
  }
  const bool named = names_media_ && (part.url().empty() || is_data_uri(part.url()));
  if (!part.filename().empty() && !named) notes_.cannot_carry(item.place() + "/filename", "media have no names here");
  if (part.kind() == PartKind::audio && !part.text().empty()) {
    notes_.cannot_carry(item.place() + "/transcript",
                        "the model listens to the audio; what was said does not go with it");
  }
}

/// The id that the model gave the call; empty when it gave none.
std::string GeminiContents::call_id(const Part& call) const {
  if (call.raw().empty() || !is_ours(call)) return call.id();
  std::string id;
  json::Reader reader;
  reader.read_copy(call.raw(), [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key != "functionCall") return;
      value.fields([&](std::string_view inner, json::Value field) {
        if (inner == "id") id = field.string().value_or("");
      });
    });
  });
  return id;
}

void GeminiContents::call(const TurnItem& item) {
  const Part& part = *item.part;
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  if (part.name().empty()) throw invalid(item.place(), "a tool call needs a name");
  writer_.key("functionCall").begin_object();
  if (const std::string id = call_id(part); !id.empty()) writer_.key("id").string(id);
  writer_.key("name").string(encode_tool_name(part.name(), FirstLetter::needed)).key("args");
  write_arguments_object(writer_, notes_, part, item.place);
  writer_.end_object();
  const bool first = std::exchange(first_call_of_turn_, false);
  if (is_ours(part) && !part.signature().empty()) {
    seal(item);
  } else if (first && model_.sealed_calls) {
    // Unless the user brings a seal along.
    ExtraFields own_fields;
    add_own_fields(own_fields, part.own_options(), preset_, item.place());
    if (!own_fields.has(seal_name)) seal(unsealed);
  }
}

void GeminiContents::result(const TurnItem& item) {
  const Part& part = *item.part;
  for (const std::string* text : {&part.id(), &part.name(), &part.text()}) check_text(*text, item.place);
  const auto call = calls_.find(part.id());
  const std::string id = call == calls_.end() ? part.id() : call_id(*call->second);
  const std::string& name = part.name().empty() && call != calls_.end() ? call->second->name() : part.name();
  if (name.empty()) throw invalid(item.place(), "a tool result needs the name of its tool here");
  writer_.key("functionResponse").begin_object();
  if (!id.empty()) writer_.key("id").string(id);
  writer_.key("name").string(encode_tool_name(name, FirstLetter::needed)).key("response");
  response(item);
  std::vector<TurnItem> media_parts;
  for (const Part& inner : part.parts()) {
    if (inner.kind() == PartKind::text) {
      note_own_fields(notes_, inner.own_options(), preset_, item.place());
      continue;
    }
    const bool fits = inner.kind() == PartKind::image || inner.kind() == PartKind::document;
    if (fits && model_.media_results) {
      if (carries_media({&inner, item.place})) media_parts.push_back({&inner, item.place});
    } else {
      notes_.cannot_carry(item.place(), "a tool result holds no " + std::string(to_string(inner.kind())) + " here");
    }
  }
  if (!media_parts.empty()) {
    writer_.key("parts").begin_array();
    for (const TurnItem& inner : media_parts) {
      writer_.begin_object();
      media(inner);
      writer_.end_object();
    }
    writer_.end_array();
  }
  writer_.end_object();
}

void GeminiContents::response(const TurnItem& item) {
  const Part& part = *item.part;
  if (!part.is_error() && json::is_object(part.text())) {
    return write_sendable(writer_, notes_, part.text(), item.place);
  }
  writer_.begin_object().key(part.is_error() ? "error" : "output").string(part.text()).end_object();
}

}  // namespace antiphon::inline v0::codec
