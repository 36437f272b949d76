#include "cohere_messages.hpp"

#include <set>

#include "images.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t command_image_tokens = 85;

/// Walks the conversation and keeps what an answer is made from.
class CohereMessages {
 public:
  explicit CohereMessages(Ask& ask) : ask_(ask) {}

  void add(const RequestObject& message) {
    message.need_text("role");
    const std::string role = message.word("role", {"user", "assistant", "system", "tool"});
    if (role != "tool" && !open_calls_.empty()) unanswered(message);
    ask_.prompt_tokens += 2;
    images_ = 0;
    if (role == "user") add_user(message);
    if (role == "assistant") add_assistant(message);
    if (role == "tool") add_result(message);
    if (role != "system") last_role_ = role;
    if (role != "system") return;
    message.only({"role", "content"});
    read_content(message, {"text"});
  }

  void end(const RequestObject& request) const {
    if (!open_calls_.empty()) unanswered(request);
    if (last_role_ != "user" && last_role_ != "tool") {
      request.refuse("messages", Problem::other, "the last message must be from a user or a tool");
    }
  }

 private:
  void add_user(const RequestObject& message) {
    message.only({"role", "content"});
    const std::string text = read_content(message, {"text", "image_url"});
    if (text.empty() && images_ == 0) message.refuse("content", Problem::value, "content that is not empty");
    ask_.user = text;
    ask_.images = images_;
    ask_.after_tool = false;
    ask_.tool_result.clear();
  }

  void add_assistant(const RequestObject& message) {
    message.only({"role", "content", "tool_plan", "tool_calls", "citations"});
    if (message.has("content")) {
      read_content(message, {"text", "thinking"});
    } else if (!message.has("tool_calls")) {
      message.refuse("content", Problem::missing, "");
    }
    ask_.prompt_tokens += estimated_tokens(message.text("tool_plan").size());
    for (const RequestObject& call : message.objects("tool_calls")) add_call(call);
  }

  void add_call(const RequestObject& call) {
    call.only({"id", "type", "function"});
    call.need_word("type", {"function"});
    const RequestObject function = call.need_object("function");
    function.only({"name", "arguments"});
    function.need("arguments");
    const std::string arguments = function.text("arguments");
    ask_.prompt_tokens += estimated_tokens(function.need_text("name").size() + arguments.size());
    if (!open_calls_.insert(call.need_text("id")).second) {
      call.refuse("id", Problem::value, "an id that no other tool call has");
    }
  }

  void add_result(const RequestObject& message) {
    message.only({"role", "tool_call_id", "content"});
    const std::string id = message.need_text("tool_call_id");
    if (open_calls_.erase(id) == 0) {
      message.refuse("tool_call_id", Problem::other, "no tool call before this message has the id " + id);
    }
    message.need("content");
    ask_.tool_result += read_content(message, {"text", "document"});
    ask_.after_tool = true;
  }

  [[noreturn]] void unanswered(const RequestObject& place) const {
    place.refuse(Problem::other, "tool call id " + *open_calls_.begin() + " has no tool message with its results");
  }

  /// Text of a content: a string or parts of these types.
  std::string read_content(const RequestObject& message, RequestObject::Words types) {
    const json::value& content = message.need("content");
    std::string text;
    if (content.is_string()) {
      text = message.text("content");
    } else {
      for (const RequestObject& part : message.objects("content")) text += read_part(part, types);
    }
    ask_.prompt_tokens += estimated_tokens(text.size()) + command_image_tokens * images_;
    return text;
  }

  std::string read_part(const RequestObject& part, RequestObject::Words types) {
    const std::string type = part.need_word("type", types);
    if (type == "image_url") {
      part.only({"type", "image_url"});
      const RequestObject image = part.need_object("image_url");
      image.only({"url", "detail"});
      if (!is_image_url(image.need_text("url"))) image.refuse("url", Problem::value, "an http(s) URL or a data URL");
      ++images_;
      return "";
    }
    if (type == "document") {
      part.only({"type", "document"});
      const RequestObject document = part.need_object("document");
      document.only({"data", "id"});
      const json::value& data = document.need("data");
      ask_.sources.push_back(
          {{"type", "tool"},
           {"id", document.has("id") ? document.text("id") : "tool:" + std::to_string(ask_.sources.size())},
           {"tool_output", data}});
      return data.is_string() ? std::string(data.get_string()) : json::serialize(data);
    }
    part.only({"type", type});
    part.need(type);
    return part.text(type);
  }

  Ask& ask_;
  std::set<std::string> open_calls_;
  std::string last_role_;
  std::uint64_t images_ = 0;
};

}  // namespace

void read_cohere_messages(const RequestObject& request, Ask& ask) {
  const std::vector<RequestObject> list = request.objects("messages");
  if (list.empty()) request.refuse("messages", Problem::missing, "");
  CohereMessages messages(ask);
  for (const RequestObject& message : list) messages.add(message);
  messages.end(request);
  ask.prompt_tokens += 3;
}

}  // namespace antiphon::inline v0::simulator
