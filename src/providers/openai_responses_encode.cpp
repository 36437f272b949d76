#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "core/spare_text.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/chat_fields.hpp"
#include "providers/extra_fields.hpp"
#include "providers/json_request.hpp"
#include "providers/json_word.hpp"
#include "providers/named_options.hpp"
#include "providers/openai_chat_dialect.hpp"
#include "providers/openai_flat_forms.hpp"
#include "providers/openai_models.hpp"
#include "providers/openai_responses.hpp"
#include "providers/openai_responses_items.hpp"
#include "providers/own_fields.hpp"
#include "providers/reasoning_effort.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/strict_schema.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// Whose tools, in whose form, can be told here too.
constexpr std::string_view chat = "openai-chat";

/// Fewer tokens than this are refused.
constexpr std::int64_t least_tokens = 16;

class ResponsesEncoder {
 public:
  ResponsesEncoder(const Request& request, const Target& target)
      : request_(request),
        target_(target),
        settled_(request.options(), *target.preset),
        options_(settled_.common()),
        notes_(options_.strict()),
        writer_(body_),
        official_(openai_chat_dialect(target).openai_models && !openai_name(target.model).empty()),
        model_(classify_openai_model(official_ ? openai_name(target.model) : target.model)) {}

  EncodedRequest encode();

 private:
  bool begin_field(std::string_view name);
  void gather_extras();
  void move(const char* name, ExtraFields& object, const char* member);
  void decide_effort();
  void write_head();
  void write_sampling();
  void write_reasoning();
  void write_text();
  void write_stream_options();
  ExtraFields take_object(const char* name);
  void write_format(const ResponseFormat& format);
  void write_include();
  void write_tools();
  void write_tool(const CarriedTool& carried);
  bool is_continued() const { return extras_.has("previous_response_id") || extras_.has("conversation"); }
  bool has_tools() const { return !tools_.empty() || extras_.has("tools"); }
  void write_tool_choice();
  void write_labels();
  void note_missing();
  bool refused(std::string_view name, bool taken);

  const Request& request_;
  const Target& target_;
  SettledOptions settled_;
  const Options& options_;
  RequestNotes notes_;
  std::string body_ = SpareText::take();
  json::Writer writer_;
  ExtraFields extras_;
  std::vector<CarriedTool> tools_;
  /// Members that the user puts into objects of ours.
  ExtraFields reasoning_, text_, stream_options_;
  bool official_;
  OpenAiModel model_;
  std::string effort_;  ///< what is asked of the server
  bool logprobs_ = false;
};

bool ResponsesEncoder::begin_field(std::string_view name) {
  if (extras_.has(name)) return false;
  writer_.key(name);
  return true;
}

/// Notes an option that OpenAI's own models would answer with an error.
bool ResponsesEncoder::refused(std::string_view name, bool taken) {
  if (taken || !official_) return false;
  notes_.cannot_carry(std::string(name), "the model " + target_.model + " does not take it");
  return true;
}

/// An option that is a field of its own elsewhere is a member of an object here.
void ResponsesEncoder::move(const char* name, ExtraFields& object, const char* member) {
  const std::string value = extras_.take(name);
  if (!value.empty() && !object.has(member)) object.add(member, Json(value));
}

/// The members of an object that the user gave; nothing when it is no object, which goes as it is.
ExtraFields ResponsesEncoder::take_object(const char* name) {
  ExtraFields members;
  const std::string* value = extras_.find(name);
  if (value && ascii::trim(*value).starts_with('{')) members.add_all(Json(extras_.take(name)), name);
  return members;
}

void ResponsesEncoder::gather_extras() {
  for (const auto& [name, value] : settled_.own()) extras_.add(name, value);
  for (const Json& fields : options_.extras()) extras_.add_all(fields, "extra");
  if (extras_.empty()) return;
  reasoning_ = take_object("reasoning");
  text_ = take_object("text");
  stream_options_ = take_object("stream_options");
  // Usage always comes.
  stream_options_.take("include_usage");
  move("reasoning_summary", reasoning_, "summary");
  move("reasoning_context", reasoning_, "context");
  move("reasoning_mode", reasoning_, "mode");
  move("verbosity", text_, "verbosity");
  move("include_obfuscation", stream_options_, "include_obfuscation");
  for (const char* name : {"tools", "tool_choice"}) {
    if (const std::string value = extras_.take(name); !value.empty()) extras_.add(name, Json(flat_tools(value)));
  }
  leave_out_chat_fields(extras_, notes_,
                        {"store", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_options",
                         "prompt_cache_retention", "moderation", "tool_choice"});
}

/// The effort that the model takes and that comes nearest to what was asked for.
void ResponsesEncoder::decide_effort() {
  effort_ = options_.reasoning_effort();
  if (effort_.empty() || refused("reasoning_effort", model_.reasoning)) {
    effort_.clear();
    return;
  }
  if (!official_) return;
  const std::string nearest(nearest_effort(effort_, model_.efforts));
  if (nearest == effort_) return;
  notes_.cannot_carry("reasoning_effort", "\"" + effort_ + "\" is not taken; \"" + nearest + "\" is sent");
  effort_ = nearest;
}

EncodedRequest ResponsesEncoder::encode() {
  check_options(options_);
  note_chat_members(notes_, request_, *target_.preset, ChatMembers::in_parts_and_tools);
  check_text(target_.model, [] { return std::string("model"); });
  gather_extras();
  if (!extras_.has("tools")) tools_ = carried_tools(options_.tools(), *target_.preset, notes_, chat);
  decide_effort();
  body_.reserve(1024);
  writer_.begin_object();
  write_head();
  write_sampling();
  write_reasoning();
  write_text();
  write_include();
  write_tools();
  write_tool_choice();
  write_labels();
  extras_.write(writer_);
  writer_.end_object();
  note_missing();

  EncodedRequest encoded;
  encoded.http =
      json_post(target_.base_url + "/responses", request_.stream() ? "text/event-stream" : "application/json");
  encoded.http.body = std::move(body_);
  encoded.http.streaming = request_.stream();
  encoded.warnings = notes_.take();
  return encoded;
}

void ResponsesEncoder::write_head() {
  if (begin_field("model")) writer_.string(target_.model);
  if (begin_field("input")) {
    OpenAiResponsesItems(writer_, notes_, *target_.preset).write(request_.messages(), options_, is_continued());
  }
  if (request_.stream() && begin_field("stream")) writer_.boolean(true);
  write_stream_options();
  if (!options_.max_tokens() || !begin_field("max_output_tokens")) return;
  if (official_ && *options_.max_tokens() < least_tokens) {
    notes_.cannot_carry("max_tokens", "OpenAI takes no fewer than 16; 16 are sent");
    writer_.integer(least_tokens);
  } else {
    writer_.integer(*options_.max_tokens());
  }
}

/// An error where no stream is asked for.
void ResponsesEncoder::write_stream_options() {
  if (!request_.stream() || stream_options_.empty() || !begin_field("stream_options")) return;
  writer_.begin_object();
  stream_options_.write(writer_);
  writer_.end_object();
}

void ResponsesEncoder::write_sampling() {
  const bool takes = samples(model_, effort_);
  if (options_.temperature() && !refused("temperature", takes) && begin_field("temperature")) {
    writer_.number(*options_.temperature());
  }
  if (options_.top_p() && !refused("top_p", takes) && begin_field("top_p")) writer_.number(*options_.top_p());
  logprobs_ = options_.logprobs_requested() && !refused("logprobs", takes);
  if (logprobs_ && *options_.logprobs_requested() > 0 && begin_field("top_logprobs")) {
    writer_.integer(*options_.logprobs_requested());
  }
}

void ResponsesEncoder::write_reasoning() {
  if (official_ && !model_.reasoning) {
    for (const auto& [member, value] : reasoning_) refused("reasoning_" + member, false);
    reasoning_ = ExtraFields();
  }
  if ((effort_.empty() && reasoning_.empty()) || !begin_field("reasoning")) return;
  writer_.begin_object();
  if (!effort_.empty() && !reasoning_.has("effort")) writer_.key("effort").string(effort_);
  reasoning_.write(writer_);
  writer_.end_object();
}

void ResponsesEncoder::write_text() {
  const auto& format = options_.response_format();
  if ((!format && text_.empty()) || !begin_field("text")) return;
  writer_.begin_object();
  if (format && !text_.has("format")) write_format(*format);
  text_.write(writer_);
  writer_.end_object();
}

void ResponsesEncoder::write_format(const ResponseFormat& format) {
  writer_.key("format").begin_object().key("type");
  if (format.kind() == ResponseFormat::Kind::text) {
    writer_.string("text");
  } else if (format.kind() == ResponseFormat::Kind::json) {
    writer_.string("json_object");
    // What the server keeps of the conversation may have it.
    if (official_ && !is_continued() && !mentions_json(request_.messages())) {
      notes_.cannot_carry("response_format", json_word_missing);
    }
  } else {
    const JsonSchema& schema = *format.schema();
    writer_.string("json_schema").key("name").string(schema.name());
    if (!schema.description().empty()) writer_.key("description").string(schema.description());
    const SentSchema sent = official_ && schema.strict()
                                ? strict_schema_or_plain(schema.schema(), "response_format", notes_)
                                : SentSchema{schema.schema().text(), schema.strict()};
    writer_.key("strict").boolean(sent.strict).key("schema").raw(sent.schema);
  }
  writer_.end_object();
}

void ResponsesEncoder::write_include() {
  // What is not kept by OpenAI must come back sealed, or the next turn has lost it (providers.md, trap 99).
  const std::string* store = extras_.find("store");
  const bool reasons = model_.reasoning || !effort_.empty();
  std::vector<std::string> wanted;
  if (store && *store == "false" && reasons) wanted.push_back("reasoning.encrypted_content");
  if (logprobs_) wanted.push_back("message.output_text.logprobs");
  const std::string* asked = extras_.find("include");
  if (wanted.empty() || (asked && !asked->starts_with('['))) return;
  json::Reader reader;
  std::vector<std::string> names;
  if (asked) {
    reader.read_copy(*asked, [&](json::Value root) {
      root.elements([&](json::Value name) { names.emplace_back(name.string().value_or("")); });
    });
    extras_.take("include");
  }
  for (std::string& name : wanted) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  writer_.key("include").begin_array();
  for (const std::string& name : names) writer_.string(name);
  writer_.end_array();
}

void ResponsesEncoder::write_tools() {
  if (tools_.empty() || !begin_field("tools")) return;
  writer_.begin_array();
  for (const CarriedTool& carried : tools_) write_tool(carried);
  writer_.end_array();
}

void ResponsesEncoder::write_tool(const CarriedTool& carried) {
  const Tool& tool = *carried.tool;
  if (tool.provider() == chat) return void(writer_.raw(flat_tools(tool.raw().text())));
  if (carried.is_own()) return void(writer_.raw(tool.raw().text()));
  writer_.begin_object().key("type").string("function").key("name");
  writer_.string(official_ ? offered_tool_name(tool.name(), longest_openai_name, carried.place(), "OpenAI")
                           : encode_tool_name(tool.name()));
  if (!tool.description().empty()) writer_.key("description").string(tool.description());
  const SentSchema sent = official_ && tool.strict() == true
                              ? strict_schema_or_plain(tool.parameters(), carried.place(), notes_)
                              : SentSchema{tool.parameters().text(), tool.strict() == true};
  writer_.key("parameters").raw(sent.schema);
  if (tool.strict()) writer_.key("strict").boolean(sent.strict);
  ExtraFields further;
  add_own_fields(further, tool.own_options(), *target_.preset, carried.place());
  add_own_fields(further, flat_own_fields(tool.own_options()), *target_.preset, carried.place());
  write_own_fields(writer_, further, carried.place(), {"type", "name", "description", "parameters", "strict"});
  writer_.end_object();
}

void ResponsesEncoder::write_tool_choice() {
  using Kind = ToolChoice::Kind;
  if (options_.tool_choice() && !has_tools() && !extras_.has("tool_choice")) {
    notes_.cannot_carry("tool_choice", "there are no tools");
  } else if (options_.tool_choice() && begin_field("tool_choice")) {
    const ToolChoice& choice = *options_.tool_choice();
    switch (choice.kind()) {
      case Kind::automatic:
        writer_.string("auto");
        break;
      case Kind::none:
        writer_.string("none");
        break;
      case Kind::required:
        writer_.string("required");
        break;
      case Kind::named:
        writer_.begin_object().key("type").string("function");
        writer_.key("name").string(encode_tool_name(choice.name())).end_object();
    }
  }
  if (!options_.parallel_tool_calls()) return;
  if (!has_tools()) {
    notes_.cannot_carry("parallel_tool_calls", "there are no tools");
  } else if (begin_field("parallel_tool_calls")) {
    writer_.boolean(*options_.parallel_tool_calls());
  }
}

void ResponsesEncoder::write_labels() {
  if (!options_.user().empty() && begin_field("user")) writer_.string(options_.user());
  if (options_.metadata().empty() || !begin_field("metadata")) return;
  writer_.begin_object();
  for (const auto& [key, value] : options_.metadata()) writer_.key_text(key).string(value);
  writer_.end_object();
}

/// Options that this protocol has nothing for.
void ResponsesEncoder::note_missing() {
  const auto note = [&](bool set, const char* name) {
    if (set && !extras_.has(name)) notes_.cannot_carry(name, "the Responses API has no such option");
  };
  note(options_.top_k().has_value(), "top_k");
  note(!options_.stop().empty(), "stop");
  note(options_.seed().has_value(), "seed");
  note(options_.presence_penalty().has_value(), "presence_penalty");
  note(options_.frequency_penalty().has_value(), "frequency_penalty");
  note(options_.n().value_or(1) != 1, "n");
}

}  // namespace

EncodedRequest OpenAiResponsesCodec::encode(const Request& request, const Target& target) const {
  ResponsesEncoder encoder(request, target);
  return encoder.encode();
}

}  // namespace antiphon::inline v0::codec
