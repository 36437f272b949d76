#include "providers/chat_request_messages.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "providers/base64.hpp"
#include "providers/chat_request_text.hpp"
#include "providers/data_uri.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

/// The protocol the request is in: what is not known goes as it came to those who speak it.
constexpr const char* origin = "openai-chat";

Role read_role(Value value, const std::string& place) {
  const std::string name = string_at(value, place);
  for (const Role role : {Role::system, Role::developer, Role::user, Role::assistant, Role::tool}) {
    if (name == to_string(role)) return role;
  }
  throw invalid(place, "unknown role \"" + name + "\"; known are system, developer, user, assistant and tool");
}

/// Keeps a field of an object that is not known, to go along as it is.
void keep(OwnOptions& further, std::string_view key, Value value, const std::string& place) {
  const auto raw = value.raw();
  if (!raw) throw invalid(place, "is not valid JSON, or nested too deep");
  further.set(std::string(key), Json(*raw));
}

/// The members of an object with the names in `known`, in their order, and the others as they are.
template <std::size_t Size>
struct Members {
  std::array<std::optional<Value>, Size> known;
  OwnOptions others{origin};
};

template <std::size_t Size>
Members<Size> members(Value object, const std::string_view (&known)[Size], const std::string& place) {
  Members<Size> found;
  object.fields([&](std::string_view key, Value value) {
    if (value.is_null()) return;
    const auto name = std::find(std::begin(known), std::end(known), key);
    if (name == std::end(known)) {
      keep(found.others, key, value, place + "/" + std::string(key));
    } else {
      found.known[static_cast<std::size_t>(name - std::begin(known))] = value;
    }
  });
  return found;
}

/// The same of an object inside of a part: nothing when there are others, for they have no place in a part of ours.
template <std::size_t Size>
std::optional<std::array<std::optional<Value>, Size>> all_known(Value object, const std::string_view (&known)[Size],
                                                                const std::string& place) {
  Members<Size> found = members(object, known, place);
  if (!found.others.fields().empty()) return std::nullopt;
  return found.known;
}

std::string text_of(const std::optional<Value>& value) {
  return value ? std::string(value->string().value_or("")) : std::string();
}

std::optional<Part> read_image(Value value, const std::string& place) {
  if (value.type() == Type::string) return Part::image_url(std::string(value.text()));
  const auto found = all_known(value, {"url", "detail"}, place + "/image_url");
  if (!found || text_of((*found)[0]).empty()) return std::nullopt;
  return Part::image_url(text_of((*found)[0]), text_of((*found)[1]));
}

std::optional<Part> read_audio(Value value, const std::string& place) {
  const auto found = all_known(value, {"data", "format"}, place + "/input_audio");
  if (!found || !(*found)[0]) return std::nullopt;
  std::string bytes;
  base64::Decoder decoder;
  if (!decoder.feed(text_of((*found)[0]), bytes)) throw invalid(place + "/input_audio/data", "is not base64");
  return Part::audio(std::move(bytes), text_of((*found)[1]));
}

std::optional<Part> read_file(Value value, const std::string& place) {
  const auto found = all_known(value, {"file_data", "filename"}, place + "/file");
  if (!found || !is_data_uri(text_of((*found)[0]))) return std::nullopt;
  return Part::document_url(text_of((*found)[0]), text_of((*found)[1]));
}

/// A part of `content`. One of a kind that is not known, or that holds what we have no place for, stays the bytes that
/// it is; fields beside what is known go along.
Part read_part(Value value, const std::string& place) {
  if (value.type() == Type::string) return Part::text(std::string(value.text()));
  if (value.type() != Type::object) throw invalid(place, "must be an object");
  std::optional<Part> part;
  Members found = members(value, {"type", "text", "image_url", "input_audio", "file", "refusal"}, place);
  const auto& [type, text, image, audio, file, refusal] = found.known;
  const std::string name = text_of(type);
  if (name == "text" && text) part = Part::text(string_at(*text, place + "/text"));
  if (name == "refusal" && refusal) part = Part::refusal(string_at(*refusal, place + "/refusal"));
  if (name == "image_url" && image) part = read_image(*image, place);
  if (name == "input_audio" && audio) part = read_audio(*audio, place);
  if (name == "file" && file) part = read_file(*file, place);
  if (!part) return Part::unknown(origin, Json(value.raw().value_or("{}")));
  return found.others.fields().empty() ? std::move(*part) : part->with(std::move(found.others));
}

class MessageReader {
 public:
  explicit MessageReader(std::string place) : place_(std::move(place)) {}

  Message read(Value object);

 private:
  void field(std::string_view key, Value value);
  std::string at(std::string_view field) const { return place_ + "/" + std::string(field); }
  void content(Message& message);
  void tool_message(Message& message);
  void tool_calls(Message& message);
  Part tool_call(Value value, const std::string& place);

  std::string place_;
  OwnOptions further_{origin};
  std::optional<Value> role_, content_, name_, calls_, call_id_, refusal_, reasoning_, spoken_, function_;
};

void MessageReader::field(std::string_view key, Value value) {
  if (value.is_null()) return;
  if (key == "role") {
    role_ = value;
  } else if (key == "content") {
    content_ = value;
  } else if (key == "name") {
    name_ = value;
  } else if (key == "tool_calls") {
    calls_ = value;
  } else if (key == "tool_call_id") {
    call_id_ = value;
  } else if (key == "refusal") {
    refusal_ = value;
  } else if (key == "reasoning_content" || key == "reasoning") {
    reasoning_ = value;
  } else if (key == "audio") {
    spoken_ = value;
  } else if (key == "function_call") {
    function_ = value;
  } else if (key != "annotations") {
    // Annotations are part of answers that are sent back; nobody reads them there.
    keep(further_, key, value, at(key));
  }
}

Message MessageReader::read(Value object) {
  if (object.type() != Type::object) throw invalid(place_, "must be an object");
  object.fields([&](std::string_view key, Value value) { field(key, value); });
  if (!role_) throw invalid(at("role"), "is missing");
  Message message(read_role(*role_, at("role")));
  if (!further_.fields().empty()) message.with(std::move(further_));
  if (name_) message.name(string_at(*name_, at("name")));
  if (message.role() == Role::tool) {
    tool_message(message);
    return message;
  }
  if (reasoning_) message.add(Part::reasoning(string_at(*reasoning_, at("reasoning_content"))));
  if (content_) content(message);
  if (refusal_) message.add(Part::refusal(string_at(*refusal_, at("refusal"))));
  if (spoken_) {
    std::string id;
    spoken_->fields([&](std::string_view key, Value value) {
      if (key == "id") id = string_at(value, at("audio/id"));
    });
    message.add(Part::audio({}, {}, {}, std::move(id)));
  }
  tool_calls(message);
  return message;
}

void MessageReader::content(Message& message) {
  if (content_->type() == Type::string) {
    message.add(Part::text(std::string(content_->text())));
    return;
  }
  if (content_->type() != Type::array) throw invalid(at("content"), "must be a string or an array of parts");
  std::size_t index = 0;
  content_->elements([&](Value part) { message.add(read_part(part, at("content/" + std::to_string(index++)))); });
}

void MessageReader::tool_message(Message& message) {
  if (!call_id_) throw invalid(at("tool_call_id"), "is missing");
  std::vector<Part> parts;
  if (content_) {
    Message said(Role::tool);
    content(said);
    parts = said.parts();
  }
  std::string text;
  bool plain = true;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    if (parts[index].kind() != PartKind::text) {
      throw invalid(at("content/" + std::to_string(index)), "a tool result is made of text");
    }
    text += parts[index].text();
    plain = plain && parts[index].own_options().empty();
  }
  std::string id = string_at(*call_id_, at("tool_call_id"));
  message.add(plain ? Part::tool_result(std::move(id), std::move(text), false, message.name())
                    : Part::tool_result(std::move(id), std::move(parts), false, message.name()));
  message.name({});
}

void MessageReader::tool_calls(Message& message) {
  if (function_) throw invalid(at("function_call"), "is out of use; tool_calls took its place");
  if (!calls_) return;
  if (calls_->type() != Type::array) throw invalid(at("tool_calls"), "must be an array");
  std::size_t index = 0;
  calls_->elements([&](Value call) { message.add(tool_call(call, at("tool_calls/" + std::to_string(index++)))); });
}

Part MessageReader::tool_call(Value value, const std::string& place) {
  if (value.type() != Type::object) throw invalid(place, "must be an object");
  std::string id;
  std::string type = "function";
  std::optional<Value> function;
  OwnOptions further(origin);
  value.fields([&](std::string_view key, Value field) {
    const std::string inside = place + "/" + std::string(key);
    if (key == "id") {
      id = string_at(field, inside);
    } else if (key == "function" || key == "custom") {
      function = field;
    } else if (key == "type") {
      type = string_at(field, inside);
      if (type != "function") keep(further, key, field, inside);
    } else if (key != "index" && !field.is_null()) {
      // The index is one of the pieces that a call came in.
      keep(further, key, field, inside);
    }
  });
  if (!function) throw invalid(place, "a call needs a function");
  const std::string kind = type == "custom" ? "/custom" : "/function";
  std::string name;
  std::string arguments;
  function->fields([&](std::string_view key, Value field) {
    if (key == "name") name = string_at(field, place + kind + "/name");
    if ((key != "arguments" && key != "input") || field.is_null()) return;
    // Some clients send the object itself.
    const auto text = field.string();
    arguments = text ? *text : field.raw().value_or("");
  });
  if (name.empty()) throw invalid(place + kind + "/name", "is missing");
  const Part call = Part::tool_call(std::move(id), std::move(name), std::move(arguments));
  return further.fields().empty() ? call : call.with(std::move(further));
}

}  // namespace

Messages read_chat_messages(Value array) {
  if (array.type() != Type::array) throw invalid("messages", "must be an array");
  Messages messages;
  std::size_t index = 0;
  array.elements(
      [&](Value message) { messages.add(MessageReader("messages/" + std::to_string(index++)).read(message)); });
  return messages;
}

}  // namespace antiphon::inline v0::codec
