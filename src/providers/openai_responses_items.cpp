#include "providers/openai_responses_items.hpp"

#include <optional>

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

std::string data_uri(std::string_view media_type, std::string_view bytes) {
  std::string uri = "data:";
  uri += media_type;
  uri += ";base64,";
  base64::append_encoded(uri, bytes);
  return uri;
}

std::string normal_url(const std::string& url, const PartPlace& place) {
  if (!is_data_uri(url)) return url;
  const std::optional<DataUri> uri = parse_data_uri(url);
  if (!uri) throw invalid(place(), "the data URI is broken");
  return "data:" + uri->media_type + ";base64," + uri->base64;
}

}  // namespace

void OpenAiResponsesItems::write(const Messages& messages, const Options& options) {
  if (messages.empty()) throw invalid("messages", "there are no messages");
  const std::optional<std::size_t> joined = message_to_join(messages, options);
  writer_.begin_array();
  for (std::size_t index = 0; index < messages.size(); ++index) {
    if (messages[index].role() == Role::assistant) {
      said_by_model(messages[index], index);
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
  bool results = false;
  for (std::size_t part = 0; part < message.parts().size(); ++part) {
    const Item item{&message.parts()[part], {index, part}};
    if (item.part->kind() == PartKind::tool_result) {
      result(item);
      results = true;
    } else if (carries(message.role(), item)) {
      items.push_back(item);
    }
  }
  if (message.role() == Role::tool) {
    if (!results) throw invalid("messages/" + std::to_string(index), "a tool message needs a tool result");
    return;
  }
  for (std::size_t part = 0; attachments && part < attachments->size(); ++part) {
    const Item item{&(*attachments)[part], {PartPlace::no_message, part}};
    if (carries(message.role(), item)) items.push_back(item);
  }
  if (results && items.empty()) return;
  note_name(message, index);
  writer_.begin_object().key("role").string(to_string(message.role())).key("content");
  content(items);
  writer_.end_object();
}

bool OpenAiResponsesItems::carries(Role role, const Item& item) {
  switch (item.part->kind()) {
    case PartKind::text:
      if (role != Role::tool) return true;
      notes_.cannot_carry(item.place(), "text beside a tool result is left out");
      return false;
    case PartKind::image:
    case PartKind::document:
      if (role == Role::user) return true;
      break;
    case PartKind::audio:
      notes_.cannot_carry(item.place(), "this protocol takes no audio");
      return false;
    case PartKind::unknown:
      if (is_ours(*item.part)) return true;
      notes_.cannot_carry(item.place(), "a block of " + item.part->provider() + " means nothing here and is left out");
      return false;
    case PartKind::refusal:
    case PartKind::reasoning:
    case PartKind::tool_call:
    case PartKind::tool_result:
      break;
  }
  throw invalid(item.place(), "a message of " + std::string(to_string(role)) + " cannot hold a part of kind " +
                                  std::string(to_string(item.part->kind())));
}

void OpenAiResponsesItems::content(const std::vector<Item>& items) {
  if (items.empty()) {
    writer_.string("");
    return;
  }
  if (items.size() == 1 && items[0].part->kind() == PartKind::text) {
    check_text(items[0].part->text(), items[0].place);
    writer_.string(items[0].part->text());
    return;
  }
  writer_.begin_array();
  for (const Item& item : items) content_part(item);
  writer_.end_array();
}

void OpenAiResponsesItems::content_part(const Item& item) {
  switch (item.part->kind()) {
    case PartKind::image:
      return image(item);
    case PartKind::document:
      return document(item);
    case PartKind::unknown:
      return raw(item);
    default:
      check_text(item.part->text(), item.place);
      writer_.begin_object().key("type").string("input_text").key("text").string(item.part->text()).end_object();
  }
}

void OpenAiResponsesItems::image(const Item& item) {
  const Part& part = *item.part;
  writer_.begin_object().key("type").string("input_image").key("image_url");
  if (!part.url().empty()) {
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
  writer_.end_object();
}

void OpenAiResponsesItems::document(const Item& item) {
  const Part& part = *item.part;
  for (const std::string* text : {&part.url(), &part.media_type(), &part.filename()}) check_text(*text, item.place);
  writer_.begin_object().key("type").string("input_file");
  if (!part.filename().empty()) writer_.key("filename").string(part.filename());
  if (!part.url().empty() && !is_data_uri(part.url())) {
    writer_.key("file_url").string(part.url());
  } else {
    writer_.key("file_data");
    writer_.string(part.url().empty() ? data_uri(part.media_type(), part.bytes()) : normal_url(part.url(), item.place));
  }
  writer_.end_object();
}

void OpenAiResponsesItems::raw(const Item& item) {
  check_json(item.part->raw(), item.place());
  writer_.raw(item.part->raw());
}

void OpenAiResponsesItems::said_by_model(const Message& message, std::size_t index) {
  note_name(message, index);
  for (std::size_t number = 0; number < message.parts().size(); ++number) {
    const Item item{&message.parts()[number], {index, number}};
    const Part& part = *item.part;
    if (part.kind() == PartKind::tool_call && part.raw().find("custom_tool_call") != std::string::npos) {
      custom_calls_.insert(part.id());
    }
    if (!part.raw().empty() && is_ours(part)) {
      raw(item);
      continue;
    }
    switch (part.kind()) {
      case PartKind::text:
        if (!part.text().empty()) output_text(item, "output_text", "text");
        break;
      case PartKind::refusal:
        output_text(item, "refusal", "refusal");
        break;
      case PartKind::tool_call:
        call(item);
        break;
      // What a model thought goes back sealed, or not at all.
      case PartKind::reasoning:
        break;
      case PartKind::unknown:
        notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
        break;
      default:
        notes_.cannot_carry(item.place(), "an answer with a part of kind " + std::string(to_string(part.kind())) +
                                              " cannot be sent back");
    }
  }
}

void OpenAiResponsesItems::output_text(const Item& item, std::string_view type, std::string_view field) {
  check_text(item.part->text(), item.place);
  writer_.begin_object().key("type").string("message").key("role").string("assistant").key("content").begin_array();
  writer_.begin_object().key("type").string(type).key(field).string(item.part->text()).end_object();
  writer_.end_array().end_object();
}

void OpenAiResponsesItems::call(const Item& item) {
  const Part& part = *item.part;
  if (part.id().empty()) throw invalid(item.place(), "a tool call needs an id");
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  writer_.begin_object().key("type").string("function_call").key("call_id").string(plain_tool_id(part.id()));
  writer_.key("name").string(encode_tool_name(part.name())).key("arguments");
  writer_.string(ascii::trim(part.arguments()).empty() ? std::string_view("{}") : part.arguments()).end_object();
}

void OpenAiResponsesItems::result(const Item& item) {
  const Part& part = *item.part;
  if (part.id().empty()) throw invalid(item.place(), "a tool result needs the id of its call");
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  if (part.is_error()) notes_.cannot_carry(item.place() + "/is_error", "only the text of a failed tool result is sent");
  const bool custom = custom_calls_.contains(part.id());
  writer_.begin_object().key("type").string(custom ? "custom_tool_call_output" : "function_call_output");
  writer_.key("call_id").string(plain_tool_id(part.id())).key("output");
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
  writer_.end_object();
}

}  // namespace antiphon::inline v0::codec
