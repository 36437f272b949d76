#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "core/spare_text.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/anthropic.hpp"
#include "providers/anthropic_messages.hpp"
#include "providers/anthropic_models.hpp"
#include "providers/anthropic_own_fields.hpp"
#include "providers/anthropic_thinking.hpp"
#include "providers/anthropic_vertex.hpp"
#include "providers/any_json.hpp"
#include "providers/carried_tools.hpp"
#include "providers/chat_fields.hpp"
#include "providers/claude_rules.hpp"
#include "providers/described_answer.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_request.hpp"
#include "providers/named_options.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/tool_naming.hpp"
#include "providers/uploaded_file.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view protocol_version = "2023-06-01";
// Without it a file has no id there (providers.md §3.10).
constexpr const char* files_beta = "files-api-2025-04-14";

class AnthropicEncoder {
 public:
  AnthropicEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        own_(notes_, *target.preset),
        writer_(body_),
        model_(classify_anthropic_model(target.model)),
        rules_(model_, target.model, notes_) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void gather_own();
  void translate_tier();
  void add_betas(const Json& value);
  void add_beta(const std::string& beta);
  bool has_uploaded_files() const;
  void decide_limit();
  void decide_thinking();
  void decide_tool_choice();
  void decide_format();
  void write_head();
  void write_messages();
  void write_temperature();
  void write_sampling();
  void write_stop();
  void write_thinking();
  void write_output_config();
  void write_tools();
  void write_tool(const CarriedTool& carried);
  void write_own_tool(json::Writer& writer, const Tool& tool, const std::string& place);
  void write_tool_choice();
  void write_labels();
  void note_missing();
  bool has_tools() const { return !tools_.empty() || extras_.has("tools"); }
  void instruct(const std::string& sentence) { instruction_ += (instruction_.empty() ? "" : "\n") + sentence; }
  HttpRequest http();

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  AnthropicOwnFields own_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  ExtraFields extras_;
  std::vector<CarriedTool> tools_;
  std::string own_thinking_;  ///< the user's, as JSON
  std::string own_config_;    ///< the user's `output_config`
  std::string betas_;
  AnthropicModel model_;
  ClaudeRules rules_;
  Turns turns_;
  AnthropicThinking thinking_;
  std::optional<ToolChoice> choice_;
  std::string schema_;       ///< that the provider enforces
  std::string instruction_;  ///< for what the protocol cannot say
};

bool AnthropicEncoder::begin_field(std::string_view name) {
  if (extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

void AnthropicEncoder::gather_own() {
  for (const auto& [name, value] : settled_.own()) {
    if (name == "anthropic-beta") {
      add_betas(value);
    } else {
      extras_.add(name, value);
    }
  }
  own_thinking_ = extras_.take("thinking");
  own_config_ = extras_.take("output_config");
  if (extras_.has("cache_control") && !own_.takes_mark("")) extras_.take("cache_control");
  // These are sent as they are, and win.
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
  leave_out_chat_fields(extras_, notes_, {"service_tier", "tool_choice"});
  leave_out_chat_choice(extras_, notes_);
  translate_tier();
}

/// OpenAI's words for a tier of service (providers.md §1.2, §2.2) are not Anthropic's, which knows two (§3.2).
void AnthropicEncoder::translate_tier() {
  constexpr std::string_view others[] = {"\"flex\"", "\"scale\"", "\"priority\"", "\"fast\"", "\"ultrafast\""};
  const std::string* tier = extras_.find("service_tier");
  if (!tier) return;
  if (*tier == "\"default\"") {
    extras_.add("service_tier", Json("\"standard_only\""));
  } else if (std::find(std::begin(others), std::end(others), *tier) != std::end(others)) {
    notes_.cannot_carry("service_tier",
                        "Anthropic has no " + extras_.take("service_tier") + ", but auto and standard_only");
  }
}

/// A name, or a list of them, of beta features; they travel in a header.
void AnthropicEncoder::add_betas(const Json& value) {
  check_json(value.text(), "anthropic-beta");
  const auto add = [&](json::Value name) {
    const std::string beta(ascii::trim(name.string().value_or("")));
    const bool plain =
        !beta.empty() && std::all_of(beta.begin(), beta.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!plain) throw invalid("anthropic-beta", "must be the name of a beta feature");
    add_beta(beta);
  };
  read_any_json(value.text(), [&](json::Value names) {
    if (names.type() == json::Type::array) {
      names.elements(add);
    } else {
      add(names);
    }
  });
}

void AnthropicEncoder::add_beta(const std::string& beta) {
  if (("," + betas_ + ",").find("," + beta + ",") == std::string::npos) betas_ += (betas_.empty() ? "" : ",") + beta;
}

/// Whether any go along.
bool AnthropicEncoder::has_uploaded_files() const {
  if (!claude_takes_urls(*target_.preset)) return false;
  const auto has_one = [this](const TurnItem& item) { return holds_uploaded_file(*item.part, *target_.preset); };
  return std::any_of(turns_.turns.begin(), turns_.turns.end(), [&](const Turn& turn) {
    return !turn.assistant && std::any_of(turn.items.begin(), turn.items.end(), has_one);
  });
}

void AnthropicEncoder::decide_limit() {
  // A beta feature lifts it.
  if (betas_.find("output-") != std::string::npos) model_.most_output = std::numeric_limits<std::int64_t>::max();
  if (options_.max_tokens() && !extras_.has("max_tokens")) rules_.limit(*options_.max_tokens());
}

void AnthropicEncoder::decide_thinking() {
  if (const std::string* forced = extras_.find("thinking")) {
    thinking_ = settle_thinking(model_, target_.model, Options(), nullptr, notes_);
    thinking_.max_tokens = std::min(options_.max_tokens().value_or(thinking_.max_tokens), model_.most_output);
    thinking_.thinks = thinking_.asked = forced->find("\"disabled\"") == std::string::npos;
    return;
  }
  const std::string* own = own_thinking_.empty() ? nullptr : &own_thinking_;
  thinking_ = settle_thinking(model_, target_.model, options_, own, notes_);
  rules_.rest_after_bare_calls(thinking_, turns_, *target_.preset, own ? "thinking" : "reasoning_effort");
}

/// A tool cannot be forced on a model that thinks (providers.md §3.4, trap 80).
void AnthropicEncoder::decide_tool_choice() {
  using Kind = ToolChoice::Kind;
  choice_ = options_.tool_choice();
  if (!choice_ || !has_tools() || extras_.has("tool_choice")) return;
  if (choice_->kind() != Kind::required && choice_->kind() != Kind::named) return;
  if (model_.forced_tools && !thinking_.thinks) return;
  if (model_.forced_tools && model_.always_thinks && (own_thinking_.empty() || thinking_.json.empty())) {
    // It thinks anyway, and takes both as long as nothing is said about that.
    thinking_.json.clear();
    return;
  }
  if (model_.forced_tools && !thinking_.asked) {
    // It would think because nothing was said about it.
    thinking_.thinks = false;
    thinking_.json = R"({"type":"disabled"})";
    return;
  }
  notes_.cannot_carry("tool_choice",
                      "a model that thinks cannot be made to call a tool; it is told to, and may choose");
  instruct(choice_->kind() == Kind::named ? "Call the tool " + encode_tool_name(choice_->name()) + "."
                                          : "Call a tool.");
  choice_ = Kind::automatic;
}

void AnthropicEncoder::decide_format() {
  const auto& format = options_.response_format();
  if (!format) return;
  const std::string schema = format->schema() ? schema_with_description(*format->schema()) : std::string();
  ClaudeFormat made = rules_.format(*format, "Anthropic", schema);
  schema_ = std::move(made.schema);
  if (!made.instruction.empty()) instruct(made.instruction);
}

EncodedRequest AnthropicEncoder::encode() {
  check_options(options_);
  note_chat_members(notes_, request_, *target_.preset);
  check_text(target_.model, [] { return std::string("model"); });
  gather_own();
  if (!extras_.has("tools")) tools_ = carried_tools(options_.tools(), *target_.preset, notes_);
  turns_ = make_turns(request_.messages(), options_, notes_);
  if (has_uploaded_files()) add_beta(files_beta);
  decide_limit();
  decide_thinking();
  decide_tool_choice();
  decide_format();
  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_messages();
  write_sampling();
  write_stop();
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

HttpRequest AnthropicEncoder::http() {
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

void AnthropicEncoder::write_head() {
  if (is_claude_on_vertex(target_)) {
    if (begin_field("anthropic_version")) writer_.string(anthropic_vertex_version);
  } else if (begin_field("model")) {
    writer_.string(target_.model);
  }
  if (begin_field("max_tokens")) writer_.integer(thinking_.max_tokens);
  if (request_.stream() && begin_field("stream")) writer_.boolean(true);
}

void AnthropicEncoder::write_messages() {
  if (!extras_.has("messages")) rules_.end_with_user(turns_, !schema_.empty());
  AnthropicMessages messages(writer_, notes_, own_, *target_.preset);
  const bool system = std::any_of(turns_.system.begin(), turns_.system.end(), [](const TurnItem& item) {
    return item.part->kind() != PartKind::text || !ascii::trim(item.part->text()).empty();
  });
  if ((system || !instruction_.empty()) && begin_field("system")) messages.write_system(turns_, instruction_);
  if (begin_field("messages")) messages.write_turns(turns_.turns);
}

void AnthropicEncoder::write_temperature() {
  const auto temperature = options_.temperature();
  if (!temperature) return;
  if (!model_.sampling || thinking_.thinks) {
    // What everybody has who says nothing.
    if (*temperature == 1) return;
    return notes_.cannot_carry("temperature", model_.sampling ? "a model that thinks does not take it"
                                                              : "the model " + target_.model + " does not take it");
  }
  if (*temperature > 1) notes_.cannot_carry("temperature", "1 is the most that Anthropic takes");
  if (begin_field("temperature")) writer_.number(std::min(*temperature, 1.0));
}

/// Newer models have no sampling, a model that thinks neither, some take one of the two (providers.md, traps 86, 87).
void AnthropicEncoder::write_sampling() {
  write_temperature();
  const bool free = model_.sampling && !thinking_.thinks;
  const std::string why =
      model_.sampling ? "a model that thinks does not take it" : "the model " + target_.model + " does not take it";
  const auto top_p = options_.top_p();
  if (top_p && free && model_.sampling_once && options_.temperature()) {
    notes_.cannot_carry("top_p", "the model takes temperature or top_p, not both");
  } else if (top_p && free) {
    if (begin_field("top_p")) writer_.number(*top_p);
  } else if (top_p && *top_p != 1) {
    notes_.cannot_carry("top_p", why);
  }
  if (options_.top_k() && !free) {
    notes_.cannot_carry("top_k", why);
  } else if (options_.top_k() && begin_field("top_k")) {
    writer_.integer(*options_.top_k());
  }
}

void AnthropicEncoder::write_stop() {
  bool any = false;
  for (std::size_t index = 0; index < options_.stop().size(); ++index) {
    const std::string& stop = options_.stop()[index];
    if (ascii::trim(stop).empty()) {
      notes_.cannot_carry("stop/" + std::to_string(index), "a text of white space only is not taken");
      continue;
    }
    if (!any && !begin_field("stop_sequences")) return;
    if (!std::exchange(any, true)) writer_.begin_array();
    writer_.string(stop);
  }
  if (any) writer_.end_array();
}

void AnthropicEncoder::write_thinking() {
  if (!thinking_.json.empty() && begin_field("thinking")) writer_.raw(thinking_.json);
}

void AnthropicEncoder::write_output_config() {
  ExtraFields config;
  if (!own_config_.empty()) config.add_all(Json(own_config_), "output_config");
  const bool effort = model_.effort && !options_.reasoning_effort().empty() && options_.reasoning_effort() != "none" &&
                      !config.has("effort");
  const bool format = !schema_.empty() && !config.has("format");
  if ((!effort && !format && config.empty()) || !begin_field("output_config")) return;
  writer_.begin_object();
  if (effort) writer_.key("effort").string(rules_.effort(options_.reasoning_effort(), thinking_));
  if (format) {
    writer_.key("format").begin_object().key("type").string("json_schema").key("schema").raw(schema_).end_object();
  }
  config.write(writer_);
  writer_.end_object();
}

void AnthropicEncoder::write_tools() {
  if (tools_.empty() || !begin_field("tools")) return;
  writer_.begin_array();
  for (const CarriedTool& carried : tools_) write_tool(carried);
  writer_.end_array();
}

void AnthropicEncoder::write_tool(const CarriedTool& carried) {
  const Tool& tool = *carried.tool;
  const std::string place = carried.place();
  ExtraFields fields;
  own_.gather(fields, tool.own_options(), place);
  if (fields.empty()) return write_own_tool(writer_, tool, place);
  std::string definition;
  json::Writer writer(definition);
  write_own_tool(writer, tool, place);
  writer_.raw(own_.onto(std::move(definition), std::move(fields), place));
}

void AnthropicEncoder::write_own_tool(json::Writer& writer, const Tool& tool, const std::string& place) {
  if (!tool.provider().empty()) {
    writer.raw(tool.raw().text());
    return;
  }
  writer.begin_object().key("name").string(offered_tool_name(tool.name(), longest_anthropic_name, place, "Anthropic"));
  if (!tool.description().empty()) writer.key("description").string(tool.description());
  const ToolSchema sent = rules_.tool_schema(tool, place);
  writer.key("input_schema").raw(sent.schema);
  if (sent.strict) writer.key("strict").boolean(*sent.strict);
  writer.end_object();
}

void AnthropicEncoder::write_tool_choice() {
  using Kind = ToolChoice::Kind;
  const bool one_at_a_time = options_.parallel_tool_calls() == false;
  if (!choice_ && !one_at_a_time) return;
  if (!has_tools()) {
    notes_.cannot_carry(choice_ ? "tool_choice" : "parallel_tool_calls", "there are no tools");
    return;
  }
  if (!begin_field("tool_choice")) return;
  const ToolChoice choice = choice_.value_or(Kind::automatic);
  writer_.begin_object().key("type");
  switch (choice.kind()) {
    case Kind::automatic:
      writer_.string("auto");
      break;
    case Kind::none:
      writer_.string("none");
      break;
    case Kind::required:
      writer_.string("any");
      break;
    case Kind::named:
      writer_.string("tool").key("name").string(encode_tool_name(choice.name()));
      break;
  }
  if (one_at_a_time && choice.kind() != Kind::none) writer_.key("disable_parallel_tool_use").boolean(true);
  writer_.end_object();
}

void AnthropicEncoder::write_labels() {
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
void AnthropicEncoder::note_missing() {
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
  AnthropicEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
