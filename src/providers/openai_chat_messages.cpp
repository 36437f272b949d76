#include "providers/openai_chat_messages.hpp"

#include <algorithm>
#include <string>

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"

namespace antiphon::inline v0::codec {

namespace {

std::string data_uri(std::string_view media_type, std::string_view bytes) {
  std::string uri = "data:";
  uri += media_type;
  uri += ";base64,";
  base64::append_encoded(uri, bytes);
  return uri;
}

/// Most servers refuse line breaks and the alphabet for URLs in a data URI: it is written anew.
std::string normal_url(const std::string& url, const PartPlace& place) {
  if (!is_data_uri(url)) return url;
  const std::optional<DataUri> uri = parse_data_uri(url);
  if (!uri) throw invalid(place(), "the data URI is broken");
  return "data:" + uri->media_type + ";base64," + uri->base64;
}

bool is_result(const Part& part) { return part.kind() == PartKind::tool_result; }

}  // namespace

void OpenAiChatMessages::write(const Messages& messages, const Options& options) {
  const std::optional<std::size_t> joined = message_to_join(messages, options);
  writer_.begin_array();
  for (std::size_t index = 0; index < messages.size(); ++index) {
    message(messages[index], index, joined == index ? &options.attachments() : nullptr);
  }
  writer_.end_array();
}

std::string_view OpenAiChatMessages::role_name(Role role) const {
  if (role == Role::developer && !dialect_.developer_role) return "system";
  return to_string(role);
}

void OpenAiChatMessages::message(const Message& message, std::size_t index, const std::vector<Part>* attachments) {
  if (message.role() == Role::assistant) return assistant(message, index);
  std::vector<Item> items;
  bool results = false;
  for (std::size_t part = 0; part < message.parts().size(); ++part) {
    const Item item{&message.parts()[part], {index, part}};
    if (is_result(*item.part)) {
      tool_result(*item.part, item.place);
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
  begin(role_name(message.role()), message, index);
  content(items);
  writer_.end_object();
}

bool OpenAiChatMessages::carries(Role role, const Item& item) {
  switch (item.part->kind()) {
    case PartKind::text:
      if (role != Role::tool) return true;
      notes_.cannot_carry(item.place(), "text beside a tool result is left out");
      return false;
    case PartKind::image:
    case PartKind::audio:
    case PartKind::document:
      if (role == Role::user) return true;
      break;
    case PartKind::unknown:
      if (item.part->provider() == dialect_.provider) return true;
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

void OpenAiChatMessages::tool_result(const Part& part, const PartPlace& place) {
  if (part.id().empty()) throw invalid(place(), "a tool result needs the id of its call");
  check_text(part.id(), place);
  check_text(part.text(), place);
  if (part.is_error()) notes_.cannot_carry(place() + "/is_error", "only the text of a failed tool result is sent");
  writer_.begin_object().key("role").string("tool").key("tool_call_id").string(part.id());
  writer_.key("content").string(part.text()).end_object();
}

void OpenAiChatMessages::begin(std::string_view role, const Message& message, std::size_t index) {
  writer_.begin_object().key("role").string(role);
  if (message.name().empty()) return;
  check_text(message.name(), MessagePlace{index, "name"});
  writer_.key("name").string(message.name());
}

void OpenAiChatMessages::content(const std::vector<Item>& items) {
  writer_.key("content");
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

void OpenAiChatMessages::content_part(const Item& item) {
  const Part& part = *item.part;
  switch (part.kind()) {
    case PartKind::image:
      return image(item);
    case PartKind::audio:
      return audio(item);
    case PartKind::document:
      return document(item);
    case PartKind::unknown:
      check_json(part.raw(), item.place());
      writer_.raw(part.raw());
      return;
    case PartKind::refusal:
      check_text(part.text(), item.place);
      writer_.begin_object().key("type").string("refusal").key("refusal").string(part.text()).end_object();
      return;
    default:
      check_text(part.text(), item.place);
      writer_.begin_object().key("type").string("text").key("text").string(part.text()).end_object();
  }
}

void OpenAiChatMessages::image(const Item& item) {
  const Part& part = *item.part;
  writer_.begin_object().key("type").string("image_url").key("image_url").begin_object().key("url");
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
  writer_.end_object().end_object();
}

void OpenAiChatMessages::audio(const Item& item) {
  const Part& part = *item.part;
  if (part.bytes().empty()) throw invalid(item.place(), "the audio has no bytes");
  check_text(part.media_type(), item.place);
  writer_.begin_object().key("type").string("input_audio").key("input_audio").begin_object();
  writer_.key("data").string(base64::encode(part.bytes())).key("format").string(part.media_type());
  writer_.end_object().end_object();
}

void OpenAiChatMessages::document(const Item& item) {
  const Part& part = *item.part;
  if (!part.url().empty() && !is_data_uri(part.url())) {
    throw Error(ErrorKind::unsupported, "this protocol takes documents as bytes or data URI, not by URL")
        .where(item.place());
  }
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  check_text(part.filename(), item.place);
  writer_.begin_object().key("type").string("file").key("file").begin_object();
  if (!part.filename().empty()) writer_.key("filename").string(part.filename());
  writer_.key("file_data");
  writer_.string(part.url().empty() ? data_uri(part.media_type(), part.bytes()) : normal_url(part.url(), item.place));
  writer_.end_object().end_object();
}

void OpenAiChatMessages::assistant(const Message& message, std::size_t index) {
  std::vector<Item> items;
  bool calls = false;
  const Part* spoken = nullptr;
  for (std::size_t part = 0; part < message.parts().size(); ++part) {
    const Item item{&message.parts()[part], {index, part}};
    switch (item.part->kind()) {
      case PartKind::tool_call:
        calls = true;
        break;
      // What a model thought is not taken back.
      case PartKind::reasoning:
        break;
      case PartKind::refusal:
        items.push_back(item);
        break;
      case PartKind::audio:
        if (item.part->id().empty()) {
          notes_.cannot_carry(item.place(), "a spoken answer without an id cannot be sent back");
        } else {
          spoken = item.part;
        }
        break;
      default:
        if (carries(Role::assistant, item)) items.push_back(item);
    }
  }
  begin("assistant", message, index);
  // Templates of local servers fail on null, OpenAI on an empty text beside audio.
  if (items.empty() && (spoken || (calls && dialect_.official))) {
    writer_.key("content").null();
  } else {
    content(items);
  }
  if (spoken) {
    check_text(spoken->id(), MessagePlace{index, "audio"});
    writer_.key("audio").begin_object().key("id").string(spoken->id()).end_object();
  }
  if (calls) tool_calls(message, index);
  writer_.end_object();
}

void OpenAiChatMessages::tool_calls(const Message& message, std::size_t index) {
  writer_.key("tool_calls").begin_array();
  for (std::size_t number = 0; number < message.parts().size(); ++number) {
    const Part& part = message.parts()[number];
    if (part.kind() != PartKind::tool_call) continue;
    const PartPlace place{index, number};
    if (part.id().empty()) throw invalid(place(), "a tool call needs an id");
    for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, place);
    writer_.begin_object().key("id").string(part.id()).key("type").string("function");
    writer_.key("function").begin_object().key("name").string(part.name()).key("arguments");
    writer_.string(ascii::trim(part.arguments()).empty() ? std::string_view("{}") : part.arguments());
    writer_.end_object().end_object();
  }
  writer_.end_array();
}

}  // namespace antiphon::inline v0::codec
