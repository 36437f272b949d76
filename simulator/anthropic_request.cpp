#include "anthropic_request.hpp"

#include <algorithm>

#include "anthropic_dialect.hpp"
#include "anthropic_messages.hpp"
#include "anthropic_models.hpp"
#include "anthropic_schema.hpp"
#include "anthropic_tools.hpp"
#include "bedrock_path.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view new_version = "2026-10-21";

class AnthropicReader {
 public:
  AnthropicReader(const RequestObject& body, const RecordedRequest& http) : body_(body), http_(http), prompt_(ask_) {
    const std::string on_bedrock = bedrock_claude_model(http.path());
    const std::string in_path = on_bedrock.empty() ? vertex_model(http.path()) : on_bedrock;
    is_bedrock_ = !on_bedrock.empty();
    is_cloud_ = !in_path.empty();
    names_model_ = in_path.empty() || in_path == "count-tokens";
    ask_.model = names_model_ ? body_.need_text("model") : in_path;
    const char* const old_version = is_bedrock_ ? "bedrock-2023-05-31" : "vertex-2023-10-16";
    if (is_cloud_) body_.need_word("anthropic_version", {old_version, new_version});
    const std::string_view version = http.header("anthropic-version");
    rules_.is_new_version = version == new_version || body_.text("anthropic_version") == new_version;
    abilities_ = abilities_of(ask_.model);
  }

  Ask read(bool is_count) {
    check_members(is_count);
    if (!is_count) read_max_tokens();
    read_thinking();
    read_sampling();
    read_output_config();
    read_anthropic_tools(body_, may_force_, prompt_, ask_);
    read_system();
    read_messages();
    prompt_.keep_all(body_);
    read_rest();
    return std::move(ask_);
  }

 private:
  void check_members(bool is_count) {
    body_.only({"model",
                "max_tokens",
                "messages",
                "system",
                "stop_sequences",
                "stream",
                "temperature",
                "top_p",
                "top_k",
                "tools",
                "tool_choice",
                "thinking",
                "output_config",
                "output_format",
                "cache_control",
                "metadata",
                "service_tier",
                "speed",
                "inference_geo",
                "container",
                "diagnostics",
                "mcp_servers",
                "context_management",
                "fallbacks",
                "thread",
                "anthropic_version",
                "anthropic_beta"});
    const bool has_beta = !http_.header("anthropic-beta").empty() || !body_.texts("anthropic_beta").empty();
    for (const char* name : {"mcp_servers", "context_management", "fallbacks", "thread", "output_format"}) {
      if (body_.has(name) && !has_beta) body_.refuse(name, Problem::unknown, "");
    }
    if (!names_model_ && body_.has("model")) body_.refuse("model", Problem::unknown, "");
    if (!is_cloud_ && body_.has("anthropic_version")) body_.refuse("anthropic_version", Problem::unknown, "");
    if (!is_bedrock_ && body_.has("anthropic_beta")) body_.refuse("anthropic_beta", Problem::unknown, "");
    if (is_bedrock_ && body_.has("stream")) body_.refuse("stream", Problem::unknown, "");
    if (!is_count) return;
    for (const char* name : {"max_tokens", "stream"}) {
      if (body_.has(name)) body_.refuse(name, Problem::unknown, "");
    }
  }

  void read_max_tokens() {
    body_.need("max_tokens");
    ask_.max_tokens = body_.integer("max_tokens", abilities_.prewarms ? 0 : 1, UINT64_MAX);
    if (*ask_.max_tokens <= abilities_.max_tokens) return;
    body_.refuse("max_tokens", Problem::other,
                 std::to_string(*ask_.max_tokens) + " > " + std::to_string(abilities_.max_tokens) +
                     ", which is the most that " + ask_.model + " gives");
  }

  void read_thinking() {
    const auto thinking = body_.object("thinking");
    ask_.think = abilities_.thinks_unasked;
    ask_.hides_reasoning = abilities_.hides_thinking;
    may_force_ = abilities_.forced_tool;
    if (!thinking) return;
    const std::string type = thinking->need_word("type", {"adaptive", "enabled", "between_tools", "disabled"});
    thinks_off_ = type == "disabled";
    ask_.think = !thinks_off_;
    if (!thinks_off_) may_force_ = false;
    const bool is_taken = type == "adaptive"        ? abilities_.adaptive
                          : type == "enabled"       ? abilities_.budget
                          : type == "between_tools" ? abilities_.between_tools
                                                    : abilities_.thinking_off != ClaudeAbilities::Off::never;
    if (!is_taken) thinking->refuse("type", Problem::other, "This model does not support '" + type + "' here.");
    if (type == "enabled") {
      thinking->only({"type", "budget_tokens", "display"});
      read_budget(*thinking);
    } else if (type == "adaptive") {
      thinking->only({"type", "display"});
    } else {
      thinking->only({"type"});
    }
    const std::string display = thinking->word("display", {"summarized", "omitted"});
    if (!display.empty()) ask_.hides_reasoning = display == "omitted";
  }

  void read_budget(const RequestObject& thinking) {
    thinking.need("budget_tokens");
    const auto budget = thinking.integer("budget_tokens", 1024, UINT64_MAX);
    rules_.has_budget = true;
    if (ask_.max_tokens && *budget >= *ask_.max_tokens) {
      thinking.refuse("budget_tokens", Problem::other, "`max_tokens` must be greater than `thinking.budget_tokens`.");
    }
  }

  void read_sampling() {
    if (rules_.is_new_version) {
      for (const char* name : {"temperature", "top_p", "top_k"}) {
        if (body_.has(name)) body_.refuse(name, Problem::unknown, "");
      }
    }
    const auto temperature = body_.number("temperature", 0, 1);
    const auto top_p = body_.number("top_p", 0, 1);
    const bool has_top_k = body_.integer("top_k", 0, UINT64_MAX).has_value();
    if (temperature && top_p && abilities_.one_sampling) {
      body_.refuse("top_p", Problem::other, "This model takes `temperature` or `top_p`, not both.");
    }
    const bool is_fixed = !abilities_.has_sampling || rules_.has_budget;
    if (!is_fixed) return;
    if (temperature && *temperature != 1) {
      body_.refuse("temperature", Problem::other, "`temperature` may only be set to 1 here.");
    }
    if (has_top_k) body_.refuse("top_k", Problem::other, "`top_k` may not be set here.");
    const double least = abilities_.has_sampling ? 0.95 : 0.99;
    if (top_p && *top_p < least) body_.refuse("top_p", Problem::other, "`top_p` may only be close to 1 here.");
  }

  void read_output_config() {
    const auto config = body_.object("output_config");
    const auto beta = body_.object("output_format");
    if (beta) read_format(*beta);
    if (!config) return;
    config->only({"effort", "format", "task_budget"});
    const std::string effort = config->word("effort", {"low", "medium", "high", "xhigh", "max"});
    if (!effort.empty() && !abilities_.effort) {
      config->refuse("effort", Problem::other, "This model does not support the effort parameter.");
    }
    if (effort == "xhigh" && !abilities_.xhigh) config->refuse("effort", Problem::value, "low, medium, high or max");
    const bool is_highest = effort == "xhigh" || effort == "max";
    if (thinks_off_ && is_highest && abilities_.thinking_off == ClaudeAbilities::Off::below_xhigh) {
      body_.refuse("thinking", Problem::other, "Thinking cannot be disabled at effort " + effort + '.');
    }
    if (const auto format = config->object("format")) read_format(*format);
  }

  void read_format(const RequestObject& format) {
    format.only({"type", "schema"});
    format.need_word("type", {"json_schema"});
    const RequestObject schema = format.need_object("schema");
    std::uint64_t optional_properties = 0;
    check_anthropic_schema(schema, optional_properties);
    rules_.has_format = true;
    ask_.form = Form::schema;
    ask_.schema = schema.json();
  }

  void read_system() {
    const json::value* system = body_.find("system");
    if (!system) return;
    if (system->is_string()) return prompt_.add(estimated_tokens(system->get_string().size()));
    for (const RequestObject& block : body_.objects("system")) {
      block.only({"type", "text", "cache_control", "citations"});
      block.need_word("type", {"text"});
      if (block.text("text").empty()) block.refuse("text", Problem::other, "text content blocks must be non-empty");
      prompt_.add(estimated_tokens(block.text("text").size()));
      prompt_.mark(block);
    }
  }

  void read_messages() {
    constexpr std::size_t most = 100000;
    body_.need("messages");
    const std::vector<RequestObject> messages = body_.objects("messages");
    if (messages.empty()) body_.refuse("messages", Problem::other, "At least one message is required.");
    if (messages.size() > most) body_.refuse("messages", Problem::other, "There are more than 100000 messages.");
    rules_.prefill = abilities_.prefill;
    AnthropicConversation(ask_, prompt_, rules_).read(messages);
    prompt_.add(3);
  }

  void read_rest() {
    ask_.stop = body_.texts("stop_sequences");
    const auto is_blank = [](const std::string& text) { return trim(text).empty(); };
    if (std::any_of(ask_.stop.begin(), ask_.stop.end(), is_blank)) {
      body_.refuse("stop_sequences", Problem::other, "Each stop sequence must have more than white space.");
    }
    ask_.stream = body_.flag("stream").value_or(false);
    ask_.include_usage = true;
    if (const auto metadata = body_.object("metadata")) {
      metadata->only({"user_id"});
      metadata->text("user_id");
    }
    body_.word("service_tier", {"auto", "standard_only"});
    body_.word("speed", {"standard", "fast"});
    body_.text("inference_geo");
    if (const auto diagnostics = body_.object("diagnostics")) diagnostics->text("previous_message_id");
  }

  const RequestObject& body_;
  const RecordedRequest& http_;
  Ask ask_;
  AnthropicPrompt prompt_;
  AnthropicRules rules_;
  ClaudeAbilities abilities_;
  bool is_cloud_ = false;
  bool is_bedrock_ = false;
  bool names_model_ = true;
  bool thinks_off_ = false;
  bool may_force_ = true;
};

Ask read_body(const RecordedRequest& request, bool is_count) {
  constexpr std::size_t largest = std::size_t{32} << 20;
  if (request.body.size() > largest) {
    throw Failure{413, "The request is larger than 32 MB.", "request_too_large", "", ""};
  }
  const json::value value = parse_body(request.body, anthropic_dialect());
  const RequestObject body(value.get_object(), "", anthropic_dialect());
  return AnthropicReader(body, request).read(is_count);
}

}  // namespace

std::string vertex_model(std::string_view path) {
  constexpr std::string_view mark = "/publishers/anthropic/models/";
  const auto begin = path.find(mark);
  const auto colon = path.rfind(':');
  if (begin == std::string_view::npos || colon == std::string_view::npos || colon < begin + mark.size()) return "";
  return std::string(path.substr(begin + mark.size(), colon - begin - mark.size()));
}

void check_anthropic_headers(const RecordedRequest& request) {
  const std::string_view encoding = request.header("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    throw anthropic_refusal("The simulator reads no compressed requests.", "request_body_encoding_unsupported");
  }
  const bool is_cloud = !vertex_model(request.path()).empty() || !bedrock_claude_model(request.path()).empty();
  if (is_cloud) return;
  const std::string_view version = request.header("anthropic-version");
  if (version.empty()) throw anthropic_refusal("anthropic-version: header is required");
  if (version != "2023-06-01" && version != new_version) {
    throw anthropic_refusal("anthropic-version: \"" + std::string(version) + "\" is not a valid version");
  }
}

Ask read_anthropic(const RecordedRequest& request) {
  check_anthropic_headers(request);
  return read_body(request, false);
}

Ask read_anthropic_count(const RecordedRequest& request) {
  check_anthropic_headers(request);
  return read_body(request, true);
}

}  // namespace antiphon::inline v0::simulator
