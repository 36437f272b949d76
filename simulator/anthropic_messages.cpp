#include "anthropic_messages.hpp"

#include <algorithm>

#include "anthropic_dialect.hpp"
#include "images.hpp"
#include "seal.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t claude_image_tokens = 85;
constexpr std::uint64_t document_tokens = 1500;
constexpr std::string_view hidden_thinking = "hidden";

std::string string_of(const RequestObject& block, std::string_view name) {
  const json::value& value = block.need(name);
  if (!value.is_string()) block.refuse(name, Problem::type, "a valid string");
  return std::string(value.get_string());
}

std::string decoded(const RequestObject& source) {
  const auto bytes = decode_base64(source.need_text("data"));
  if (!bytes) source.refuse("data", Problem::other, "The data is no Base64 in the standard alphabet, in one line.");
  return *bytes;
}

void check_url(const RequestObject& source) {
  if (!is_web_url(source.need_text("url")))
    source.refuse("url", Problem::other, "Only http and https URLs are supported.");
}

}  // namespace

void AnthropicConversation::read(const std::vector<RequestObject>& messages) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const RequestObject& message = messages[i];
    message.only({"role", "content"});
    const std::string role = rules_.is_new_version ? message.need_word("role", {"user", "assistant", "system"})
                                                   : message.need_word("role", {"user", "assistant"});
    if (i == 0 && role != "user") message.refuse("role", Problem::other, "The first message must be of the role user.");
    if (role == "system" && previous_role_ != "user") {
      message.refuse("role", Problem::other, "A system message may stand only behind one of the user.");
    }
    add(message, role, i + 1 == messages.size());
    previous_role_ = role;
  }
  check_end(messages.back());
}

void AnthropicConversation::add(const RequestObject& message, const std::string& role, bool is_last) {
  prompt_.add(4);
  if (role != "user" && !open_calls_.empty()) {
    message.refuse(Problem::other, "`tool_use` ids without `tool_result` blocks behind them: " + open_calls_.front());
  }
  const Said said = read_content(message, role, is_last);
  if (role == "user") {
    if (!open_calls_.empty()) {
      message.refuse(Problem::other,
                     "`tool_use` ids without `tool_result` blocks in this message: " + open_calls_.front());
    }
    if (!said.has_results || !said.text.empty()) ask_.user = said.text;
    if (!said.has_results) ask_.tool_result.clear();
    ask_.images = said.images;
    ask_.after_tool = said.has_results;
    ask_.tool_result += said.results;
  } else if (role == "assistant") {
    last_turn_thought_ = said.begins_with_thinking;
    last_turn_called_ = !open_calls_.empty();
    last_turn_is_paused_ = said.has_server_blocks;
    if (!is_last && !said.server_calls.empty()) {
      message.refuse(Problem::other, "A server tool's use has no result: " + *said.server_calls.begin());
    }
  }
}

void AnthropicConversation::check_end(const RequestObject& last) {
  if (!open_calls_.empty()) {
    last.refuse(Problem::other, "`tool_use` ids without `tool_result` blocks behind them: " + open_calls_.front());
  }
  const bool is_prefill = previous_role_ == "assistant" && !last_turn_is_paused_;
  if (is_prefill && (!rules_.prefill || rules_.has_format)) {
    last.refuse("role", Problem::other, "The last message must be the user's: this request takes no prefill.");
  }
  if (rules_.has_budget && ask_.after_tool && last_turn_called_ && !last_turn_thought_) {
    last.refuse(Problem::other,
                "With thinking, the assistant message before the tool results must begin with its thinking block.");
  }
}

AnthropicConversation::Said AnthropicConversation::read_content(const RequestObject& message, const std::string& role,
                                                                bool is_last) {
  Said said;
  const bool may_be_empty = role == "assistant" && is_last;
  const json::value& content = message.need("content");
  if (content.is_string()) {
    said.text = std::string(content.get_string());
    if (said.text.empty() && !may_be_empty) message.refuse("content", Problem::other, "The content must not be empty.");
    prompt_.add(estimated_tokens(said.text.size()));
    if (may_be_empty && !said.text.empty() && trim(said.text).empty()) {
      message.refuse("content", Problem::other, "The last text must not be white space alone.");
    }
    return said;
  }
  const std::vector<RequestObject> blocks = message.objects("content");
  if (blocks.empty() && !may_be_empty) message.refuse("content", Problem::other, "The content must not be empty.");
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::string type = blocks[i].need_text("type");
    if (i == 0) said.begins_with_thinking = type == "thinking" || type == "redacted_thinking";
    read_block(blocks[i], role, said);
    const bool is_last_block = i + 1 == blocks.size();
    if (is_last_block && role == "assistant" && type == "text" && trim(blocks[i].text("text")).empty()) {
      blocks[i].refuse("text", Problem::other, "The last text block must not be white space alone.");
    }
  }
  return said;
}

void AnthropicConversation::read_block(const RequestObject& block, const std::string& role, Said& said) {
  const std::string type = block.need_text("type");
  const bool is_user = role == "user";
  const bool is_assistant = role == "assistant";
  if (type == "text") {
    read_text(block, role, said);
  } else if (type == "image") {
    if (!is_user) refuse_place(block, role);
    read_image(block, said);
  } else if (type == "document") {
    if (!is_user && (!is_assistant || rules_.is_new_version)) refuse_place(block, role);
    read_document(block, said);
  } else if (type == "search_result") {
    if (!is_user) refuse_place(block, role);
    read_search_result(block, said);
  } else if (type == "tool_result") {
    if (!is_user) refuse_place(block, role);
    read_result(block, said);
  } else if (!is_assistant && type != "container_upload") {
    refuse_place(block, role);
  } else if (type == "thinking") {
    read_thinking(block);
  } else if (type == "redacted_thinking") {
    read_hidden_thinking(block);
  } else if (type == "tool_use") {
    read_call(block);
  } else {
    read_server_block(block, type, said);
  }
  if (type != "thinking" && type != "redacted_thinking") prompt_.mark(block);
  said.has_others |= type != "tool_result";
}

void AnthropicConversation::refuse_place(const RequestObject& block, const std::string& role) {
  block.refuse("type", Problem::other,
               "A message of the role " + role + " has no block of this type: '" + block.text("type") + "'.");
}

void AnthropicConversation::read_text(const RequestObject& block, const std::string& role, Said& said) {
  block.only({"type", "text", "cache_control", "citations"});
  const std::string text = string_of(block, "text");
  if (text.empty()) block.refuse("text", Problem::other, "text content blocks must be non-empty");
  const bool has_citations = !block.objects("citations").empty();
  if (has_citations && role == "user" && rules_.is_new_version) {
    block.refuse("citations", Problem::other, "A text of the user has no citations.");
  }
  prompt_.add(estimated_tokens(text.size()));
  said.text += text;
}

void AnthropicConversation::read_image(const RequestObject& block, Said& said) {
  block.only({"type", "source", "cache_control", "transformations"});
  if (const auto transformations = block.object("transformations")) {
    transformations->only({"oversized_image"});
    transformations->word("oversized_image", {"downsize", "error"});
  }
  const RequestObject source = block.need_object("source");
  const std::string type = source.need_word("type", {"base64", "url", "file"});
  if (type == "base64") {
    source.only({"type", "media_type", "data"});
    const std::string media = source.need_word("media_type", {"image/jpeg", "image/png", "image/gif", "image/webp"});
    const std::string_view found = image_type_of(decoded(source));
    if (!found.empty() && found != media) {
      source.refuse("media_type", Problem::other, "The image is of the type " + std::string(found) + '.');
    }
  } else if (type == "url") {
    source.only({"type", "url"});
    check_url(source);
  } else {
    source.only({"type", "file_id"});
    source.need_text("file_id");
  }
  prompt_.add(claude_image_tokens);
  ++said.images;
}

void AnthropicConversation::read_document(const RequestObject& block, Said& said) {
  block.only({"type", "source", "title", "context", "citations", "cache_control"});
  block.text("title");
  block.text("context");
  const RequestObject source = block.need_object("source");
  const std::string type = source.need_word("type", {"base64", "text", "content", "url", "file"});
  if (type == "base64") {
    source.need_word("media_type", {"application/pdf"});
    decoded(source);
  } else if (type == "text") {
    source.need_word("media_type", {"text/plain"});
    prompt_.add(estimated_tokens(source.need_text("data").size()));
  } else if (type == "content") {
    const bool is_text = source.need("content").is_string();
    const auto parts = is_text ? std::vector<RequestObject>() : source.objects("content");
    for (const RequestObject& part : parts) read_block(part, "user", said);
  } else if (type == "url") {
    check_url(source);
  } else {
    source.need_text("file_id");
  }
  if (type != "text" && type != "content") prompt_.add(document_tokens);
  const auto citations = block.object("citations");
  if (citations && citations->flag("enabled").value_or(false) && rules_.has_format) {
    citations->refuse("enabled", Problem::other, "Citations cannot be had together with a structured answer.");
  }
}

void AnthropicConversation::read_search_result(const RequestObject& block, Said& said) {
  block.only({"type", "source", "title", "content", "citations", "cache_control"});
  block.need_text("source");
  block.need_text("title");
  block.need("content");
  for (const RequestObject& part : block.objects("content")) {
    if (part.need_text("type") != "text") part.refuse("type", Problem::value, "'text'");
    Said ignored;
    read_text(part, "user", ignored);
    said.results += ignored.text;
  }
}

void AnthropicConversation::read_thinking(const RequestObject& block) {
  block.only({"type", "thinking", "signature"});
  const std::string thinking = string_of(block, "thinking");
  const std::string signature = string_of(block, "signature");
  prompt_.add(estimated_tokens(thinking.size()));
  if (is_signature_of(signature, thinking)) return;
  const Failure failure = anthropic_refusal(block.place() + ": Invalid `signature` in `thinking` block");
  if (signature.empty()) throw failure;
  ask_.claims.push_back(Claim{signature, failure});
}

void AnthropicConversation::read_hidden_thinking(const RequestObject& block) {
  block.only({"type", "data"});
  const std::string data = block.need_text("data");
  if (is_signature_of(data, hidden_thinking)) return;
  const Failure failure = anthropic_refusal(block.place() + ": Invalid `data` in `redacted_thinking` block");
  ask_.claims.push_back(Claim{data, failure});
}

void AnthropicConversation::read_call(const RequestObject& block) {
  block.only({"type", "id", "name", "input", "cache_control", "caller"});
  const std::string id = block.need_text("id");
  if (!is_plain_name(id, std::string::npos)) {
    block.refuse("id", Problem::other, "String should match pattern '^[a-zA-Z0-9_-]+$'");
  }
  if (!calls_.insert(id).second) block.refuse("id", Problem::other, "`tool_use` ids must be unique.");
  if (!is_plain_name(block.need_text("name"), 128)) {
    block.refuse("name", Problem::other, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
  }
  prompt_.add(estimated_tokens(json::serialize(block.need_object("input").json()).size()));
  open_calls_.push_back(id);
}

void AnthropicConversation::read_result(const RequestObject& block, Said& said) {
  block.only({"type", "tool_use_id", "content", "is_error", "cache_control"});
  const std::string id = block.need_text("tool_use_id");
  block.flag("is_error");
  const auto call = std::find(open_calls_.begin(), open_calls_.end(), id);
  if (call == open_calls_.end()) {
    block.refuse(Problem::other, "This `tool_result` has no `tool_use` in the message before: " + id);
  }
  open_calls_.erase(call);
  if (said.has_others) block.refuse(Problem::other, "`tool_result` blocks must come first in their message.");
  said.has_results = true;
  const json::value* content = block.find("content");
  if (!content) return;
  if (content->is_string()) {
    said.results += std::string_view(content->get_string());
    prompt_.add(estimated_tokens(content->get_string().size()));
    return;
  }
  Said inner;
  for (const RequestObject& part : block.objects("content")) {
    const std::string type = part.need_word("type", {"text", "image", "document", "search_result", "tool_reference"});
    if (type != "tool_reference") read_block(part, "user", inner);
  }
  said.results += inner.text + inner.results;
  said.images += inner.images;
}

/// They came from here and go back as they are.
void AnthropicConversation::read_server_block(const RequestObject& block, const std::string& type, Said& said) {
  prompt_.add(estimated_tokens(json::serialize(block.json()).size()));
  said.has_server_blocks = true;
  if (type == "server_tool_use" || type == "mcp_tool_use") {
    block.need_text("name");
    block.need_object("input");
    said.server_calls.insert(block.need_text("id"));
    return;
  }
  const bool is_result = type == "web_search_tool_result" || type == "web_fetch_tool_result" ||
                         type == "code_execution_tool_result" || type == "bash_code_execution_tool_result" ||
                         type == "text_editor_code_execution_tool_result" || type == "tool_search_tool_result" ||
                         type == "mcp_tool_result";
  if (is_result) {
    block.need("content");
    if (said.server_calls.erase(block.need_text("tool_use_id")) == 0) {
      block.refuse("tool_use_id", Problem::other, "The result has no server tool's use before it.");
    }
    return;
  }
  if (type == "container_upload" || type == "compaction" || type == "fallback") return;
  const Failure unknown = anthropic_dialect().failure(
      Problem::other, block.place(),
      "Input tag '" + type + "' found using 'type' does not match any of the expected tags");
  ask_.claims.push_back(Claim{type, unknown});
}

}  // namespace antiphon::inline v0::simulator
