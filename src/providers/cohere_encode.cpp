#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "core/spare_text.hpp"
#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/chat_fields.hpp"
#include "providers/cohere.hpp"
#include "providers/cohere_messages.hpp"
#include "providers/described_answer.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_elements.hpp"
#include "providers/named_options.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/stops.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// Tokens to think; none where the model may think as long as it likes.
std::optional<std::int64_t> cohere_budget_of(std::string_view effort) {
  if (effort == "minimal") return 512;
  if (effort == "low") return 1024;
  if (effort == "medium") return 8192;
  return std::nullopt;
}

class CohereEncoder {
 public:
  CohereEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void gather_own();
  void write_head();
  void write_messages();
  void write_documents();
  void write_sampling();
  void write_stop();
  void write_bounded(std::string_view name, const char* option, const std::optional<double>& value, double least,
                     double most);
  void write_format();
  void write_thinking();
  void write_tools();
  void write_tool(const CarriedTool& carried);
  void write_tool_choice();
  bool has_tools() const { return !tools_.empty() || extras_.has("tools"); }
  bool is_left_out(const Tool& tool) const;
  void note_missing();

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  ExtraFields extras_;
  std::vector<CarriedTool> tools_;
  ExtraFields thinking_;
  std::string documents_;  ///< elements of an array
};

bool CohereEncoder::begin_field(std::string_view name) {
  if (extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

void CohereEncoder::gather_own() {
  for (const auto& [name, value] : settled_.own()) {
    if (name == "documents") {
      append_elements(documents_, value, name);
    } else if (name == "thinking") {
      thinking_.add_all(value, name);
    } else {
      extras_.add(name, value);
    }
  }
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
  leave_out_chat_fields(extras_, notes_, {"response_format", "tool_choice"});
  leave_out_chat_choice(extras_, notes_);
  leave_out_formats(extras_, notes_, {"text", "json_object"});
}

EncodedRequest CohereEncoder::encode() {
  check_options(options_);
  note_chat_members(notes_, request_, *target_.preset);
  check_text(target_.model, [] { return std::string("model"); });
  gather_own();
  if (!extras_.has("tools")) tools_ = carried_tools(options_.tools(), *target_.preset, notes_);
  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_messages();
  write_documents();
  write_sampling();
  write_stop();
  write_format();
  write_thinking();
  write_tools();
  write_tool_choice();
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  EncodedRequest encoded;
  encoded.http = cohere_post(target_, "/v2/chat", request_.stream() ? "text/event-stream" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void CohereEncoder::write_head() {
  if (begin_field("model")) writer_.string(target_.model);
  if (request_.stream() && begin_field("stream")) writer_.boolean(true);
}

void CohereEncoder::write_messages() {
  const Turns turns = make_turns(request_.messages(), options_, notes_);
  CohereMessages messages(writer_, notes_, *target_.preset);
  if (begin_field("messages")) messages.write(turns);
  if (messages.documents().empty()) return;
  if (!documents_.empty()) documents_ += ',';
  documents_ += messages.documents();
}

void CohereEncoder::write_documents() {
  if (!documents_.empty() && begin_field("documents")) writer_.raw("[" + documents_ + "]");
}

void CohereEncoder::write_bounded(std::string_view name, const char* option, const std::optional<double>& value,
                                  double least, double most) {
  if (!value || !begin_field(name)) return;
  const double taken = std::clamp(*value, least, most);
  if (taken != *value) notes_.cannot_carry(option, "Cohere takes less of it; it was brought into its range");
  writer_.number(taken);
}

void CohereEncoder::write_sampling() {
  if (options_.max_tokens() && begin_field("max_tokens")) writer_.integer(*options_.max_tokens());
  if (options_.temperature() && begin_field("temperature")) writer_.number(*options_.temperature());
  write_bounded("p", "top_p", options_.top_p(), 0.01, 0.99);
  if (options_.top_k() && begin_field("k")) {
    constexpr std::int64_t most = 500;
    if (*options_.top_k() > most) notes_.cannot_carry("top_k", "500 is the most that Cohere takes");
    writer_.integer(std::min(*options_.top_k(), most));
  }
  write_bounded("frequency_penalty", "frequency_penalty", options_.frequency_penalty(), 0, 1);
  write_bounded("presence_penalty", "presence_penalty", options_.presence_penalty(), 0, 1);
  if (options_.seed() && *options_.seed() < 0) {
    notes_.cannot_carry("seed", "Cohere takes no negative one");
  } else if (options_.seed() && begin_field("seed")) {
    writer_.integer(*options_.seed());
  }
  if (!options_.logprobs_requested()) return;
  if (*options_.logprobs_requested() > 0) notes_.cannot_carry("logprobs", "Cohere gives no alternatives");
  if (begin_field("logprobs")) writer_.boolean(true);
}

void CohereEncoder::write_stop() {
  const std::vector<std::string>& stop = options_.stop();
  if (stop.empty() || !begin_field("stop_sequences")) return;
  write_stops(writer_, notes_, stop, most_cohere_stops, "Cohere");
}

/// JSON does not go together with tools or documents (trap 102).
void CohereEncoder::write_format() {
  const auto& format = options_.response_format();
  if (!format || format->kind() == ResponseFormat::Kind::text || extras_.has("response_format")) return;
  if (has_tools() || !documents_.empty()) {
    notes_.cannot_carry("response_format", "Cohere takes it neither with tools nor with documents");
    return;
  }
  writer_.key("response_format").begin_object().key("type").string("json_object");
  if (format->schema()) writer_.key("json_schema").raw(schema_with_description(*format->schema()));
  writer_.end_object();
}

void CohereEncoder::write_thinking() {
  const std::string& effort = options_.reasoning_effort();
  if ((effort.empty() && thinking_.empty()) || !begin_field("thinking")) return;
  writer_.begin_object();
  if (!thinking_.has("type")) writer_.key("type").string(effort == "none" ? "disabled" : "enabled");
  const auto budget = thinking_.has("type") || thinking_.has("token_budget") ? std::nullopt : cohere_budget_of(effort);
  if (budget) writer_.key("token_budget").integer(*budget);
  thinking_.write(writer_);
  writer_.end_object();
}

/// There is no choice of one tool: the model gets that one alone, and must call it.
bool CohereEncoder::is_left_out(const Tool& tool) const {
  const auto& choice = options_.tool_choice();
  return choice && choice->kind() == ToolChoice::Kind::named && choice->name() != tool.name();
}

void CohereEncoder::write_tools() {
  if (tools_.empty()) return;
  writer_.key("tools").begin_array();
  for (const CarriedTool& carried : tools_) write_tool(carried);
  writer_.end_array();
  const auto strict = [](const CarriedTool& carried) { return carried.tool->strict().value_or(false); };
  if (!std::any_of(tools_.begin(), tools_.end(), strict)) return;
  if (!std::all_of(tools_.begin(), tools_.end(), strict)) {
    notes_.cannot_carry("tools/strict", "Cohere is strict with all tools or with none; now it is with all");
  }
  if (begin_field("strict_tools")) writer_.boolean(true);
}

void CohereEncoder::write_tool(const CarriedTool& carried) {
  const Tool& tool = *carried.tool;
  if (carried.is_own()) return void(writer_.raw(tool.raw().text()));
  if (is_left_out(tool)) return;
  writer_.begin_object().key("type").string("function").key("function").begin_object();
  writer_.key("name").string(encode_tool_name(tool.name()));
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  writer_.key("parameters").raw(tool.parameters().text()).end_object();
  write_own_fields(writer_, tool.own_options(), *target_.preset, carried.place(), {"type", "function"});
  writer_.end_object();
}

void CohereEncoder::write_tool_choice() {
  using Kind = ToolChoice::Kind;
  const auto& choice = options_.tool_choice();
  if (!choice || extras_.has("tool_choice")) return;
  if (!has_tools()) {
    notes_.cannot_carry("tool_choice", "there are no tools");
    return;
  }
  // What is not said is left to the model.
  if (choice->kind() == Kind::automatic) return;
  writer_.key("tool_choice").string(choice->kind() == Kind::none ? "NONE" : "REQUIRED");
}

/// Options that this protocol has nothing for.
void CohereEncoder::note_missing() {
  const auto note = [&](bool set, const std::string& name) {
    if (set && !extras_.has(name)) notes_.cannot_carry(name, "Cohere has no such option");
  };
  note(options_.n().value_or(1) != 1, "n");
  note(!options_.user().empty(), "user");
  note(options_.parallel_tool_calls() == false, "parallel_tool_calls");
  for (const auto& [key, value] : options_.metadata())
    notes_.cannot_carry("metadata/" + key, "Cohere keeps no metadata");
}

}  // namespace

EncodedRequest CohereCodec::encode(const Request& request, const Target& target) const {
  CohereEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
