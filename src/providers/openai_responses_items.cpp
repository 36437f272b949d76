#include "providers/openai_responses_items.hpp"

#include <algorithm>
#include <optional>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/data_uri.hpp"
#include "providers/json_fields.hpp"
#include "providers/named_file.hpp"
#include "providers/openai_flat_forms.hpp"
#include "providers/request_checks.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// The `type` of an item or a part that is JSON.
std::string type_of(std::string_view json) {
  std::string type;
  json::Reader reader;
  reader.read_copy(json, [&](json::Value root) { type = JsonFields(root).text("type"); });
  return type;
}

/// A part of a request in the form of Chat Completions that holds more than we know.
bool is_chat_part(const Part& part) { return part.kind() == PartKind::unknown && part.provider() == "openai-chat"; }

/// Whether items stand for others that the server keeps, calls perhaps.
bool has_references(const Messages& messages) {
  const auto refers = [](const Part& part) {
    return part.kind() == PartKind::unknown && part.raw().find("item_reference") != std::string::npos;
  };
  return std::any_of(messages.begin(), messages.end(), [&](const Message& message) {
    return std::any_of(message.parts().begin(), message.parts().end(), refers);
  });
}

/// Whether two parts are one item, a message with a text and a refusal.
bool is_same_item(const Part& part, const Part& before) {
  return part.kind() != before.kind() && !part.raw().empty() && part.raw() == before.raw();
}

}  // namespace

void OpenAiResponsesItems::write(const Messages& messages, const Options& options, bool continued) {
  if (messages.empty()) throw invalid("messages", "there are no messages");
  const std::optional<std::size_t> joined = message_to_join(messages, options);
  pairs_ = ToolPairs(messages, continued || has_references(messages) ? Strays::kept : Strays::left_out, notes_);
  writer_.begin_array();
  for (std::size_t index = 0; index < messages.size(); ++index) {
    if (messages[index].role() == Role::assistant) {
      said_by_model(messages[index], index);
      for (const ToolPairs::Answer& answer : pairs_.answers(index)) result(answer.result);
    } else {
      said_to_model(messages[index], index, joined == index ? &options.attachments() : nullptr);
    }
  }
  writer_.end_array();
}

void OpenAiResponsesItems::note_name(const Message& message, std::size_t index) {
  if (message.name().empty()) return;
  notes_.cannot_carry(MessagePlace{index, "name"}(), "this protocol has no names of speakers");
}

void OpenAiResponsesItems::said_to_model(const Message& message, std::size_t index,
                                         const std::vector<Part>* attachments) {
  std::vector<Item> items;
  bool others = false;
  for (std::size_t part = 0; part < message.parts().size(); ++part) {
    const Item item{&message.parts()[part], {index, part}};
    if (item.part->kind() == PartKind::tool_result && !is_system(message)) {
      // One whose call is here stands behind it.
      if (pairs_.is_kept(*item.part)) result(item);
      others = true;
    } else if (!carries(message.role(), item)) {
      continue;
    } else if (is_item(item)) {
      this->message(message, index, items);
      raw(item);
      others = true;
    } else {
      items.push_back(item);
    }
  }
  if (message.role() == Role::tool) {
    const std::string place = "messages/" + std::to_string(index);
    if (!others) throw invalid(place, "a tool message needs a tool result");
    note_own_fields(notes_, message.own_options(), preset_, place);
    return;
  }
  for (std::size_t part = 0; attachments && part < attachments->size(); ++part) {
    const Item item{&(*attachments)[part], {PartPlace::no_message, part}};
    if (carries(message.role(), item)) items.push_back(item);
  }
  if (others && items.empty()) return;
  note_name(message, index);
  if (!items.empty()) return this->message(message, index, items);
  writer_.begin_object().key("role").string(to_string(message.role())).key("content").string("").end_object();
}

/// One message with these parts, which are taken; none when there are none.
void OpenAiResponsesItems::message(const Message& message, std::size_t index, std::vector<Item>& items) {
  if (items.empty()) return;
  const bool assistant = message.role() == Role::assistant;
  writer_.begin_object();
  if (assistant) writer_.key("type").string("message");
  writer_.key("role").string(to_string(message.role())).key("content");
  if (assistant) {
    writer_.begin_array();
    for (const Item& item : items) content_part(item, true);
    writer_.end_array();
  } else {
    content(items);
  }
  write_own_fields(writer_, message.own_options(), preset_, "messages/" + std::to_string(index),
                   {"type", "role", "content"});
  writer_.end_object();
  items.clear();
}

bool OpenAiResponsesItems::carries(Role role, const Item& item) {
  switch (item.part->kind()) {
    case PartKind::text:
      if (role != Role::tool) return true;
      notes_.cannot_carry(item.place(), "text beside a tool result is left out");
      return false;
    case PartKind::image:
    case PartKind::document:
      if (role == Role::user) return carries_file_id(notes_, *item.part, preset_, item.place, FileIds::taken);
      break;
    case PartKind::audio:
      notes_.cannot_carry(item.place(), "this protocol takes no audio");
      return false;
    case PartKind::unknown:
      if (is_ours(*item.part)) {
        check_json_object(item.part->raw(), item.place());
        return true;
      }
      if (is_chat_part(*item.part) && role == Role::user && !flat_part(item.part->raw()).empty()) return true;
      notes_.cannot_carry(item.place(), "a block of " + item.part->provider() + " means nothing here and is left out");
      return false;
    case PartKind::refusal:
    case PartKind::reasoning:
    case PartKind::tool_call:
    case PartKind::tool_result:
      break;
  }
  throw misplaced(*item.part, to_string(role), item.place);
}

/// Whether a block stands among the messages, and not inside of one.
bool OpenAiResponsesItems::is_item(const Item& item) const {
  if (item.part->kind() != PartKind::unknown || is_chat_part(*item.part)) return false;
  const std::string type = type_of(item.part->raw());
  return !type.starts_with("input_") && type != "output_text" && type != "refusal";
}

void OpenAiResponsesItems::content(const std::vector<Item>& items) {
  if (items.size() == 1 && items[0].part->kind() == PartKind::text &&
      !has_own_fields(items[0].part->own_options(), preset_) && flat_own_fields(items[0].part->own_options()).empty()) {
    check_text(items[0].part->text(), items[0].place);
    writer_.string(items[0].part->text());
    return;
  }
  writer_.begin_array();
  for (const Item& item : items) content_part(item, false);
  writer_.end_array();
}

void OpenAiResponsesItems::content_part(const Item& item, bool assistant) {
  if (is_chat_part(*item.part)) return void(writer_.raw(flat_part(item.part->raw())));
  if (item.part->kind() == PartKind::unknown) return raw(item);
  check_text(item.part->text(), item.place);
  writer_.begin_object();
  switch (item.part->kind()) {
    case PartKind::image:
      image(item);
      own(item, {"type", "image_url", "file_id", "detail"});
      break;
    case PartKind::document:
      document(item);
      own(item, {"type", "filename", "file_data", "file_url", "file_id"});
      break;
    case PartKind::refusal:
      writer_.key("type").string("refusal").key("refusal").string(item.part->text());
      own(item, {"type", "refusal"});
      break;
    default:
      writer_.key("type").string(assistant ? "output_text" : "input_text").key("text").string(item.part->text());
      own(item, {"type", "text"});
  }
  writer_.end_object();
}

/// What the user adds to an object of ours.
void OpenAiResponsesItems::own(const Item& item, std::initializer_list<std::string_view> written_fields) {
  const std::vector<OwnOptions>& own = item.part->own_options();
  if (own.empty()) return;
  ExtraFields fields;
  add_own_fields(fields, own, preset_, item.place());
  const PartKind kind = item.part->kind();
  // What a request in the form of Chat Completions says beside a call or a result is that protocol's alone.
  if (kind != PartKind::tool_call && kind != PartKind::tool_result) {
    add_own_fields(fields, flat_own_fields(own), preset_, item.place());
  }
  write_own_fields(writer_, fields, item.place(), written_fields);
}

void OpenAiResponsesItems::image(const Item& item) {
  const Part& part = *item.part;
  const bool uploaded = is_uploaded_file(part);
  writer_.key("type").string("input_image").key(uploaded ? "file_id" : "image_url");
  if (uploaded) {
    writer_.string(part.id());
  } else if (!part.url().empty()) {
    check_text(part.url(), item.place);
    writer_.string(normal_url(part.url(), item.place));
  } else if (part.media_type().empty()) {
    throw invalid(item.place(), "an image from bytes needs its media type");
  } else {
    check_text(part.media_type(), item.place);
    writer_.string(data_uri(part.media_type(), part.bytes()));
  }
  if (!part.detail().empty()) {
    check_text(part.detail(), item.place);
    writer_.key("detail").string(part.detail());
  }
}

void OpenAiResponsesItems::document(const Item& item) {
  const Part& part = *item.part;
  for (const std::string* text : {&part.url(), &part.media_type(), &part.filename()}) check_text(*text, item.place);
  writer_.key("type").string("input_file");
  if (is_uploaded_file(part)) {
    writer_.key("file_id").string(part.id());
  } else if (!part.url().empty() && !is_data_uri(part.url())) {
    if (!part.filename().empty()) writer_.key("filename").string(part.filename());
    writer_.key("file_url").string(part.url());
  } else {
    const NamedFile file = named_file(part, item.place);
    writer_.key("filename").string(file.name).key("file_data").string(file.data_uri);
  }
}

void OpenAiResponsesItems::said_by_model(const Message& message, std::size_t index) {
  note_name(message, index);
  std::vector<Item> said;
  const Part* before = nullptr;
  for (std::size_t number = 0; number < message.parts().size(); ++number) {
    const Item item{&message.parts()[number], {index, number}};
    const Part& part = *item.part;
    const bool kept = !part.raw().empty() && is_ours(part);
    const bool text = part.kind() == PartKind::text || part.kind() == PartKind::refusal;
    if (part.kind() == PartKind::audio && !kept) {
      if (carries_transcript(notes_, item)) said.push_back(item);
      continue;
    }
    if (text && !kept) {
      if (!part.text().empty()) said.push_back(item);
      continue;
    }
    this->message(message, index, said);
    if (kept) {
      if (!before || !is_same_item(part, *before)) raw(item);
      before = &part;
    } else if (part.kind() == PartKind::tool_call) {
      call(item);
    } else if (part.kind() == PartKind::unknown) {
      notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
    } else if (part.kind() == PartKind::tool_result) {
      throw misplaced(part, "assistant", item.place);
    } else if (part.kind() == PartKind::reasoning) {
      // What a model thought goes back sealed, or not at all (providers.md, trap 95).
      notes_.left_thought(item.place());
    } else {
      note_unreturned(notes_, item);
    }
  }
  this->message(message, index, said);
}

/// The item as it came.
void OpenAiResponsesItems::raw(const Item& item) {
  const Part& part = *item.part;
  check_json(part.raw(), item.place());
  if (part.kind() == PartKind::tool_call) {
    own_calls_.insert(part.id());
    if (type_of(part.raw()) == "custom_tool_call") custom_calls_.insert(part.id());
  }
  write_sendable(writer_, notes_, part.raw(), item.place);
}

/// A result has the id that its call has here.
std::string OpenAiResponsesItems::call_id(const std::string& id) const {
  return own_calls_.contains(id) ? id : plain_tool_id(id);
}

void OpenAiResponsesItems::call(const Item& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  writer_.begin_object().key("type").string("function_call").key("call_id").string(call_id(part.id()));
  writer_.key("name").string(encode_tool_name(part.name())).key("arguments");
  writer_.string(ascii::trim(part.arguments()).empty() ? std::string_view("{}") : part.arguments());
  own(item, {"type", "call_id", "name", "arguments"});
  writer_.end_object();
}

void OpenAiResponsesItems::result(const Item& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  if (part.is_error()) notes_.failed_result(item.place());
  const bool custom = custom_calls_.contains(part.id());
  writer_.begin_object().key("type").string(custom ? "custom_tool_call_output" : "function_call_output");
  writer_.key("call_id").string(call_id(part.id())).key("output");
  std::vector<Item> inner;
  for (const Part& each : part.parts()) {
    const Item of{&each, item.place};
    if (carries(Role::user, of)) inner.push_back(of);
  }
  if (inner.empty()) {
    writer_.string(part.text());
  } else {
    content(inner);
  }
  own(item, {"type", "call_id", "output"});
  writer_.end_object();
}

}  // namespace antiphon::inline v0::codec
