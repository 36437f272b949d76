#include "openai_responses_request.hpp"

#include <algorithm>
#include <array>

#include "openai_dialect.hpp"
#include "openai_item_id.hpp"
#include "openai_models.hpp"
#include "openai_responses_input.hpp"
#include "openai_responses_tools.hpp"
#include "openai_strict_schema.hpp"
#include "seal.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class ResponsesReader {
 public:
  explicit ResponsesReader(const RequestObject& body) : body_(body) {}

  Ask read() {
    check_members();
    ask_.model = body_.need_text("model");
    read_state();
    read_reasoning();
    read_sampling();
    read_include();
    ask_.prompt_tokens += estimated_tokens(body_.text("instructions").size());
    ask_.mentions_json = lower_case(body_.text("instructions")).find("json") != std::string::npos;
    read_responses_tools(body_, ask_);
    ResponsesInput(ask_, stores_, goes_on_).read(body_);
    ask_.prompt_tokens += 3;
    read_text();
    read_stream();
    read_rest();
    repeat_settings();
    return std::move(ask_);
  }

 private:
  /// What other paths take, and its name here.
  void check_members() {
    for (const auto& [name, here] :
         {std::pair("max_tokens", "max_output_tokens"), std::pair("max_completion_tokens", "max_output_tokens"),
          std::pair("response_format", "text.format"), std::pair("messages", "input"),
          std::pair("reasoning_effort", "reasoning.effort"), std::pair("functions", "tools"),
          std::pair("verbosity", "text.verbosity")}) {
      if (!body_.json().contains(name)) continue;
      throw openai_refusal(
          "Unsupported parameter: '" + std::string(name) + "'. In the Responses API it is '" + here + "'.", name,
          "unsupported_parameter");
    }
    body_.only({"model",
                "input",
                "instructions",
                "previous_response_id",
                "conversation",
                "store",
                "include",
                "max_output_tokens",
                "max_tool_calls",
                "reasoning",
                "text",
                "tools",
                "tool_choice",
                "parallel_tool_calls",
                "temperature",
                "top_p",
                "top_logprobs",
                "background",
                "stream",
                "stream_options",
                "context_management",
                "truncation",
                "service_tier",
                "prompt",
                "prompt_cache_key",
                "prompt_cache_options",
                "prompt_cache_retention",
                "image",
                "access_programs",
                "moderation",
                "metadata",
                "safety_identifier",
                "user"});
  }

  /// What the provider keeps, and where the conversation goes on.
  void read_state() {
    stores_ = body_.flag("store").value_or(true);
    const std::string previous = body_.text("previous_response_id");
    if (!previous.empty() && body_.has("conversation")) {
      throw openai_refusal("'previous_response_id' and 'conversation' exclude each other.", "previous_response_id",
                           "mutually_exclusive_parameters");
    }
    if (!previous.empty() && !is_item_id(previous)) {
      ask_.claims.push_back(Claim{previous.substr(previous.find('_') + 1),
                                  openai_refusal("Previous response with id '" + previous + "' not found.",
                                                 "previous_response_id", "previous_response_not_found")});
    }
    goes_on_ = !previous.empty() || body_.has("conversation");
    if (!goes_on_ && !body_.has("input") && !body_.has("prompt")) body_.refuse("input", Problem::missing, "");
    ask_.runs_in_background = body_.flag("background").value_or(false);
    if (ask_.runs_in_background && !stores_) {
      throw openai_refusal("'background' needs 'store' to be true.", "background");
    }
  }

  void read_reasoning() {
    ask_.think = is_reasoning_model(ask_.model);
    ask_.hides_reasoning = true;
    const auto reasoning = body_.object("reasoning");
    if (!reasoning) return;
    reasoning->only({"effort", "summary", "generate_summary", "context", "mode"});
    effort_ = reasoning->word("effort", {"none", "minimal", "low", "medium", "high", "xhigh", "max"});
    for (const char* name : {"summary", "generate_summary"}) {
      if (!reasoning->word(name, {"auto", "concise", "detailed"}).empty()) ask_.hides_reasoning = false;
    }
    reasoning->word("context", {"auto", "current_turn", "all_turns"});
    reasoning->word("mode", {"standard", "pro"});
    if (ask_.model.substr(0, 4) == "gpt-" && !ask_.think && !effort_.empty()) unsupported("reasoning.effort");
    check_effort();
    ask_.think = effort_ != "none";
  }

  void check_effort() const {
    if (effort_.empty() || !is_reasoning_model(ask_.model)) return;
    const std::vector<std::string> efforts = efforts_of(ask_.model);
    if (std::find(efforts.begin(), efforts.end(), effort_) != efforts.end()) return;
    throw openai_refusal("Unsupported value: 'reasoning.effort' does not support '" + effort_ + "' with this model.",
                         "reasoning.effort", "unsupported_value");
  }

  void read_sampling() {
    body_.number("temperature", 0, 2);
    body_.number("top_p", 0, 1);
    body_.integer("top_logprobs", 0, 20);
    if (takes_sampling(ask_.model, effort_)) return;
    for (const char* name : {"temperature", "top_p", "top_logprobs"}) {
      if (body_.has(name)) unsupported(name);
    }
  }

  [[noreturn]] static void unsupported(const std::string& name) {
    throw openai_refusal("Unsupported parameter: '" + name + "' is not supported with this model.", name,
                         "unsupported_parameter");
  }

  void read_include() {
    constexpr std::array known{"file_search_call.results",       "web_search_call.results",
                               "web_search_call.action.sources", "message.input_image.image_url",
                               "code_interpreter_call.outputs",  "computer_call_output.output.image_url",
                               "reasoning.encrypted_content",    "message.output_text.logprobs"};
    std::size_t index = 0;
    for (const std::string& word : body_.texts("include")) {
      const std::string place = "include[" + std::to_string(index++) + ']';
      if (std::find(known.begin(), known.end(), word) == known.end()) {
        throw openai_dialect().failure(Problem::value, place, "the fields that the reference names");
      }
      ask_.encrypts_reasoning |= word == "reasoning.encrypted_content";
      ask_.logprobs |= word == "message.output_text.logprobs";
    }
    ask_.encrypts_reasoning |= ask_.model.substr(0, 5) == "gpt-6";
  }

  void read_text() {
    const auto text = body_.object("text");
    if (!text) return;
    text->only({"format", "verbosity"});
    text->word("verbosity", {"low", "medium", "high"});
    const auto format = text->object("format");
    if (!format) return;
    const std::string type = format->need_word("type", {"text", "json_object", "json_schema"});
    if (type == "json_object") read_json_format();
    if (type == "json_schema") read_schema_format(*format);
  }

  void read_json_format() {
    if (!ask_.mentions_json) {
      throw openai_refusal("A 'json_object' format needs the word JSON in one of the messages.", "input");
    }
    ask_.form = Form::json;
  }

  void read_schema_format(const RequestObject& format) {
    if (!is_plain_name(format.need_text("name"))) {
      format.refuse("name", Problem::value, "1 to 64 letters, digits, '_' and '-'");
    }
    format.only({"type", "name", "description", "schema", "strict"});
    const RequestObject schema = format.need_object("schema");
    if (format.flag("strict").value_or(false)) {
      check_strict_schema(schema, "text format '" + format.text("name") + "'", "invalid_json_schema");
    }
    ask_.form = Form::schema;
    ask_.schema = schema.json();
  }

  void read_stream() {
    ask_.stream = body_.flag("stream").value_or(false);
    ask_.include_usage = true;
    ask_.obfuscates = true;
    const auto options = body_.object("stream_options");
    if (!options) return;
    if (!ask_.stream) throw openai_refusal("'stream_options' needs 'stream' to be true.", "stream_options");
    options->only({"include_obfuscation"});
    ask_.obfuscates = options->flag("include_obfuscation").value_or(true);
  }

  void read_rest() {
    constexpr std::uint64_t most = 1u << 30;
    constexpr std::size_t most_pairs = 16;
    ask_.max_tokens = body_.integer("max_output_tokens", 16, most);
    body_.integer("max_tool_calls", 1, most);
    body_.flag("parallel_tool_calls");
    body_.word("truncation", {"auto", "disabled"});
    body_.word("service_tier", {"auto", "default", "flex", "scale", "priority", "ultrafast"});
    for (const char* name : {"prompt_cache_key", "safety_identifier", "user"}) body_.text(name);
    for (const RequestObject& edit : body_.objects("context_management")) {
      edit.need_word("type", {"compaction"});
      edit.integer("compact_threshold", 1000, most);
    }
    const auto metadata = body_.object("metadata");
    if (!metadata) return;
    if (metadata->json().size() > most_pairs) body_.refuse("metadata", Problem::value, "at most 16 pairs");
    for (const auto& pair : metadata->json()) metadata->text(std::string_view(pair.key()));
  }

  void repeat_settings() {
    json::object& out = ask_.settings;
    const auto repeat = [&](const char* name, const json::value& usual) {
      const json::value* given = body_.find(name);
      out[name] = given ? *given : usual;
    };
    repeat("background", false);
    repeat("instructions", nullptr);
    repeat("max_output_tokens", nullptr);
    repeat("max_tool_calls", nullptr);
    repeat("metadata", json::object());
    repeat("parallel_tool_calls", true);
    repeat("previous_response_id", nullptr);
    repeat("prompt_cache_key", nullptr);
    out["reasoning"] = {{"effort", nullptr}, {"summary", nullptr}};
    if (const auto reasoning = body_.object("reasoning")) {
      for (const auto& member : reasoning->json()) out["reasoning"].get_object()[member.key()] = member.value();
    }
    repeat("safety_identifier", nullptr);
    out["service_tier"] = "default";
    repeat("store", true);
    repeat("temperature", 1);
    out["text"] = {{"format", {{"type", "text"}}}, {"verbosity", "medium"}};
    if (const auto text = body_.object("text")) {
      for (const auto& member : text->json()) out["text"].get_object()[member.key()] = member.value();
    }
    repeat("tool_choice", "auto");
    repeat("tools", json::array());
    repeat("top_logprobs", 0);
    repeat("top_p", 1);
    repeat("truncation", "disabled");
    repeat("user", nullptr);
  }

  const RequestObject& body_;
  Ask ask_;
  std::string effort_;
  bool stores_ = true;
  bool goes_on_ = false;
};

}  // namespace

Ask read_openai_responses(std::string_view body) {
  const json::value value = parse_body(body, openai_dialect());
  return ResponsesReader(RequestObject(value.get_object(), "", openai_dialect())).read();
}

}  // namespace antiphon::inline v0::simulator
