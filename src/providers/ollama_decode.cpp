#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/call_arguments.hpp"
#include "providers/errors.hpp"
#include "providers/finish_reason.hpp"
#include "providers/image_type.hpp"
#include "providers/ollama.hpp"
#include "providers/only_choice.hpp"
#include "providers/reading_answer.hpp"
#include "providers/think_tags.hpp"
#include "providers/token_count.hpp"
#include "providers/tool_call_repairs.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Name;
using json::Type;
using json::Value;

/// A whole answer is one object, and so is each line of a stream: both are read the same way.
class OllamaDecoder final : public AnswerDecoder {
 public:
  OllamaDecoder(const Target& target, AnswerBuilder& builder) : builder_(builder) {
    builder.origin(target.preset->family);
  }

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override { return event({}, padded_body); }
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  void object(Value root);
  void field(Value root, Name key, Value value);
  void message(Value value);
  void think(Value value);
  void say(Value value);
  void image(Value value);
  void tool_call(Value value);
  void finish();

  AnswerBuilder& builder_;
  json::Reader reader_;
  ThinkTags tags_;
  std::optional<Error> error_;
  std::string reason_;
  Usage usage_;
  bool done_ = false;
  bool seen_ = false;
  std::int64_t calls_ = 0;
  std::size_t events_ = 0;
};

std::optional<Error> OllamaDecoder::event(std::string_view, std::string_view padded_data) {
  if (ascii::trim(padded_data).empty()) return std::nullopt;
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, padded_data, [&](Value root) { object(root); });
  if (!error_ && broken) {
    error_ = broken->where("events/" + std::to_string(events_));
    done_ = false;
  }
  ++events_;
  return error_;
}

void OllamaDecoder::object(Value root) {
  if (root.type() == Type::array) {
    root.elements([&](Value element) { object(element); });
    return;
  }
  std::optional<Value> thinking, response;
  root.fields([&](Name key, Value value) {
    // What `/api/generate` has in place of a message.
    if (key == "thinking") {
      thinking = value;
    } else if (key == "response") {
      response = value;
    } else {
      field(root, key, value);
    }
  });
  if (thinking) think(*thinking);
  if (response) say(*response);
  if (done_ && !error_) finish();
}

void OllamaDecoder::field(Value root, Name key, Value value) {
  if (value.is_null()) return;
  if (key == "message") {
    message(value);
  } else if (key == "model") {
    if (!builder_.has_model()) builder_.model(value.text());
  } else if (key == "created_at") {
    if (!builder_.has_id_seed()) builder_.id_seed(value.text());
  } else if (key == "done") {
    done_ = value.boolean().value_or(false);
    seen_ = true;
  } else if (key == "done_reason") {
    reason_ = value.text();
  } else if (key == "prompt_eval_count") {
    usage_.input_tokens(read_token_count(value));
  } else if (key == "eval_count") {
    usage_.output_tokens(read_token_count(value));
  } else if (key == "context") {
    // Token numbers of the whole exchange, out of use.
  } else if (key == "logprobs") {
    if (const auto raw = value.raw(); raw && value.type() == Type::array) builder_.logprobs(only, *raw);
  } else if (key == "error") {
    if (tells_error(value) && !error_) error_ = in_band_error(root);
  } else {
    keep_metadata(builder_, key, value);
  }
}

void OllamaDecoder::message(Value value) {
  seen_ = true;
  std::optional<Value> content;
  std::optional<Value> thinking;
  std::optional<Value> calls;
  std::optional<Value> images;
  value.fields([&](Name key, Value field) {
    if (key == "content") {
      content = field;
    } else if (key == "thinking") {
      thinking = field;
    } else if (key == "tool_calls") {
      calls = field;
    } else if (key == "images") {
      images = field;
    } else if (key != "role" && !field.is_null()) {
      keep_metadata(builder_, key, field);
    }
  });
  // Always in this order, so that a whole answer has the parts of a streamed one.
  if (thinking) think(*thinking);
  if (content) say(*content);
  if (images && images->type() == Type::string) image(*images);
  if (images) images->elements([&](Value picture) { image(picture); });
  if (!calls) return;
  if (calls->type() == Type::object) return tool_call(*calls);
  calls->elements([&](Value call) { tool_call(call); });
}

void OllamaDecoder::think(Value value) {
  const std::string_view thought = value.text();
  if (thought.empty()) return;
  tags_.off(builder_, only);
  builder_.reasoning(only, thought);
}

void OllamaDecoder::say(Value value) {
  seen_ = true;
  tags_.feed(builder_, only, value.text());
}

/// Base64 without a prefix (providers.md §5.2).
void OllamaDecoder::image(Value value) {
  std::optional<std::string> bytes = base64::decode(value.text());
  const std::string_view type = bytes ? image_type(*bytes) : std::string_view();
  if (!type.empty()) return builder_.image(only, std::move(*bytes), std::string(type));
  builder_.warn("message/images", "what is no picture that is known stays in the metadata");
  if (const auto raw = value.raw()) builder_.metadata_list("images", "[" + std::string(*raw) + "]");
}

/// A call comes whole, but several can have the same index and the same id, or none: they are counted here.
void OllamaDecoder::tool_call(Value value) {
  ToolCallPiece piece;
  piece.index = calls_++;
  piece.numbered = true;
  value.fields([&](Name key, Value field) {
    if (key == "id") piece.id = field.text();
    if (key != "function") return;
    field.fields([&](Name inner, Value part) {
      if (inner == "name") piece.name = part.text();
      if (inner == "arguments") piece.arguments = read_call_arguments(builder_, "tool_calls", part);
    });
  });
  if (piece.name.empty() && piece.arguments.empty()) return;
  if (ascii::trim(piece.arguments).empty()) piece.arguments = "{}";
  builder_.tool_call(only, piece);
}

void OllamaDecoder::finish() {
  tags_.end(builder_, only);
  if (!builder_.calls(only).empty()) mend_tool_calls(builder_, only);
  builder_.usage(usage_);
  const FinishReason reason = read_finish_reason(reason_);
  builder_.finish(only, reason == FinishReason::none ? FinishReason::stop : reason, reason_);
}

std::optional<Error> OllamaDecoder::end() {
  if (!done_) tags_.end(builder_, only);
  if (builder_.finished(only)) return std::nullopt;
  if (events_ != 0 && !seen_) {
    return Error(ErrorKind::protocol, "the answer has neither \"message\" nor \"done\"").where("message");
  }
  return Error(ErrorKind::truncated, "the answer ended before its last line").where("done");
}

}  // namespace

std::unique_ptr<AnswerDecoder> OllamaCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<OllamaDecoder>(target, builder);
}

}  // namespace antiphon::inline v0::codec
