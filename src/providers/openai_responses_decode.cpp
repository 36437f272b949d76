#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/call_arguments.hpp"
#include "providers/error_words.hpp"
#include "providers/errors.hpp"
#include "providers/json_fields.hpp"
#include "providers/only_choice.hpp"
#include "providers/openai_responses.hpp"
#include "providers/openai_responses_output.hpp"
#include "providers/openai_usage.hpp"
#include "providers/reading_answer.hpp"
#include "providers/tool_call_repairs.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Name;
using json::Type;
using json::Value;

/// What a response repeats of its request, and what is read elsewhere. Everything else is kept beside the answer.
constexpr std::string_view not_kept[] = {
    "object",
    "output",
    "output_text",
    "error",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "reasoning",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_p",
    "top_logprobs",
    "truncation",
    "user",
    "metadata",
    "prompt_cache_key",
    "prompt",
    "safety_identifier",
    "presence_penalty",
    "frequency_penalty",
    "parallel_tool_calls",
    "prompt_cache_retention",
    "prompt_cache_options",
    "input",
};

bool is_kept(std::string_view name) {
  return std::find(std::begin(not_kept), std::end(not_kept), name) == std::end(not_kept);
}

/// Members of an event, those that any event has.
struct Event {
  Name type;
  std::string_view delta;
  OpenAiResponsesOutput::Place place;
  Count number;
  std::optional<Value> item, response, annotation, logprobs;
  bool tells_error = false;

  explicit Event(Value root) {
    root.fields([&](Name key, Value value) { read(key, value); });
  }

 private:
  void read(Name key, Value value) {
    if (key == "type") {
      type = value.text();
    } else if (key == "delta") {
      delta = value.text();
    } else if (key == "output_index") {
      place.item = value.count();
    } else if (key == "content_index" || key == "summary_index") {
      place.section = value.count();
    } else if (key == "sequence_number") {
      number = value.count();
    } else if (key == "item") {
      if (value.type() == Type::object) item = value;
    } else if (key == "response") {
      response = value;
    } else if (key == "annotation") {
      if (value.type() == Type::object) annotation = value;
    } else if (key == "logprobs") {
      // Mostly an empty list.
      if (value.type() == Type::array && !value.is_empty()) logprobs = value;
    } else if (key == "error") {
      tells_error = codec::tells_error(value);
    }
  }
};

/// The status that an event of this type gives a response; empty for events that end none.
std::string_view ending(std::string_view type) {
  constexpr std::string_view prefix = "response.";
  if (!type.starts_with(prefix)) return {};
  const std::string_view word = type.substr(prefix.size());
  const bool ends = word == "completed" || word == "incomplete" || word == "failed" || word == "cancelled";
  return ends ? word : std::string_view();
}

/// Reads the events of a stream and the whole response (providers.md §2.5, §2.6).
class ResponsesDecoder final : public AnswerDecoder {
 public:
  ResponsesDecoder(std::string_view provider, AnswerBuilder& builder) : builder_(builder), output_(provider, builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  template <class F>
  std::optional<Error> read(std::string_view padded, F&& visit);
  void take(const Event& event, Name type, Value root);
  void delta(const Event& event, Name type, Value root);
  void piece_done(const Event& event, Name type, Value root);
  void part_done(OpenAiResponsesOutput::Place place, const JsonFields& part);
  void begin_response();
  void response(std::optional<Value> value, std::string_view ending);
  void response_field(Name key, Value value, std::string& status);
  void end_response(std::string_view status, std::optional<Value> response);
  void fail(Value holder);

  AnswerBuilder& builder_;
  OpenAiResponsesOutput output_;
  json::Reader reader_;
  base64::Decoder audio_;
  std::optional<Error> error_;
  std::int64_t last_number_ = 0;
  std::size_t events_ = 0;
  bool whole_ = false;
  bool done_ = false;
};

template <class F>
std::optional<Error> ResponsesDecoder::read(std::string_view text, F&& visit) {
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, text, visit);
  judge_broken(error_, std::move(broken));
  if (error_) done_ = false;
  return error_;
}

std::optional<Error> ResponsesDecoder::event(std::string_view type, std::string_view padded_data) {
  const std::string_view data = ascii::trim(padded_data);
  // Some gateways put the end mark of Chat Completions behind the last event.
  if (data.empty() || data.starts_with("[DONE]")) return std::nullopt;
  std::optional<Error> error = read(data, [&](Value root) {
    const Event event(root);
    take(event, event.type.empty() ? Name(type) : event.type, root);
  });
  if (error && reader_.failed()) error->where("events/" + std::to_string(events_));
  ++events_;
  return error;
}

void ResponsesDecoder::take(const Event& event, Name type, Value root) {
  // The same event again. Servers that do not count have the same number in all of them, and it is 0.
  if (event.number.known() && event.number.at_least() > 0 && event.number.at_least() == last_number_) return;
  last_number_ = event.number.value_or(0);
  if (type == "error" || (event.tells_error && !event.response)) {
    fail(root);
  } else if (type == "response.output_item.added") {
    if (event.item) output_.begin(event.place.item, *event.item);
  } else if (type == "response.output_item.done") {
    if (event.item) output_.finish(event.place.item, *event.item);
  } else if (type == "response.output_text.annotation.added") {
    if (event.annotation) output_.citation(event.place, *event.annotation);
  } else if (type.ends_with(".delta")) {
    delta(event, type, root);
  } else if (type.ends_with(".done") && !event.response) {
    piece_done(event, type, root);
  } else if (const std::string_view status = ending(type); !status.empty() || event.response) {
    if (type == "response.created") begin_response();
    response(event.response, status);
  }
  // Any other event repeats what deltas and items say, tells of progress, or is not known.
}

void ResponsesDecoder::delta(const Event& event, Name type, Value root) {
  if (type == "response.output_text.delta") {
    output_.say(event.place, event.delta);
    if (const auto raw = event.logprobs ? event.logprobs->raw() : std::nullopt) output_.logprobs(event.place, *raw);
  } else if (type == "response.refusal.delta") {
    output_.refuse(event.place, event.delta);
  } else if (type == "response.reasoning_summary_text.delta") {
    output_.think(event.place, event.delta, true);
  } else if (type == "response.reasoning_text.delta") {
    output_.think(event.place, event.delta, false);
  } else if (type == "response.function_call_arguments.delta" || type == "response.custom_tool_call_input.delta") {
    std::string_view piece = event.delta;
    // A text; some gateways send the object itself.
    const auto sent = piece.empty() ? JsonFields(root).find("delta") : std::nullopt;
    if (sent) piece = read_call_arguments(builder_, "tool_calls", *sent);
    output_.arguments(event.place, piece);
  } else if (type == "response.audio.delta") {
    std::string bytes;
    audio_.feed(event.delta, bytes);
    builder_.audio(only, bytes, {});
  } else if (type == "response.audio.transcript.delta") {
    builder_.audio(only, {}, event.delta);
  }
}

/// All of what the deltas before it said; they may be missing.
void ResponsesDecoder::piece_done(const Event& event, Name type, Value root) {
  const JsonFields fields(root);
  if (type == "response.output_text.done") {
    output_.end_text(event.place, fields.text("text"));
  } else if (type == "response.refusal.done") {
    output_.end_refusal(event.place, fields.text("refusal"));
  } else if (type == "response.reasoning_summary_text.done") {
    output_.end_thought(event.place, fields.text("text"), true);
  } else if (type == "response.reasoning_text.done") {
    output_.end_thought(event.place, fields.text("text"), false);
  } else if (type == "response.function_call_arguments.done" || type == "response.custom_tool_call_input.done") {
    output_.end_arguments(event.place, root);
  } else if (type == "response.content_part.done" || type == "response.reasoning_summary_part.done") {
    if (const auto part = fields.find("part")) part_done(event.place, JsonFields(*part));
  }
}

void ResponsesDecoder::part_done(OpenAiResponsesOutput::Place place, const JsonFields& part) {
  const std::string_view type = part.text("type");
  if (type == "output_text") output_.end_text(place, part.text("text"));
  if (type == "refusal") output_.end_refusal(place, part.text("refusal"));
  if (type == "summary_text") output_.end_thought(place, part.text("text"), true);
  if (type == "reasoning_text") output_.end_thought(place, part.text("text"), false);
}

/// A gateway that lost its response begins another one in its place (compare providers.md, trap 50).
void ResponsesDecoder::begin_response() {
  if (output_.empty()) return;
  builder_.restart();
  builder_.warn("response.created", "the answer began anew in the middle; what came before does not count");
  output_.restart();
}

/// A response as it stands in an event or as a whole answer. The end that the event tells counts unless the response
/// itself tells of a worse one.
void ResponsesDecoder::response(std::optional<Value> value, std::string_view ending) {
  std::string status;
  if (value) {
    value->fields([&](Name key, Value field) {
      if (!field.is_null()) response_field(key, field, status);
    });
  }
  const bool ended = status == "completed" || status == "incomplete" || status == "failed" || status == "cancelled";
  if (!ended) status = ending;
  if (!status.empty()) end_response(status, value);
}

void ResponsesDecoder::response_field(Name key, Value value, std::string& status) {
  if (key == "id") {
    builder_.id(value.text());
  } else if (key == "model") {
    builder_.model(value.text());
  } else if (key == "status") {
    status = value.text();
  } else if (key == "usage") {
    builder_.usage(read_openai_usage(value));
  } else if (is_kept(key)) {
    keep_metadata(builder_, key, value);
  }
}

void ResponsesDecoder::end_response(std::string_view status, std::optional<Value> response) {
  std::string reason(status);
  FinishReason finish = status == "completed" ? FinishReason::stop : FinishReason::other;
  if (response) {
    const JsonFields fields(*response);
    const auto items = fields.find("output");
    // What a failed response says beside its failure is not worth that it cannot be asked again.
    if (items && (status != "failed" || whole_ || builder_.has_content())) output_.finish_all(*items);
    // A normal way to fail, with the status 200 (providers.md, trap 20).
    if (status == "failed") return fail(*response);
    const auto details = fields.find("incomplete_details");
    if (status == "incomplete" && details) reason = JsonFields(*details).text("reason");
  }
  output_.close();
  if (status == "failed") {
    error_ = Error(ErrorKind::server_error, "the response failed, and does not say why");
    return;
  }
  // By somebody else, who knows its id: what it said so far is no whole answer.
  if (status == "cancelled") {
    error_ = Error(ErrorKind::cancelled, "the response was cancelled at the provider").provider_code("cancelled");
    return;
  }
  if (reason == "max_output_tokens" || reason == "max_messages") finish = FinishReason::length;
  if (reason == "content_filter") finish = FinishReason::content_filter;
  builder_.finish(only, finish, reason.empty() ? status : std::string_view(reason));
  done_ = true;
}

void ResponsesDecoder::fail(Value holder) {
  error_ = in_band_error(holder);
  // The type of an event, and the status of a response, are no words for what went wrong.
  const std::string& code = error_->provider_code();
  if (code == "error" || code == "failed") error_->provider_code({});
}

std::optional<Error> ResponsesDecoder::whole(std::string_view padded_body) {
  whole_ = true;
  return read(padded_body, [&](Value root) {
    const JsonFields fields(root);
    const std::string_view status = fields.text("status");
    auto output = fields.find("output");
    if (output && output->type() != Type::array) output.reset();
    const auto error = fields.find("error");
    if (error && tells_error(*error) && !output && status != "failed") return fail(root);
    if (!output && status.empty()) {
      if (!read_error_words(root).empty()) return fail(root);
      error_ = Error(ErrorKind::protocol, "the answer is no response: it has no output").where("output");
      return;
    }
    // An answer without a status is complete as it is.
    response(root, status.empty() ? "completed" : "");
    if (done_ || error_) return;
    // Answered before it was done, because it was asked to run in the background.
    if (output) output_.finish_all(*output);
    builder_.finish(only, FinishReason::other, status);
    done_ = true;
  });
}

std::optional<Error> ResponsesDecoder::end() {
  if (builder_.began(only)) mend_tool_calls(builder_, only);
  if (error_) return error_;
  if (done_ || builder_.finished(only)) return std::nullopt;
  return Error(ErrorKind::truncated, "the stream ended before the response did");
}

}  // namespace

std::unique_ptr<AnswerDecoder> OpenAiResponsesCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<ResponsesDecoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
