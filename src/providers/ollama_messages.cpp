#include "providers/ollama_messages.hpp"

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_checks.hpp"
#include "providers/sendable_json.hpp"
#include "providers/spoken_answer.hpp"
#include "providers/uploaded_file.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view between_texts = "\n\n";

/// There is one text in a message.
void add_text(std::string& whole, const std::string& text, std::string_view between) {
  if (!whole.empty() && !text.empty()) whole += between;
  whole += text;
}

}  // namespace

void OllamaMessages::write(const Messages& messages, const Options& options) {
  const std::optional<std::size_t> joined = message_to_join(messages, options);
  const ToolPairs pairs(messages, Strays::left_out, notes_);
  writer_.begin_array();
  for (std::size_t index = 0; index < messages.size(); ++index) {
    message(messages[index], index, joined == index ? &options.attachments() : nullptr);
    for (const ToolPairs::Answer& answer : pairs.answers(index)) tool_result(answer, messages);
  }
  writer_.end_array();
}

void OllamaMessages::take(const Item& item, Role role, Contents& contents) {
  const Part& part = *item.part;
  if (part.kind() != PartKind::tool_call && has_own_fields(part.own_options(), preset_)) {
    notes_.cannot_carry(item.place(), "a part has no further fields at Ollama");
  }
  switch (part.kind()) {
    case PartKind::text:
    case PartKind::refusal:
      check_text(part.text(), item.place);
      // An answer's texts may be cut in the middle of a sentence, where a source is named.
      add_text(contents.text, part.text(), role == Role::assistant ? "" : between_texts);
      return;
    case PartKind::reasoning:
      check_text(part.text(), item.place);
      // What another model thought is not for this one (providers.md, trap 95).
      if (is_of_another(part, preset_)) return notes_.left_thought(item.place());
      contents.thinking += part.text();
      return;
    case PartKind::image:
      if (!carries_file_id(notes_, part, preset_, item.place, FileIds::refused)) return;
      if (part.url().empty() || is_data_uri(part.url())) return contents.images.push_back(item);
      return note_unfetched(notes_, item.place(), "Ollama takes images as bytes or data URI, not by URL");
    case PartKind::tool_call:
      contents.calls.push_back(item);
      return;
    case PartKind::tool_result:
      if (role != Role::user && role != Role::tool) throw misplaced(part, to_string(role), item.place);
      // It stands behind the message that has its call.
      ++contents.results;
      return;
    case PartKind::unknown:
      notes_.cannot_carry(item.place(), "a block of " + part.provider() + " means nothing here and is left out");
      return;
    case PartKind::audio:
      if (role == Role::assistant) {
        if (carries_transcript(notes_, item)) add_text(contents.text, part.text(), between_texts);
        return;
      }
      [[fallthrough]];
    case PartKind::document:
      notes_.cannot_carry(item.place(), "Ollama takes no part of kind " + std::string(to_string(part.kind())));
  }
}

OllamaMessages::Contents OllamaMessages::sort(const Message& message, std::size_t index,
                                              const std::vector<Part>* attachments) {
  Contents contents;
  const std::vector<Part>& parts = message.parts();
  for (std::size_t part = 0; part < parts.size(); ++part) take({&parts[part], {index, part}}, message.role(), contents);
  for (std::size_t part = 0; attachments && part < attachments->size(); ++part) {
    take({&(*attachments)[part], {PartPlace::no_message, part}}, message.role(), contents);
  }
  return contents;
}

void OllamaMessages::message(const Message& message, std::size_t index, const std::vector<Part>* attachments) {
  const Contents contents = sort(message, index, attachments);
  const bool nothing_else =
      contents.text.empty() && contents.thinking.empty() && contents.images.empty() && contents.calls.empty();
  if (message.role() == Role::tool && contents.results == 0) {
    throw invalid("messages/" + std::to_string(index), "a tool message needs a tool result");
  }
  if (contents.results != 0 && (nothing_else || message.role() == Role::tool)) {
    if (!nothing_else) {
      notes_.cannot_carry("messages/" + std::to_string(index), "what stands beside a tool result is left out");
    }
    return;
  }
  if (!message.name().empty()) {
    notes_.cannot_carry(MessagePlace{index, "name"}(), "Ollama's messages have no name");
  }
  begin(message.role() == Role::developer ? "system" : to_string(message.role()), message, index);
  if (key("content")) writer_.string(contents.text);
  if (!contents.thinking.empty() && key("thinking")) writer_.string(contents.thinking);
  if (!contents.images.empty() && key("images")) {
    writer_.begin_array();
    for (const Item& item : contents.images) image(item);
    writer_.end_array();
  }
  if (!contents.calls.empty() && key("tool_calls")) tool_calls(contents.calls);
  end();
}

/// Opens the object; what the user wants to have in it wins over ours.
void OllamaMessages::begin(std::string_view role, const Message& message, std::size_t index) {
  const std::string place = "messages/" + std::to_string(index);
  add_own_fields(own_, message.own_options(), preset_, place);
  writer_.begin_object();
  if (key("role")) writer_.string(role);
}

bool OllamaMessages::key(std::string_view name) {
  if (!own_.empty() && own_.has(name)) return false;
  writer_.key(name);
  return true;
}

void OllamaMessages::end() {
  own_.write(writer_);
  own_ = ExtraFields();
  writer_.end_object();
}

void OllamaMessages::tool_result(const ToolPairs::Answer& answer, const Messages& messages) {
  const Item& item = answer.result;
  const Part& part = *item.part;
  for (const std::string* text : {&part.id(), &part.name(), &part.text()}) check_text(*text, item.place);
  if (part.is_error()) notes_.failed_result(item.place());
  for (const Part& inner : part.parts()) {
    if (inner.kind() == PartKind::text) continue;
    notes_.cannot_carry(item.place(), "a tool result holds text only at Ollama");
  }
  // In a message of another role the further fields are those of what else it says.
  const Message& message = messages[item.place.message];
  begin("tool", message.role() == Role::tool ? message : Message(Role::tool), item.place.message);
  if (key("content")) writer_.string(part.text());
  // Older servers know the tool by its name, newer ones the call by its id.
  const std::string& name = part.name().empty() ? answer.call->name() : part.name();
  if (!name.empty() && key("tool_name")) writer_.string(name);
  if (!part.id().empty() && key("tool_call_id")) writer_.string(part.id());
  end();
}

void OllamaMessages::image(const Item& item) {
  const Part& part = *item.part;
  if (!part.detail().empty()) {
    notes_.cannot_carry(item.place() + "/detail", "Ollama decides how closely a model looks");
  }
  if (part.url().empty()) {
    writer_.string(base64::encode(part.bytes()));
    return;
  }
  writer_.string(read_data_uri(part.url(), item.place).base64);
}

void OllamaMessages::tool_calls(const std::vector<Item>& calls) {
  writer_.begin_array();
  std::int64_t number = 0;
  for (const Item& item : calls) {
    const Part& part = *item.part;
    for (const std::string* text : {&part.id(), &part.name()}) check_text(*text, item.place);
    writer_.begin_object();
    if (!part.id().empty()) writer_.key("id").string(part.id());
    writer_.key("function").begin_object().key("index").integer(number++);
    writer_.key("name").string(part.name()).key("arguments");
    if (json::is_object(part.arguments())) {
      write_sendable(writer_, notes_, part.arguments(), item.place);
    } else {
      if (!ascii::is_blank(part.arguments())) {
        notes_.cannot_carry(item.place() + "/arguments", "the arguments are no JSON object; {} is sent");
      }
      writer_.begin_object().end_object();
    }
    writer_.end_object();
    write_own_fields(writer_, part.own_options(), preset_, item.place(),
                     {part.id().empty() ? "function" : "id", "function"});
    writer_.end_object();
  }
  writer_.end_array();
}

}  // namespace antiphon::inline v0::codec
