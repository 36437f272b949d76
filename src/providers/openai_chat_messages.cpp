#include "providers/openai_chat_messages.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/json_members.hpp"
#include "providers/media_type.hpp"
#include "providers/named_file.hpp"
#include "providers/own_fields.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool is_of_tool(const Part& part) { return part.kind() == PartKind::tool_call || part.kind() == PartKind::tool_result; }

/// Whether nothing is left of a message without calls and their results.
bool is_about_tools(const Message& message) {
  const std::vector<Part>& parts = message.parts();
  if (message.role() == Role::tool) return true;
  return !parts.empty() && std::all_of(parts.begin(), parts.end(), is_of_tool);
}

}  // namespace

void OpenAiChatMessages::write(const Messages& messages, const Options& options) {
  messages_ = &messages;
  if (const std::optional<std::size_t> joined = message_to_join(messages, options)) {
    joined_ = *joined;
    attachments_ = &options.attachments();
  }
  if (takes_tools_) pairs_ = ToolPairs(messages, Strays::left_out, notes_);
  const Indices indices = order();
  const auto first =
      std::find_if(indices.begin(), indices.end(), [&](std::size_t i) { return !is_system(message(i)); });
  const bool begun = first != indices.end() && message(*first).role() == Role::assistant && dialect_.user_first;
  const std::size_t answer = begun ? static_cast<std::size_t>(first - indices.begin()) : indices.size();
  writer_.begin_array();
  for (std::size_t begin = 0, end = 0; begin < indices.size(); begin = end) {
    for (end = begin + 1; end < indices.size() && join(indices[end - 1], indices[end]);) ++end;
    if (begin == answer) question();
    turn(Turn(indices).subspan(begin, end - begin));
  }
  writer_.end_array();
}

/// Stands before an answer that nobody asked for.
void OpenAiChatMessages::question() {
  notes_.cannot_carry("messages",
                      preset_.name + " takes no answer before a question; a \".\" of the user stands before it");
  writer_.begin_object().key("role").string("user").key("content").string(".").end_object();
}

/// Stands where the model did not speak behind a tool's result.
void OpenAiChatMessages::answer_before(std::size_t index) {
  notes_.cannot_carry(
      "messages/" + std::to_string(index),
      preset_.name + " takes the model's word alone behind a tool's result; a \".\" of it stands there");
  writer_.begin_object().key("role").string("assistant").key("content").string(".").end_object();
}

/// The messages as they are to follow each other there.
OpenAiChatMessages::Indices OpenAiChatMessages::order() {
  Indices indices(messages_->size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  if (!takes_tools_) {
    std::erase_if(indices, [&](std::size_t index) { return is_about_tools(message(index)); });
    note_tools();
    if (indices.empty())
      throw invalid("messages", "without the tools, which " + preset_.name + " has not, none is left");
  }
  if (!dialect_.system_in_front) return indices;
  std::stable_partition(indices.begin(), indices.end(), [&](std::size_t index) { return is_system(message(index)); });
  return indices;
}

/// Calls and results of tools, where there are none (providers.md, traps 73, 92).
void OpenAiChatMessages::note_tools() {
  for (std::size_t index = 0; index < messages_->size(); ++index) {
    const std::vector<Part>& parts = message(index).parts();
    for (std::size_t part = 0; part < parts.size(); ++part) {
      if (!is_of_tool(parts[part])) continue;
      notes_.cannot_carry(PartPlace{index, part}(), preset_.name + " has no tools: calls and results are left out");
    }
  }
}

/// Whether two messages that follow each other have to be one there.
bool OpenAiChatMessages::join(std::size_t index, std::size_t next) const {
  if (is_system(message(index)) && is_system(message(next))) return dialect_.system_in_front;
  const Role role = message(next).role();
  return dialect_.alternating_roles && message(index).role() == role && (role == Role::user || role == Role::assistant);
}

std::string_view OpenAiChatMessages::role_name(Role role) const {
  if (role == Role::developer && !developer_role_) return "system";
  return to_string(role);
}

OpenAiChatMessages::Items OpenAiChatMessages::parts_of(Turn turn) const {
  Items items;
  for (const std::size_t index : turn) {
    const std::vector<Part>& parts = message(index).parts();
    for (std::size_t part = 0; part < parts.size(); ++part) {
      if (takes_tools_ || !is_of_tool(parts[part])) items.push_back(Item{&parts[part], {index, part}});
    }
    if (!attachments_ || index != joined_) continue;
    for (std::size_t part = 0; part < attachments_->size(); ++part) {
      items.push_back(Item{&(*attachments_)[part], {PartPlace::no_message, part}});
    }
  }
  return items;
}

void OpenAiChatMessages::turn(Turn turn) {
  const Role role = message(turn.front()).role();
  if (role == Role::assistant) {
    assistant(turn);
    return answers(turn);
  }
  note_what_moved(turn);
  Items items;
  bool results = false;
  for (const Item& item : parts_of(turn)) {
    if (item.part->kind() == PartKind::tool_result && !is_system(message(turn.front()))) {
      // It stands behind the message that has its call.
      results = true;
    } else if (carries(role, item)) {
      items.push_back(item);
    }
  }
  if (role == Role::tool) {
    if (!results) throw invalid("messages/" + std::to_string(turn.front()), "a tool message needs a tool result");
    return;
  }
  if (results && items.empty()) return;
  if (behind_result_ && dialect_.assistant_after_tool) answer_before(turn.front());
  begin(role_name(role), turn);
  name(turn);
  content(items, turn.size() > 1);
  end();
}

/// System messages that stood behind something else than system messages.
void OpenAiChatMessages::note_what_moved(Turn turn) {
  if (!dialect_.system_in_front) return;
  for (std::size_t place = 0; place < turn.size(); ++place) {
    const std::size_t index = turn[place];
    if (!is_system(message(index)) || index == place) continue;
    notes_.cannot_carry("messages/" + std::to_string(index),
                        preset_.name + " takes system messages only at the front: it was moved there");
  }
}

/// Audio or a document that would have to be fetched.
bool OpenAiChatMessages::is_unfetched(const Item& item) {
  const Part& part = *item.part;
  const bool link = !part.url().empty() && !is_data_uri(part.url());
  const bool taken = part.kind() == PartKind::image || (part.kind() == PartKind::document && dialect_.document_urls);
  if (taken || !link) return false;
  note_unfetched(notes_, item.place(), "this protocol takes audio and documents as bytes or data URI, not by URL");
  return true;
}

/// Only documents go by the ids of their files (providers.md §1.3).
bool OpenAiChatMessages::carries_file(const Item& item) {
  const FileIds ids = item.part->kind() == PartKind::document ? FileIds::taken : FileIds::refused;
  return carries_file_id(notes_, *item.part, preset_, item.place, ids);
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
      if (role == Role::user) return carries_file(item) && !is_unfetched(item);
      break;
    case PartKind::unknown:
      if (is_meant_for(item.part->provider(), preset_)) return true;
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

std::string OpenAiChatMessages::tool_call_id(const std::string& id) const {
  if (dialect_.tool_call_id_length != 0) return exact_tool_id(id, dialect_.tool_call_id_length);
  constexpr std::size_t most = 64;
  return id.size() > most ? plain_tool_id(id, most) : id;
}

/// Each call is answered before anybody else says something (providers.md §1.3).
void OpenAiChatMessages::answers(Turn turn) {
  for (const std::size_t index : turn) {
    for (const ToolPairs::Answer& answer : pairs_.answers(index)) tool_result(answer.result);
  }
}

void OpenAiChatMessages::tool_result(const Item& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  check_text(part.id(), item.place);
  check_text(part.text(), item.place);
  if (part.is_error()) notes_.failed_result(item.place());
  Items inner;
  bool plain = true;
  for (const Part& each : part.parts()) {
    if (each.kind() == PartKind::text) {
      inner.push_back(Item{&each, item.place});
      plain = plain && fields_of(inner.back()).empty();
    } else {
      note_own_fields(notes_, each.own_options(), preset_, item.place());
      notes_.cannot_carry(item.place(), "a tool result holds text only here");
    }
  }
  // It is a message of its own here.
  add_own_fields(own_, part.own_options(), preset_, item.place());
  const bool has_message = message(item.place.message).role() == Role::tool;
  begin("tool", has_message ? Turn(&item.place.message, 1) : Turn());
  if (key("tool_call_id")) writer_.string(tool_call_id(part.id()));
  if (plain) {
    if (key("content")) writer_.string(part.text());
  } else {
    content(inner, false);
  }
  end();
}

/// Opens the object; what the user wants to have in it wins over ours.
void OpenAiChatMessages::begin(std::string_view role, Turn turn) {
  for (const std::size_t index : turn) {
    const std::vector<OwnOptions>& own = message(index).own_options();
    if (!own.empty()) add_own_fields(own_, own, preset_, "messages/" + std::to_string(index));
  }
  behind_result_ = role == "tool";
  writer_.begin_object();
  if (key("role")) writer_.string(role);
}

void OpenAiChatMessages::name(Turn turn) {
  for (const std::size_t index : turn) {
    const std::string& name = message(index).name();
    if (name.empty()) continue;
    check_text(name, MessagePlace{index, "name"});
    if (key("name")) writer_.string(name);
    return;
  }
}

bool OpenAiChatMessages::key(std::string_view name) {
  if (!own_.empty() && own_.has(name)) return false;
  writer_.key(name);
  return true;
}

void OpenAiChatMessages::end() {
  own_.write(writer_);
  own_ = ExtraFields();
  writer_.end_object();
}

/// `as_one_text` joins texts that were messages of their own; other parts of one message stay apart.
void OpenAiChatMessages::content(const Items& items, bool as_one_text) {
  if (!key("content")) return;
  const auto is_plain = [&](const Item& item) {
    return item.part->kind() == PartKind::text && fields_of(item).empty();
  };
  if ((items.size() < 2 || as_one_text) && std::all_of(items.begin(), items.end(), is_plain)) {
    for (const Item& item : items) check_text(item.part->text(), item.place);
    if (items.size() == 1) {
      writer_.string(items.front().part->text());
      return;
    }
    std::string text;
    for (const Item& item : items) text += (text.empty() ? "" : "\n\n") + item.part->text();
    writer_.string(text);
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
      note_own_fields(notes_, part.own_options(), preset_, item.place());
      write_sendable(writer_, notes_, part.raw(), item.place);
      return;
    case PartKind::refusal:
      check_text(part.text(), item.place);
      writer_.begin_object().key("type").string("refusal").key("refusal").string(part.text());
      return end_part(item, {"type", "refusal"});
    default:
      check_text(part.text(), item.place);
      writer_.begin_object().key("type").string("text").key("text").string(part.text());
      return end_part(item, {"type", "text"});
  }
}

/// What else a part has that is meant for this provider.
ExtraFields OpenAiChatMessages::fields_of(const Item& item) const {
  ExtraFields fields;
  const std::vector<OwnOptions>& own = item.part->own_options();
  if (!own.empty()) add_own_fields(fields, own, preset_, item.place());
  return fields;
}

/// `written` are the names that stand in it.
void OpenAiChatMessages::end_part(const Item& item, std::initializer_list<std::string_view> written) {
  write_own_fields(writer_, item.part->own_options(), preset_, item.place(), written);
  writer_.end_object();
}

void OpenAiChatMessages::image(const Item& item) {
  const Part& part = *item.part;
  writer_.begin_object().key("type").string("image_url").key("image_url").begin_object().key("url");
  if (!part.url().empty()) {
    check_text(part.url(), item.place);
    writer_.string(normal_url(part.url(), item.place));
    if (!dialect_.image_urls && !is_data_uri(part.url())) {
      notes_.cannot_carry(item.place() + "/url", preset_.name +
                                                     " takes images by URL only where it was built for that; with "
                                                     "fetch_urls (--fetch-urls) they are fetched");
    }
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
  end_part(item, {"type", "image_url"});
}

void OpenAiChatMessages::audio(const Item& item) {
  const Part& part = *item.part;
  if (!part.text().empty()) {
    notes_.cannot_carry(item.place() + "/transcript",
                        "the model listens to the audio; what was said does not go with it");
  }
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  DataUri uri{part.media_type(), {}};
  if (!part.url().empty()) uri = read_data_uri(part.url(), item.place);
  const std::string format = audio_format(uri.media_type);
  if (format.empty()) throw invalid(item.place(), "audio needs its format");
  writer_.begin_object().key("type").string("input_audio").key("input_audio").begin_object();
  writer_.key("data").string(part.url().empty() ? base64::encode(part.bytes()) : uri.base64);
  writer_.key("format").string(format).end_object();
  end_part(item, {"type", "input_audio"});
}

void OpenAiChatMessages::document(const Item& item) {
  const Part& part = *item.part;
  if (is_uploaded_file(part)) {
    writer_.begin_object().key("type").string("file").key("file").begin_object();
    writer_.key("file_id").string(part.id()).end_object();
    return end_part(item, {"type", "file"});
  }
  if (dialect_.document_urls) return document_url(item);
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  check_text(part.filename(), item.place);
  const NamedFile file = named_file(part, item.place);
  writer_.begin_object().key("type").string("file").key("file").begin_object();
  writer_.key("filename").string(file.name).key("file_data").string(file.data_uri).end_object();
  end_part(item, {"type", "file"});
}

void OpenAiChatMessages::document_url(const Item& item) {
  const Part& part = *item.part;
  for (const std::string* text : {&part.url(), &part.media_type(), &part.filename()}) check_text(*text, item.place);
  const bool link = !part.url().empty() && !is_data_uri(part.url());
  writer_.begin_object().key("type").string("document_url");
  writer_.key("document_url").string(link ? part.url() : named_file(part, item.place).data_uri);
  if (!part.filename().empty()) writer_.key("document_name").string(part.filename());
  end_part(item, {"type", "document_url", "document_name"});
}

/// Whether a spoken answer is known by its id there (providers.md §1.3); one without a mark is the user's own word.
bool OpenAiChatMessages::goes_back(const Part& spoken) const {
  if (spoken.id().empty() || dialect_.refuses("audio")) return false;
  return spoken.provider().empty() || came_from(spoken, preset_);
}

void OpenAiChatMessages::assistant(Turn turn) {
  Items said, calls, thought;
  const Part* spoken = nullptr;
  for (const Item& item : parts_of(turn)) {
    switch (item.part->kind()) {
      case PartKind::tool_call:
        calls.push_back(item);
        break;
      case PartKind::reasoning:
        thought.push_back(item);
        break;
      case PartKind::refusal:
        said.push_back(item);
        break;
      case PartKind::audio:
        if (goes_back(*item.part)) {
          spoken = item.part;
        } else if (carries_transcript(notes_, item)) {
          made_.push_back(Part::text(item.part->text()));
          said.push_back(Item{&made_.back(), item.place});
        }
        break;
      case PartKind::image:
      case PartKind::document:
        note_unreturned(notes_, item);
        break;
      default:
        if (carries(Role::assistant, item)) said.push_back(item);
    }
  }
  // Those of the message win.
  for (const Item& item : thought) add_own_fields(own_, item.part->own_options(), preset_, item.place());
  begin("assistant", turn);
  name(turn);
  // Templates of local servers fail on null, OpenAI on an empty text beside audio.
  if (said.empty() && (spoken || (!calls.empty() && dialect_.null_content))) {
    if (key("content")) writer_.null();
  } else {
    content(said, turn.size() > 1);
  }
  if (spoken) {
    check_text(spoken->id(), MessagePlace{turn.front(), "audio"});
    if (key("audio")) writer_.begin_object().key("id").string(spoken->id()).end_object();
  }
  thoughts(thought, !calls.empty());
  if (!calls.empty()) tool_calls(calls);
  const bool last = turn.back() + 1 == messages_->size();
  if (last && calls.empty() && !dialect_.prefill_message.empty()) {
    write_members(writer_, dialect_.prefill_message, "prefill_message", own_);
  }
  end();
}

/// What a model thought is not taken back, but by those who want to see it again.
void OpenAiChatMessages::thoughts(const Items& items, bool calls) {
  const bool returned = calls && !dialect_.returned_reasoning.empty();
  std::string text;
  for (const Item& item : items) {
    check_text(item.part->text(), item.place);
    text += item.part->text();
    if (!returned && is_of_another(*item.part, preset_)) notes_.left_thought(item.place());
  }
  if (!text.empty() && returned && key(dialect_.returned_reasoning)) writer_.string(text);
}

void OpenAiChatMessages::tool_calls(const Items& items) {
  if (!key("tool_calls")) return;
  writer_.begin_array();
  for (const Item& item : items) tool_call(item);
  writer_.end_array();
}

void OpenAiChatMessages::tool_call(const Item& item) {
  const Part& part = *item.part;
  check_call_id(part, item.place);
  for (const std::string* text : {&part.id(), &part.name(), &part.arguments()}) check_text(*text, item.place);
  const ExtraFields fields = fields_of(item);
  const std::string* type = fields.find("type");
  writer_.begin_object().key("id").string(tool_call_id(part.id()));
  if (!type) writer_.key("type").string("function");
  const bool is_custom = type && *type == "\"custom\"";
  if (is_custom) {
    writer_.key("custom").begin_object().key("name").string(part.name()).key("input").string(part.arguments());
  } else {
    const bool empty = ascii::trim(part.arguments()).empty();
    // A function of the server's own has the name that the server gave it.
    writer_.key("function").begin_object().key("name").string(type ? part.name() : encode_tool_name(part.name()));
    writer_.key("arguments").string(empty ? std::string_view("{}") : part.arguments());
  }
  writer_.end_object();
  write_own_fields(writer_, fields, item.place(), {"id", is_custom ? "custom" : "function"});
  writer_.end_object();
}

}  // namespace antiphon::inline v0::codec
