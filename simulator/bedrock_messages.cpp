#include "bedrock_messages.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "bedrock_errors.hpp"
#include "images.hpp"
#include "seal.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t nova_image_tokens = 1000;
constexpr std::array<std::string_view, 12> block_kinds{"text",
                                                       "image",
                                                       "document",
                                                       "video",
                                                       "audio",
                                                       "toolUse",
                                                       "toolResult",
                                                       "guardContent",
                                                       "cachePoint",
                                                       "reasoningContent",
                                                       "citationsContent",
                                                       "searchResult"};

/// The one member that a member of a union has.
std::string kind_of(const RequestObject& block) {
  std::string found;
  for (const auto& item : block.json()) {
    if (item.value().is_null()) continue;
    if (!found.empty()) refuse_bedrock("The value at " + block.place() + " must have exactly one of its members set.");
    found = item.key();
  }
  const bool is_known = std::find(block_kinds.begin(), block_kinds.end(), found) != block_kinds.end();
  if (!is_known)
    refuse_bedrock("The value at " + block.place() + " must have exactly one known member, it has '" + found + "'.");
  return found;
}

std::string read_bytes(const RequestObject& source) {
  const auto bytes = decode_base64(source.need_text("bytes"));
  if (!bytes) source.refuse("bytes", Problem::value, "Base64");
  return *bytes;
}

/// Walks the conversation and keeps what an answer is made from.
class BedrockMessages {
 public:
  explicit BedrockMessages(Ask& ask) : ask_(ask) {}

  void add(const RequestObject& message) {
    const std::string role = message.need_word("role", {"user", "assistant"});
    if (last_role_.empty() && role != "user") {
      refuse_bedrock(
          "A conversation must start with a user message. Try again with a conversation that starts with a user "
          "message.");
    }
    if (role == last_role_) {
      refuse_bedrock(
          "A conversation must alternate between user and assistant roles. Make sure the conversation alternates "
          "between user and assistant roles and try again.");
    }
    last_role_ = role;
    begin();
    const std::vector<RequestObject> content = message.objects("content");
    if (content.empty())
      refuse_bedrock("The content field in the Message object at " + message.place() +
                     " is empty. Add a ContentBlock object to the content field and try again.");
    for (const RequestObject& block : content) add_block(block);
    check_calls(message);
    if (has_document_ && text_.empty()) {
      refuse_bedrock("A document block at " + message.place() + " needs a text block beside it.");
    }
    if (role == "user") end_user();
    ask_.prompt_tokens += 4;
  }

  void end() const {
    if (!open_calls_.empty())
      refuse_bedrock("Expected toolResult blocks for the following Ids: " + *open_calls_.begin());
  }

  bool has_tools() const { return has_tools_; }

  void add_cache_point(const RequestObject& point) {
    point.only({"type", "ttl"});
    point.need_word("type", {"default"});
    point.word("ttl", {"5m", "1h"});
    ask_.cached_tokens = ask_.prompt_tokens;
  }

  std::string add_text(const RequestObject& block) {
    const std::string text = block.text("text");
    if (trim(text).empty()) {
      refuse_bedrock("The text field in the ContentBlock object at " + block.place() +
                     " is blank. Add text to the text field, and try again.");
    }
    ask_.prompt_tokens += estimated_tokens(text.size());
    return text;
  }

 private:
  void begin() {
    text_.clear();
    result_.clear();
    results_.clear();
    new_calls_.clear();
    images_ = 0;
    has_document_ = false;
  }

  void add_block(const RequestObject& block) {
    const std::string kind = kind_of(block);
    const bool is_assistants = kind == "toolUse" || kind == "reasoningContent";
    const bool is_users = kind == "toolResult" || kind == "document" || kind == "video";
    if ((is_assistants && last_role_ == "user") || (is_users && last_role_ == "assistant")) {
      refuse_bedrock("A " + kind + " block at " + block.place() + " does not belong into a message of the role " +
                     last_role_ + '.');
    }
    if (kind == "text") text_ += add_text(block);
    if (kind == "image") add_image(block.need_object("image"));
    if (kind == "document") add_document(block.need_object("document"));
    if (kind == "toolUse") add_call(block.need_object("toolUse"));
    if (kind == "toolResult") add_result(block.need_object("toolResult"));
    if (kind == "cachePoint") add_cache_point(block.need_object("cachePoint"));
    if (kind == "reasoningContent") add_reasoning(block.need_object("reasoningContent"));
  }

  void add_image(const RequestObject& image) {
    const std::string format = image.need_word("format", {"png", "jpeg", "gif", "webp"});
    const RequestObject source = image.need_object("source");
    ask_.prompt_tokens += nova_image_tokens;
    ++images_;
    if (source.has("s3Location")) return;
    const std::string_view type = image_type_of(read_bytes(source));
    if (!type.empty() && type != "image/" + format)
      refuse_bedrock("The image at " + image.place() + " is no " + format + '.');
  }

  void add_document(const RequestObject& document) {
    document.need_word("format", {"pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"});
    const std::string name = document.need_text("name");
    if (name.size() > 200 || !has_only(name, " -()[]") || name.find("  ") != std::string::npos) {
      refuse_bedrock("The name of the document at " + document.place() +
                     " may have letters, digits, single blanks, hyphens, parentheses and brackets only.");
    }
    const RequestObject source = document.need_object("source");
    if (source.has("bytes")) ask_.prompt_tokens += estimated_tokens(read_bytes(source).size());
    if (source.has("text")) ask_.prompt_tokens += estimated_tokens(source.text("text").size());
    has_document_ = true;
  }

  void add_call(const RequestObject& call) {
    const std::string id = call.need_text("toolUseId");
    const std::string name = call.need_text("name");
    if (id.size() > 64 || !has_only(id, "_.:-")) {
      call.refuse("toolUseId", Problem::value, "1 to 64 of [a-zA-Z0-9_.:-]");
    }
    if (!is_plain_name(name)) call.refuse("name", Problem::value, "1 to 64 of [a-zA-Z0-9_-]");
    call.need("input");
    const RequestObject input = call.need_object("input");
    ask_.prompt_tokens += estimated_tokens(name.size() + json::serialize(input.json()).size());
    if (!new_calls_.insert(id).second)
      refuse_bedrock("The toolUse block at " + call.place() + " has the id of another one.");
    has_tools_ = true;
  }

  void add_result(const RequestObject& result) {
    const std::string id = result.need_text("toolUseId");
    const std::string status = result.word("status", {"success", "error"});
    const std::vector<RequestObject> content = result.objects("content");
    if (content.empty()) refuse_bedrock("The content field at " + result.place() + " cannot be empty.");
    for (const RequestObject& block : content) {
      if (block.has("json")) result_ += json::serialize(block.need("json"));
      if (block.has("text")) result_ += add_text(block);
      if (block.has("image")) add_image(block.need_object("image"));
      if (!block.has("json") && !block.has("text") && !block.has("image") && !block.has("document")) {
        refuse_bedrock("The value at " + block.place() + " must have exactly one known member.");
      }
    }
    ask_.prompt_tokens += estimated_tokens(result_.size());
    results_.push_back(id);
    has_tools_ = true;
  }

  void add_reasoning(const RequestObject& reasoning) {
    if (const auto text = reasoning.object("reasoningText")) {
      const std::string signature = text->text("signature");
      const std::string whole = text->text("text");
      ask_.prompt_tokens += estimated_tokens(whole.size());
      if (!signature.empty()) claim(signature, whole);
      return;
    }
    const std::string hidden = reasoning.need_text("redactedContent");
    if (!decode_base64(hidden)) reasoning.refuse("redactedContent", Problem::value, "Base64");
    claim(hidden, signed_hidden);
  }

  /// A signature is one of ours for this content, or one that the scenario gave.
  void claim(const std::string& signature, std::string_view content) {
    if (is_signature_of(signature, content)) return;
    ask_.claims.push_back({signature, bedrock_failure(400,
                                                      "The model returned the following errors: Invalid `signature` "
                                                      "in `thinking` block")});
  }

  void check_calls(const RequestObject& message) {
    for (const std::string& id : results_) {
      if (open_calls_.erase(id) == 0) {
        refuse_bedrock("The toolResult block at " + message.place() + " has the id " + id +
                       ", which no toolUse block of the previous turn has.");
      }
    }
    if (!open_calls_.empty()) {
      refuse_bedrock("Expected toolResult blocks at " + message.place() +
                     ".content for the following Ids: " + *open_calls_.begin());
    }
    open_calls_ = new_calls_;
  }

  void end_user() {
    if (!results_.empty()) {
      ask_.tool_result = result_;
      ask_.after_tool = true;
      return;
    }
    ask_.user = text_;
    ask_.images = images_;
    ask_.tool_result.clear();
    ask_.after_tool = false;
  }

  Ask& ask_;
  std::string last_role_;
  std::string text_;
  std::string result_;
  std::vector<std::string> results_;
  std::set<std::string> open_calls_;
  std::set<std::string> new_calls_;
  std::uint64_t images_ = 0;
  bool has_document_ = false;
  bool has_tools_ = false;
};

}  // namespace

void read_bedrock_messages(const RequestObject& request, Ask& ask) {
  BedrockMessages messages(ask);
  for (const RequestObject& block : request.objects("system")) {
    const std::string kind = kind_of(block);
    if (kind == "text") messages.add_text(block);
    if (kind == "cachePoint") messages.add_cache_point(block.need_object("cachePoint"));
  }
  const std::vector<RequestObject> list = request.objects("messages");
  if (list.empty()) request.refuse("messages", Problem::missing, "");
  for (const RequestObject& message : list) messages.add(message);
  messages.end();
  if (messages.has_tools() && !request.has("toolConfig")) {
    refuse_bedrock("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
  }
  ask.prompt_tokens += 3;
}

}  // namespace antiphon::inline v0::simulator
