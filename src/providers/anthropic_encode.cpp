#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/anthropic.hpp"
#include "providers/anthropic_messages.hpp"
#include "providers/anthropic_models.hpp"
#include "providers/anthropic_vertex.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_request.hpp"
#include "providers/named_options.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view protocol_version = "2023-06-01";
// `max_tokens` must be sent. Enough for most answers, and no more than older models give.
constexpr std::int64_t usual_most_tokens = 32'000;
constexpr std::int64_t least_budget = 1024;
constexpr std::string_view json_instruction = "Answer with one JSON object and nothing else.";

std::string text_of(const Json& json) {
  std::string text;
  json::Reader reader;
  reader.read_copy("[" + json.text() + "]", [&](json::Value root) {
    root.elements([&](json::Value value) { text = value.string().value_or(""); });
  });
  return text;
}

/// Tokens that a budgeted model may think for.
std::int64_t budget_of(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return least_budget;
  if (effort == "medium") return 4 * least_budget;
  return 16 * least_budget;
}

class Encoder {
 public:
  Encoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), target.preset->family),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_),
        model_(classify_anthropic_model(target.model)) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void gather_own();
  void decide_thinking();
  void decide_budget(std::string_view effort);
  void write_head();
  void write_messages();
  void write_sampling();
  void write_thinking();
  void write_output_config();
  void write_tools();
  void write_tool(const Tool& tool, std::size_t index);
  void write_tool_choice();
  void write_labels();
  void note_missing();
  std::string_view effort_for_model() const;
  HttpRequest http();

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_;
  json::Writer writer_;
  ExtraFields extras_;
  std::string betas_;
  AnthropicModel model_;
  std::int64_t max_tokens_ = 0;
  bool thinks_ = false;
  std::string thinking_;  ///< JSON; empty when nothing is said
};

bool Encoder::begin_field(std::string_view name) {
  if (extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

void Encoder::gather_own() {
  for (const auto& [name, value] : settled_.own()) {
    if (name == "anthropic-beta") {
      betas_ += (betas_.empty() ? "" : ",") + text_of(value);
    } else {
      extras_.add(name, value);
    }
  }
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
}

/// What the effort that was asked for means to this model.
void Encoder::decide_thinking() {
  using Thinking = AnthropicModel::Thinking;
  max_tokens_ = options_.max_tokens().value_or(std::min(model_.most_output, usual_most_tokens));
  thinks_ = model_.always_thinks || (model_.thinking == Thinking::adaptive && model_.thinks_unasked);
  const std::string& effort = options_.reasoning_effort();
  if (extras_.has("thinking")) {
    thinks_ = extras_.find("thinking")->find("\"disabled\"") == std::string::npos;
  } else if (effort == "none") {
    if (model_.always_thinks) {
      notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " always thinks");
    } else if (model_.thinking != Thinking::none) {
      thinks_ = false;
      if (model_.thinks_unasked) thinking_ = R"({"type":"disabled"})";
    }
  } else if (!effort.empty()) {
    decide_budget(effort);
  }
}

void Encoder::decide_budget(std::string_view effort) {
  using Thinking = AnthropicModel::Thinking;
  if (model_.thinking == Thinking::none) {
    notes_.cannot_carry("reasoning_effort", "the model " + target_.model + " does not think");
    return;
  }
  if (model_.thinking != Thinking::budget) {
    thinks_ = true;
    thinking_ = R"({"type":"adaptive"})";
    return;
  }
  if (max_tokens_ <= least_budget) {
    notes_.cannot_carry("reasoning_effort", "max_tokens leaves no room to think: that takes 1024 tokens at least");
    return;
  }
  thinks_ = true;
  const std::int64_t budget = std::min(budget_of(effort), max_tokens_ - 1);
  thinking_ = R"({"type":"enabled","budget_tokens":)" + std::to_string(std::max(budget, least_budget)) + "}";
}

EncodedRequest Encoder::encode() {
  check_options(options_);
  check_text(target_.model, [] { return std::string("model"); });
  gather_own();
  decide_thinking();
  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_messages();
  write_sampling();
  write_thinking();
  write_output_config();
  write_tools();
  write_tool_choice();
  write_labels();
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  EncodedRequest encoded;
  encoded.http = http();
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

HttpRequest Encoder::http() {
  if (is_claude_on_vertex(target_)) {
    HttpRequest vertex = json_post(claude_on_vertex_url(target_, request_.stream()),
                                   request_.stream() ? "text/event-stream" : "application/json");
    if (!betas_.empty()) vertex.headers.set("anthropic-beta", betas_);
    return vertex;
  }
  const std::string_view base = target_.base_url;
  std::string url(base);
  url += base.ends_with("/v1") ? "/messages" : "/v1/messages";
  HttpRequest http = json_post(std::move(url), request_.stream() ? "text/event-stream" : "application/json");
  http.headers.set("anthropic-version", std::string(protocol_version));
  if (!betas_.empty()) http.headers.set("anthropic-beta", betas_);
  return http;
}

void Encoder::write_head() {
  if (is_claude_on_vertex(target_)) {
    if (begin_field("anthropic_version")) writer_.string(anthropic_vertex_version);
  } else if (begin_field("model")) {
    writer_.string(target_.model);
  }
  if (begin_field("max_tokens")) writer_.integer(max_tokens_);
  if (request_.stream() && begin_field("stream")) writer_.boolean(true);
}

void Encoder::write_messages() {
  Turns turns = make_turns(request_.messages(), options_, notes_);
  AnthropicMessages messages(writer_, notes_, target_.preset->family);
  const bool json = options_.response_format() && options_.response_format()->kind() == ResponseFormat::Kind::json;
  if (json) notes_.cannot_carry("response_format", "Anthropic has no JSON mode; the model is told to answer in JSON");
  if ((!turns.system.empty() || json) && begin_field("system")) {
    messages.write_system(turns.system, json ? json_instruction : std::string_view());
  }
  if (begin_field("messages")) messages.write_turns(turns.turns);
}

void Encoder::write_sampling() {
  const auto temperature = options_.temperature();
  const bool free = model_.sampling && !thinks_;
  const std::string why = model_.sampling ? "a model that thinks does not take it"
                                          : "the model " + target_.model + " does not take it";
  if (temperature && free) {
    if (*temperature > 1) notes_.cannot_carry("temperature", "1 is the most that Anthropic takes");
    if (begin_field("temperature")) writer_.number(std::min(*temperature, 1.0));
  } else if (temperature && *temperature != 1) {
    notes_.cannot_carry("temperature", why);
  }
  if (options_.top_p() && (!free || temperature)) {
    notes_.cannot_carry("top_p", free ? "only one of temperature and top_p is taken" : why);
  } else if (options_.top_p() && begin_field("top_p")) {
    writer_.number(*options_.top_p());
  }
  if (options_.top_k() && !free) {
    notes_.cannot_carry("top_k", why);
  } else if (options_.top_k() && begin_field("top_k")) {
    writer_.integer(*options_.top_k());
  }
  bool any = false;
  for (const std::string& stop : options_.stop()) {
    if (ascii::trim(stop).empty()) {
      notes_.cannot_carry("stop", "a text of white space only is not taken");
      continue;
    }
    if (!any && !begin_field("stop_sequences")) return;
    if (!std::exchange(any, true)) writer_.begin_array();
    writer_.string(stop);
  }
  if (any) writer_.end_array();
}

void Encoder::write_thinking() {
  if (!thinking_.empty() && begin_field("thinking")) writer_.raw(thinking_);
}

std::string_view Encoder::effort_for_model() const {
  const std::string& effort = options_.reasoning_effort();
  if (effort == "minimal") return "low";
  if (effort == "xhigh" && !model_.xhigh) return "high";
  return effort;
}

void Encoder::write_output_config() {
  const bool effort = model_.effort && !options_.reasoning_effort().empty() && options_.reasoning_effort() != "none";
  const auto& format = options_.response_format();
  const bool schema = format && format->kind() == ResponseFormat::Kind::json_schema;
  if ((!effort && !schema) || !begin_field("output_config")) return;
  writer_.begin_object();
  if (effort) writer_.key("effort").string(effort_for_model());
  if (schema) {
    writer_.key("format").begin_object().key("type").string("json_schema");
    writer_.key("schema").raw(format->schema()->schema().text()).end_object();
  }
  writer_.end_object();
}

void Encoder::write_tools() {
  if (options_.tools().empty() || !begin_field("tools")) return;
  writer_.begin_array();
  std::size_t index = 0;
  for (const Tool& tool : options_.tools()) write_tool(tool, index++);
  writer_.end_array();
}

void Encoder::write_tool(const Tool& tool, std::size_t index) {
  if (!tool.provider().empty()) {
    if (tool.provider() == target_.preset->family) {
      writer_.raw(tool.raw().text());
    } else {
      notes_.cannot_carry("tools/" + std::to_string(index), "a tool that " + tool.provider() + " runs does not exist here");
    }
    return;
  }
  writer_.begin_object().key("name").string(encode_tool_name(tool.name()));
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  writer_.key("input_schema").raw(tool.parameters().text());
  if (tool.strict()) writer_.key("strict").boolean(*tool.strict());
  for (const OwnOptions& own : tool.own_options()) {
    if (own.family() != target_.preset->family) continue;
    for (const auto& [name, value] : own.fields()) {
      check_json(value.text(), "tools/" + std::to_string(index) + "/" + name);
      writer_.key_text(name).raw(value.text());
    }
  }
  writer_.end_object();
}

void Encoder::write_tool_choice() {
  using Kind = ToolChoice::Kind;
  const bool one_at_a_time = options_.parallel_tool_calls() == false;
  if (!options_.tool_choice() && !one_at_a_time) return;
  if (options_.tools().empty() && !extras_.has("tools")) {
    notes_.cannot_carry(options_.tool_choice() ? "tool_choice" : "parallel_tool_calls", "there are no tools");
    return;
  }
  ToolChoice choice = options_.tool_choice().value_or(Kind::automatic);
  const bool forced = choice.kind() == Kind::required || choice.kind() == Kind::named;
  if (forced && (!model_.forced_tools || thinks_)) {
    notes_.cannot_carry("tool_choice", "a model that thinks cannot be made to call a tool; it may choose");
    choice = Kind::automatic;
  }
  if (!begin_field("tool_choice")) return;
  writer_.begin_object().key("type");
  switch (choice.kind()) {
    case Kind::automatic: writer_.string("auto"); break;
    case Kind::none: writer_.string("none"); break;
    case Kind::required: writer_.string("any"); break;
    case Kind::named: writer_.string("tool").key("name").string(encode_tool_name(choice.name())); break;
  }
  if (one_at_a_time && choice.kind() != Kind::none) writer_.key("disable_parallel_tool_use").boolean(true);
  writer_.end_object();
}

void Encoder::write_labels() {
  std::string user = options_.user();
  for (const auto& [key, value] : options_.metadata()) {
    if (key == "user_id" && user.empty()) {
      user = value;
    } else {
      notes_.cannot_carry("metadata/" + key, "Anthropic takes user_id only");
    }
  }
  if (user.empty() || !begin_field("metadata")) return;
  writer_.begin_object().key("user_id").string(user).end_object();
}

/// Options that this protocol has nothing for.
void Encoder::note_missing() {
  const auto note = [&](bool set, const char* name) {
    if (set && !extras_.has(name)) notes_.cannot_carry(name, "Anthropic has no such option");
  };
  note(options_.seed().has_value(), "seed");
  note(options_.presence_penalty().has_value(), "presence_penalty");
  note(options_.frequency_penalty().has_value(), "frequency_penalty");
  note(options_.logprobs_requested().has_value(), "logprobs");
  note(options_.n().value_or(1) != 1, "n");
}

}  // namespace

EncodedRequest AnthropicCodec::encode(const Request& request, const Target& target) const {
  Encoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
