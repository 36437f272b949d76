#include <optional>
#include <string>

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "json/patch.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/anthropic.hpp"
#include "providers/errors.hpp"
#include "providers/json_fields.hpp"
#include "providers/token_count.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

// Anthropic gives one answer.
constexpr std::size_t only = 0;

FinishReason read_stop_reason(std::string_view raw) {
  if (raw.empty()) return FinishReason::none;
  if (raw == "end_turn" || raw == "stop_sequence") return FinishReason::stop;
  if (raw == "max_tokens" || raw == "model_context_window_exceeded") return FinishReason::length;
  if (raw == "tool_use") return FinishReason::tool_calls;
  if (raw == "refusal") return FinishReason::content_filter;
  return FinishReason::other;
}

/// Reads the events of a stream and the whole message (providers.md §3.7, §3.8).
class Decoder final : public AnswerDecoder {
 public:
  Decoder(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  /// The block that is being streamed.
  struct Block {
    std::string type;
    std::string raw_start;  ///< of one that is kept as it is
    std::string text;
    std::string input;
    std::string citations;  ///< elements of an array
    bool began = false;
  };

  template <class F>
  std::optional<Error> read(std::string_view padded, F&& visit);
  void take(std::string_view event_type, Value root);
  void message_start(Value root);
  void block_start(Value root);
  void block_delta(Value root);
  void delta(Value value);
  void input(std::string_view piece);
  void arguments(std::string_view piece);
  void block_stop();
  void message_delta(Value root);
  void message_end(Value fields);
  void whole_message(Value root);
  void whole_block(Value block);
  void citation(Value value);
  void citations(Value array);
  void usage(Value value);
  void metadata(std::string_view name, Value value);
  void keep_cited_text();

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::optional<Error> error_;
  std::optional<Block> block_;
  std::int64_t calls_ = 0;
  std::size_t events_ = 0;
  Count uncached_;
  Count cached_;
  Count cache_write_;
  Count output_;
  Count thought_;
  bool started_ = false;
  bool done_ = false;
};

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
  // Some gateways end the stream as OpenAI does.
  if (ascii::trim(padded_data) == "[DONE]") return std::nullopt;
  return read(padded_data, [&](Value root) { take(type, root); });
}

/// What the event is stands in the data too, and some senders leave the line out (providers.md, trap 49).
void Decoder::take(std::string_view event_type, Value root) {
  std::string type;
  bool error = false;
  root.fields([&](std::string_view key, Value value) {
    if (key == "type") type = value.string().value_or("");
    if (key == "error") error = tells_error(value);
  });
  if (type.empty()) type = event_type;
  if (type == "error" || (error && type != "message")) {
    error_ = in_band_error(root);
  } else if (type == "message_start") {
    message_start(root);
  } else if (type == "content_block_start") {
    block_start(root);
  } else if (type == "content_block_delta") {
    block_delta(root);
  } else if (type == "content_block_stop") {
    block_stop();
  } else if (type == "message_delta") {
    message_delta(root);
  } else if (type == "message_stop") {
    block_stop();
    done_ = true;
  } else if (type == "message") {
    whole_message(root);
  }
  // A ping, or an event that is not known: nothing to do.
}

void Decoder::message_start(Value root) {
  if (started_ && builder_.has_content()) {
    // A gateway that lost its answer began another one (providers.md, trap 50).
    builder_.restart();
    builder_.warn("message_start", "the answer began anew in the middle; what came before does not count");
    calls_ = 0;
  }
  block_.reset();
  started_ = true;
  root.fields([&](std::string_view key, Value value) {
    if (key == "message") message_end(value);
  });
}

/// What a message says beside its blocks.
void Decoder::message_end(Value fields) {
  std::string reason;
  std::optional<Value> details;
  fields.fields([&](std::string_view key, Value value) {
    if (value.is_null()) return;
    if (key == "id") {
      builder_.id(value.string().value_or(""));
    } else if (key == "model") {
      builder_.model(value.string().value_or(""));
    } else if (key == "usage") {
      usage(value);
    } else if (key == "stop_reason") {
      reason = value.string().value_or("");
    } else if (key == "stop_details") {
      details = value;
      metadata(key, value);
    } else if (key == "content" || key == "type" || key == "role") {
      return;
    } else {
      metadata(key, value);
    }
  });
  if (reason == "refusal" && details) builder_.refusal(only, JsonFields(*details).text("explanation"));
  if (!reason.empty()) builder_.finish(only, read_stop_reason(reason), reason);
}

void Decoder::metadata(std::string_view name, Value value) {
  if (const auto raw = value.raw()) {
    builder_.metadata(name, *raw);
  } else {
    builder_.warn(name, "is not valid JSON, or nested too deep, and left out");
  }
}

/// The uncached rest is what Anthropic calls input (providers.md §3.7, traps 109, 113).
void Decoder::usage(Value value) {
  const auto set = [](Count& count, Value field) {
    if (const Count sent = read_token_count(field); sent.known()) count = sent;
  };
  value.fields([&](std::string_view key, Value field) {
    if (key == "input_tokens") {
      set(uncached_, field);
    } else if (key == "cache_read_input_tokens") {
      set(cached_, field);
    } else if (key == "cache_creation_input_tokens") {
      set(cache_write_, field);
    } else if (key == "output_tokens") {
      set(output_, field);
    } else if (key == "output_tokens_details") {
      field.fields([&](std::string_view inner, Value detail) {
        if (inner == "thinking_tokens") set(thought_, detail);
      });
    } else if (!field.is_null()) {
      metadata("usage." + std::string(key), field);
    }
  });
  Usage usage;
  if (uncached_.known()) {
    usage.input_tokens(uncached_.at_least() + cached_.at_least() + cache_write_.at_least());
  }
  usage.cached_input_tokens(cached_).cache_write_tokens(cache_write_).output_tokens(output_).reasoning_tokens(thought_);
  builder_.usage(usage);
}

void Decoder::block_start(Value root) {
  block_stop();
  block_.emplace();
  root.fields([&](std::string_view key, Value value) {
    if (key != "content_block") return;
    const JsonFields fields(value);
    Block& block = *block_;
    block.type = fields.text("type");
    if (block.type == "text") {
      builder_.begin_part(only, PartKind::text);
      block.text = fields.text("text");
      builder_.text(only, block.text);
      if (const auto array = fields.find("citations")) citations(*array);
    } else if (block.type == "thinking") {
      builder_.begin_part(only, PartKind::reasoning);
      builder_.reasoning(only, fields.text("thinking"));
      builder_.signature(only, provider_, fields.text("signature"));
    } else if (block.type == "tool_use") {
      ToolCallPiece piece;
      const std::string name = decode_tool_name(fields.text("name"));
      piece.index = calls_;
      piece.id = fields.text("id");
      piece.name = name;
      builder_.tool_call(only, piece);
      // Empty in a stream, as a rule; whole from some gateways.
      const auto input = fields.find("input");
      const auto raw = input ? input->raw() : std::nullopt;
      if (raw && ascii::trim(raw->substr(1, raw->size() - 2)) != "") block.input = *raw;
    } else {
      block.raw_start = value.raw().value_or("");
      if (block.raw_start.empty()) builder_.warn("content_block", "a block that is not valid JSON is left out");
    }
  });
}

void Decoder::block_delta(Value root) {
  root.fields([&](std::string_view key, Value value) {
    if (key == "delta") delta(value);
  });
}

void Decoder::delta(Value value) {
  // Each kind has its own field.
  std::string_view type;
  std::string_view piece;
  std::optional<Value> cited;
  value.fields([&](std::string_view key, Value field) {
    if (key == "type") {
      type = field.string().value_or("");
    } else if (key == "citation") {
      cited = field;
    } else if (key == "text" || key == "thinking" || key == "signature" || key == "partial_json" || key == "content") {
      piece = field.string().value_or("");
    }
  });
  if (!block_) {
    // A gateway left the start out.
    block_.emplace();
    block_->type = type == "thinking_delta" ? "thinking" : "text";
  }
  if (type == "text_delta") {
    block_->text += piece;
    builder_.text(only, piece);
  } else if (type == "thinking_delta") {
    builder_.reasoning(only, piece);
  } else if (type == "signature_delta") {
    builder_.signature(only, provider_, piece);
  } else if (type == "citations_delta") {
    if (cited) citation(*cited);
  } else if (type == "input_json_delta") {
    input(piece);
  } else if (type == "compaction_delta") {
    block_->text += piece;
  }
}

void Decoder::input(std::string_view piece) {
  if (block_->type != "tool_use") {
    block_->input += piece;
    return;
  }
  block_->began = block_->began || !piece.empty();
  arguments(piece);
}

void Decoder::arguments(std::string_view piece) {
  ToolCallPiece more;
  more.index = calls_;
  more.arguments = piece;
  builder_.tool_call(only, more);
}

void Decoder::block_stop() {
  if (!block_) return;
  Block block = std::move(*block_);
  block_.reset();
  if (block.type == "text") {
    block_ = std::move(block);
    keep_cited_text();
    block_.reset();
  } else if (block.type == "tool_use") {
    if (!block.began && !block.input.empty()) arguments(block.input);
    ++calls_;
  } else if (!block.raw_start.empty()) {
    std::string raw = std::move(block.raw_start);
    if (!block.input.empty() && json::check(block.input).empty()) raw = json::set_at(raw, "/input", block.input);
    if (!block.text.empty()) raw = json::set_at(raw, "/content", json::quoted(block.text));
    builder_.unknown(only, provider_, raw, block.type);
  }
}

/// A text with citations goes back with them.
void Decoder::keep_cited_text() {
  if (block_->citations.empty()) return;
  std::string raw;
  json::Writer writer(raw);
  writer.begin_object().key("type").string("text").key("text").string(block_->text);
  writer.key("citations").raw("[" + block_->citations + "]").end_object();
  builder_.raw(only, provider_, raw);
}

void Decoder::citation(Value value) {
  const auto raw = value.raw();
  if (!raw) return;
  if (block_) {
    if (!block_->citations.empty()) block_->citations += ',';
    block_->citations += *raw;
  }
  const JsonFields fields(value);
  Citation citation;
  citation.url(std::string(fields.text("url"))).cited_text(std::string(fields.text("cited_text")));
  citation.title(std::string(fields.text(fields.find("title") ? "title" : "document_title")));
  citation.source(std::string(fields.text("source"))).raw(Json(*raw));
  if (const auto index = fields.find("document_index"); index && citation.source().empty()) {
    citation.source(std::string(index->raw().value_or("")));
  }
  builder_.citation(only, std::move(citation));
}

void Decoder::citations(Value array) {
  array.elements([&](Value value) { citation(value); });
}

void Decoder::message_delta(Value root) {
  block_stop();
  root.fields([&](std::string_view key, Value value) {
    if (value.is_null()) return;
    if (key == "delta") {
      message_end(value);
    } else if (key == "usage") {
      usage(value);
    } else if (key != "type") {
      metadata(key, value);
    }
  });
}

std::optional<Error> Decoder::whole(std::string_view padded_body) {
  return read(padded_body, [&](Value root) {
    bool error = false;
    bool message = false;
    root.fields([&](std::string_view key, Value value) {
      error = error || (key == "error" && tells_error(value));
      message = message || key == "content";
    });
    if (error && !message) {
      error_ = in_band_error(root);
    } else {
      whole_message(root);
    }
  });
}

void Decoder::whole_message(Value root) {
  started_ = true;
  bool content = false;
  root.fields([&](std::string_view key, Value value) {
    if (key != "content") return;
    content = true;
    if (value.type() == Type::string) builder_.text(only, value.string().value_or(""));
    value.elements([&](Value block) { whole_block(block); });
  });
  message_end(root);
  if (!content) error_ = Error(ErrorKind::protocol, "the answer is no message: it has no content").where("content");
  done_ = !error_;
}

void Decoder::whole_block(Value value) {
  const JsonFields fields(value);
  const std::string_view type = fields.text("type");
  if (type == "text") {
    block_.emplace();
    block_->text = fields.text("text");
    builder_.begin_part(only, PartKind::text);
    builder_.text(only, block_->text);
    if (const auto array = fields.find("citations")) citations(*array);
    if (!block_->citations.empty()) builder_.raw(only, provider_, value.raw().value_or(""));
    block_.reset();
  } else if (type == "thinking") {
    builder_.begin_part(only, PartKind::reasoning);
    builder_.reasoning(only, fields.text("thinking"));
    builder_.signature(only, provider_, fields.text("signature"));
  } else if (type == "tool_use") {
    ToolCallPiece piece;
    const std::string name = decode_tool_name(fields.text("name"));
    piece.index = calls_++;
    piece.id = fields.text("id");
    piece.name = name;
    const auto input = fields.find("input");
    // Some gateways send the arguments as text.
    piece.arguments = input ? input->string().value_or(input->raw().value_or("")) : std::string_view();
    builder_.tool_call(only, piece);
  } else if (const auto raw = value.raw(); raw && value.type() == Type::object) {
    builder_.unknown(only, provider_, *raw, type);
  } else {
    builder_.warn("content", "a block that is not valid JSON is left out");
  }
}

std::optional<Error> Decoder::end() {
  block_stop();
  if (builder_.choice_count() > 0) mend_tool_calls(builder_, only);
  if (error_) return error_;
  if (done_ && builder_.finished(only)) return std::nullopt;
  if (builder_.finished(only) && started_) {
    builder_.warn("message_stop", "the answer's end mark is missing");
    return std::nullopt;
  }
  if (done_ && started_) {
    // A message without a reason to stop, from a gateway.
    builder_.finish(only, FinishReason::other, "");
    return std::nullopt;
  }
  return Error(ErrorKind::truncated, "the stream ended before the answer did");
}

}  // namespace

std::unique_ptr<AnswerDecoder> AnthropicCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<Decoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
