#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/errors.hpp"
#include "providers/json_fields.hpp"
#include "providers/openai_responses.hpp"
#include "providers/openai_usage.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

// A response is one answer.
constexpr std::size_t only = 0;
// More items than any response has.
constexpr std::int64_t most_items = 10'000;

constexpr std::string_view kept_fields[] = {
    "service_tier", "created_at",   "completed_at", "incomplete_details",       "conversation",          "tool_usage",
    "background",   "moderation",   "previous_response_id", "prompt_cache_diagnostics", "input_transformations"};

/// Reads the events of a stream and the whole response (providers.md §2.5, §2.6). Items are told apart by their place in
/// the output: some servers change their ids from event to event (trap 51).
class Decoder final : public AnswerDecoder {
 public:
  Decoder(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  /// What has been read of one item.
  struct Item {
    std::string type;
    std::string said;       ///< its text, thoughts or arguments
    std::int64_t call = 0;  ///< of a tool call, its place among them
    bool refused = false;   ///< it holds a refusal too
    bool done = false;
  };

  template <class F>
  std::optional<Error> read(std::string_view padded, F&& visit);
  void take(std::string_view event_type, Value root);
  void delta(std::string_view type, Value root);
  void response(Value value);
  void output(Value items);
  void status(std::string_view status, Value response);
  Item& item_at(std::int64_t index, std::string_view type);
  void begin(Item& item, const JsonFields& fields);
  void finish(Item& item, const JsonFields& fields, Value value);
  void finish_message(Item& item, const JsonFields& fields);
  void finish_call(Item& item, const JsonFields& fields);
  void say(Item& item, std::string_view piece);
  void think(Item& item, std::string_view piece);
  void refuse(Item& item, std::string_view piece);
  void arguments(Item& item, std::string_view piece);
  void rest(Item& item, std::string_view whole, void (Decoder::*give)(Item&, std::string_view));
  void image(const JsonFields& fields);
  void citation(Value value);
  static std::string thoughts_of(const JsonFields& fields);

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  base64::Decoder audio_;
  std::optional<Error> error_;
  std::map<std::int64_t, Item> items_;
  std::int64_t calls_ = 0;
  std::size_t events_ = 0;
  bool done_ = false;
};

bool is_call(std::string_view type) { return type == "function_call" || type == "custom_tool_call"; }

template <class F>
std::optional<Error> Decoder::read(std::string_view padded, F&& visit) {
  if (ascii::trim(padded).empty()) return std::nullopt;
  reader_.read(padded, visit);
  if (reader_.repaired()) builder_.warn("encoding", "bytes that are not UTF-8 were repaired (U+FFFD)");
  if (!error_ && reader_.failed()) {
    error_ = not_json(padded, reader_.error()).where("events/" + std::to_string(events_));
    done_ = false;
  }
  ++events_;
  return error_;
}

std::optional<Error> Decoder::event(std::string_view type, std::string_view padded_data) {
  if (ascii::trim(padded_data) == "[DONE]") return std::nullopt;
  return read(padded_data, [&](Value root) { take(type, root); });
}

void Decoder::take(std::string_view event_type, Value root) {
  std::string type;
  bool error = false;
  root.fields([&](std::string_view key, Value value) {
    if (key == "type") type = value.string().value_or("");
    if (key == "error") error = tells_error(value);
  });
  if (type.empty()) type = event_type;
  if (type == "error" || (type.empty() && error)) {
    error_ = in_band_error(root);
  } else if (type == "response.output_item.added" || type == "response.output_item.done") {
    std::optional<Value> value;
    Count index;
    root.fields([&](std::string_view key, Value field) {
      if (key == "item") value = field;
      if (key == "output_index") index = field.count();
    });
    if (!value) return;
    const JsonFields fields(*value);
    Item& item = item_at(index.known() ? index.at_least() : static_cast<std::int64_t>(items_.size()), fields.text("type"));
    if (type.ends_with(".added")) {
      begin(item, fields);
    } else {
      finish(item, fields, *value);
    }
  } else if (type.ends_with(".delta")) {
    delta(type, root);
  } else if (type == "response.reasoning_summary_part.added") {
    const JsonFields fields(root);
    const auto index = fields.find("summary_index");
    const auto at = fields.find("output_index");
    if (!index || !at || index->count().at_least() == 0) return;
    think(item_at(at->count().value_or(0), "reasoning"), "\n\n");
  } else {
    root.fields([&](std::string_view key, Value value) {
      if (key == "response") response(value);
    });
  }
}

Decoder::Item& Decoder::item_at(std::int64_t index, std::string_view type) {
  index = std::clamp<std::int64_t>(index, 0, most_items);
  Item& item = items_[index];
  if (item.type.empty()) item.type = type;
  return item;
}

void Decoder::begin(Item& item, const JsonFields& fields) {
  if (item.type == "message") builder_.begin_part(only, PartKind::text);
  if (item.type == "reasoning") builder_.begin_part(only, PartKind::reasoning);
  if (!is_call(item.type)) return;
  item.call = calls_++;
  const std::string name = decode_tool_name(fields.text("name"));
  ToolCallPiece piece;
  piece.index = item.call;
  piece.id = fields.text("call_id");
  piece.name = name;
  builder_.tool_call(only, piece);
}

void Decoder::delta(std::string_view type, Value root) {
  std::string_view piece;
  std::int64_t index = 0;
  root.fields([&](std::string_view key, Value value) {
    if (key == "delta") {
      piece = value.string().value_or("");
    } else if (key == "output_index") {
      index = value.count().value_or(0);
    } else if (key == "logprobs" && value.type() == Type::array) {
      if (const auto raw = value.raw()) builder_.logprobs(only, *raw);
    }
  });
  if (type == "response.output_text.delta") {
    say(item_at(index, "message"), piece);
  } else if (type == "response.refusal.delta") {
    refuse(item_at(index, "message"), piece);
  } else if (type == "response.reasoning_summary_text.delta" || type == "response.reasoning_text.delta") {
    think(item_at(index, "reasoning"), piece);
  } else if (type == "response.function_call_arguments.delta" || type == "response.custom_tool_call_input.delta") {
    arguments(item_at(index, "function_call"), piece);
  } else if (type == "response.audio.delta") {
    std::string bytes;
    audio_.feed(piece, bytes);
    builder_.audio(only, bytes, {});
  } else if (type == "response.audio.transcript.delta") {
    builder_.audio(only, {}, piece);
  }
}

void Decoder::say(Item& item, std::string_view piece) {
  item.said += piece;
  builder_.text(only, piece);
}

void Decoder::think(Item& item, std::string_view piece) {
  item.said += piece;
  builder_.reasoning(only, piece);
}

void Decoder::refuse(Item& item, std::string_view piece) {
  item.refused = true;
  builder_.refusal(only, piece);
}

void Decoder::arguments(Item& item, std::string_view piece) {
  item.said += piece;
  ToolCallPiece more;
  more.index = item.call;
  more.arguments = piece;
  builder_.tool_call(only, more);
}

/// The finished item is the truth, its deltas may have been left out (trap 52).
void Decoder::rest(Item& item, std::string_view whole, void (Decoder::*give)(Item&, std::string_view)) {
  if (whole.starts_with(item.said)) {
    (this->*give)(item, whole.substr(item.said.size()));
  } else if (!whole.empty()) {
    builder_.warn("output", "an item says something else at its end than in its pieces; the pieces count");
  }
}

void Decoder::finish(Item& item, const JsonFields& fields, Value value) {
  if (std::exchange(item.done, true)) return;
  const auto raw = value.raw();
  if (!raw) {
    builder_.warn("output", "an item that is not valid JSON is left out");
    return;
  }
  const bool fresh = item.said.empty() && !item.refused;
  if (item.type == "message") {
    if (fresh) builder_.begin_part(only, PartKind::text);
    finish_message(item, fields);
    // Text and refusal are two parts, and one item.
    if (!item.refused) builder_.raw(only, provider_, *raw);
  } else if (item.type == "reasoning") {
    if (fresh) builder_.begin_part(only, PartKind::reasoning);
    rest(item, thoughts_of(fields), &Decoder::think);
    builder_.raw(only, provider_, *raw);
  } else if (is_call(item.type)) {
    finish_call(item, fields);
    builder_.raw(only, provider_, *raw);
  } else if (item.type == "image_generation_call" && !fields.text("result").empty()) {
    image(fields);
    builder_.raw(only, provider_, *raw);
  } else {
    builder_.unknown(only, provider_, *raw, item.type);
  }
}

void Decoder::finish_message(Item& item, const JsonFields& fields) {
  const auto content = fields.find("content");
  if (!content) return;
  std::string text;
  content->elements([&](Value part) {
    const JsonFields of(part);
    if (of.text("type") == "refusal") {
      if (!item.refused) refuse(item, of.text("refusal"));
      return;
    }
    text += of.text("text");
  });
  rest(item, text, &Decoder::say);
  content->elements([&](Value part) {
    part.fields([&](std::string_view key, Value field) {
      if (key == "annotations") field.elements([&](Value entry) { citation(entry); });
    });
  });
}

void Decoder::finish_call(Item& item, const JsonFields& fields) {
  const bool custom = item.type == "custom_tool_call";
  rest(item, fields.text(custom ? "input" : "arguments"), &Decoder::arguments);
  // The name may have been missing at the start.
  const std::string name = decode_tool_name(fields.text("name"));
  auto& calls = builder_.calls(only);
  const auto place = static_cast<std::size_t>(item.call);
  if (place >= calls.size()) return;
  if (calls[place].name.empty()) calls[place].name = name;
  if (calls[place].id.empty()) calls[place].id = fields.text("call_id");
}

std::string Decoder::thoughts_of(const JsonFields& fields) {
  std::string thoughts;
  for (const char* name : {"summary", "content"}) {
    const auto list = fields.find(name);
    if (!list || !thoughts.empty()) continue;
    list->elements([&](Value part) {
      const JsonFields of(part);
      if (!thoughts.empty()) thoughts += "\n\n";
      thoughts += of.text("text");
    });
  }
  return thoughts;
}

void Decoder::image(const JsonFields& fields) {
  std::string bytes;
  base64::Decoder decoder;
  decoder.feed(fields.text("result"), bytes);
  const std::string_view format = fields.text("output_format");
  builder_.image(only, std::move(bytes), "image/" + std::string(format.empty() ? "png" : format));
}

void Decoder::citation(Value value) {
  const JsonFields fields(value);
  const auto number = [&](const char* name) -> std::optional<std::int64_t> {
    const auto field = fields.find(name);
    if (!field || !field->count().known()) return std::nullopt;
    return field->count().at_least();
  };
  Citation citation;
  citation.url(std::string(fields.text("url"))).title(std::string(fields.text("title")));
  citation.source(std::string(fields.text("file_id"))).start(number("start_index")).end(number("end_index"));
  if (citation.title().empty()) citation.title(std::string(fields.text("filename")));
  citation.raw(Json(value.raw().value_or("{}")));
  builder_.citation(only, std::move(citation));
}

/// A response as it stands in the events of a stream and as a whole answer.
void Decoder::response(Value value) {
  std::string state;
  value.fields([&](std::string_view key, Value field) {
    if (field.is_null()) return;
    if (key == "id") {
      builder_.id(field.string().value_or(""));
    } else if (key == "model") {
      builder_.model(field.string().value_or(""));
    } else if (key == "status") {
      state = field.string().value_or("");
    } else if (key == "usage") {
      builder_.usage(read_openai_usage(field));
    } else if (std::find(std::begin(kept_fields), std::end(kept_fields), key) != std::end(kept_fields)) {
      if (const auto raw = field.raw()) builder_.metadata(key, *raw);
    }
  });
  status(state, value);
}

void Decoder::output(Value items) {
  std::int64_t index = 0;
  items.elements([&](Value value) {
    const JsonFields fields(value);
    Item& item = item_at(index++, fields.text("type"));
    if (item.done) return;
    if (item.said.empty() && is_call(item.type)) begin(item, fields);
    finish(item, fields, value);
  });
}

void Decoder::status(std::string_view state, Value response) {
  if (state == "in_progress" || state == "queued" || state.empty()) return;
  const JsonFields fields(response);
  if (const auto items = fields.find("output")) output(*items);
  done_ = true;
  if (state == "failed") {
    // A normal way to fail, with the status 200 (providers.md, trap 20).
    error_ = in_band_error(response);
    return;
  }
  std::string reason(state);
  FinishReason finish = state == "completed" ? FinishReason::stop : FinishReason::other;
  if (state == "incomplete") {
    const auto details = fields.find("incomplete_details");
    if (details) reason = JsonFields(*details).text("reason");
    if (reason == "max_output_tokens") finish = FinishReason::length;
    if (reason == "content_filter") finish = FinishReason::content_filter;
  }
  builder_.finish(only, finish, reason);
}

std::optional<Error> Decoder::whole(std::string_view padded_body) {
  return read(padded_body, [&](Value root) {
    const JsonFields fields(root);
    const auto error = fields.find("error");
    if (fields.find("output") || fields.find("status")) {
      response(root);
      // Answered before it was done, because it was asked to run in the background.
      if (!done_ && !error_) builder_.finish(only, FinishReason::other, fields.text("status"));
      done_ = !error_;
    } else if (error && tells_error(*error)) {
      error_ = in_band_error(root);
    } else {
      error_ = Error(ErrorKind::protocol, "the answer is no response: it has no output").where("output");
    }
  });
}

std::optional<Error> Decoder::end() {
  if (builder_.began(only)) mend_tool_calls(builder_, only);
  if (error_) return error_;
  if (done_ || builder_.finished(only)) return std::nullopt;
  return Error(ErrorKind::truncated, "the stream ended before the response did");
}

}  // namespace

std::unique_ptr<AnswerDecoder> OpenAiResponsesCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<Decoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
