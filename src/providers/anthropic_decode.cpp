#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/anthropic.hpp"
#include "providers/anthropic_open_block.hpp"
#include "providers/anthropic_usage.hpp"
#include "providers/call_arguments.hpp"
#include "providers/errors.hpp"
#include "providers/json_fields.hpp"
#include "providers/only_choice.hpp"
#include "providers/reading_answer.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Name;
using json::Type;
using json::Value;
using Block = AnthropicOpenBlock;
using Kind = AnthropicBlockKind;

// Blocks do not interleave in practice; a sender that never stops one must not make us keep them all.
constexpr std::size_t most_open_blocks = 16;
// About what an open block takes beside its text.
constexpr std::size_t block_overhead = 256;

FinishReason read_stop_reason(std::string_view raw) {
  if (raw.empty()) return FinishReason::none;
  if (raw == "end_turn" || raw == "stop_sequence") return FinishReason::stop;
  if (raw == "max_tokens" || raw == "model_context_window_exceeded") return FinishReason::length;
  if (raw == "tool_use") return FinishReason::tool_calls;
  if (raw == "refusal") return FinishReason::content_filter;
  return FinishReason::other;
}

/// Of a block; nothing when it is no whole number.
std::optional<std::int64_t> index_in(Value value) {
  const Count count = value.count();
  return count.known() ? std::optional(count.at_least()) : std::nullopt;
}

/// Reads the events of a stream and the whole message (providers.md §3.7, §3.8).
class AnthropicDecoder final : public AnswerDecoder {
 public:
  AnthropicDecoder(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  /// What is in the `delta` of an event: each kind has its own field.
  struct Delta {
    explicit Delta(Value value);

    Name type;
    std::string_view piece;
    std::optional<Value> citation;
    Value whole;
  };
  /// What is at the top of an event.
  struct Event {
    Name type;
    bool error = false;
    std::optional<std::int64_t> index;
    std::optional<Delta> delta;
    std::optional<Value> block;
  };

  template <class F>
  std::optional<Error> read(std::string_view padded, F&& visit);
  void take(std::string_view event_type, Value root);
  void keep_event(std::string_view type, Value root);
  void message_start(Value root);
  void block_start(const Event& event);
  void make_room();
  void begin_block(Block& block, Value value);
  void begin_part(Block& block, PartKind kind);
  void begin_call(Block& block, Value value);
  void add_to_call(Block& block, std::string_view arguments);
  bool begins_again(const Event& event) const;
  Block* block_of(std::optional<std::int64_t> index, Name delta_type);
  Block* begin_without_start(std::optional<std::int64_t> index, Name delta_type);
  void delta(Block& block, const Delta& delta);
  void input(Block& block, std::string_view piece);
  std::string_view odd_input(Value delta);
  void block_stop(std::optional<std::int64_t> index);
  void close(std::size_t position);
  void close_all();
  void finish_block(Block& block);
  void message_delta(Value root);
  void message_stop();
  void message_fields(Value fields);
  void whole_message(Value root);
  void contents(Value value);
  void whole_block(Value block);
  void citation(Value value, std::string* raw_elements);
  std::string arguments_in(const JsonFields& block);

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::optional<Error> error_;
  AnthropicUsage usage_;
  std::string first_reason_;  ///< to stop, of a message that was complete when it began
  std::vector<Block> open_;   ///< started and not stopped; the one at hand is the last
  std::int64_t calls_ = 0;
  std::size_t events_ = 0;
  bool started_ = false;
  bool done_ = false;
};

template <class F>
std::optional<Error> AnthropicDecoder::read(std::string_view padded, F&& visit) {
  if (ascii::is_blank(padded)) return std::nullopt;
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, padded, visit);
  if (broken) {
    judge_broken(error_, broken->where("events/" + std::to_string(events_)));
    done_ = false;
  }
  ++events_;
  return error_;
}

std::optional<Error> AnthropicDecoder::event(std::string_view type, std::string_view padded_data) {
  // Some gateways end the stream as OpenAI does.
  const std::string_view data = ascii::trim(padded_data);
  if (data == "[DONE]") return std::nullopt;
  return read(data, [&](Value root) { take(type, root); });
}

/// What the event is stands in the data too, and some senders leave the line out (providers.md, trap 49).
void AnthropicDecoder::take(std::string_view event_type, Value root) {
  Event event;
  root.fields([&](Name key, Value value) {
    if (key == "type") {
      event.type = value.text();
    } else if (key == "index") {
      event.index = index_in(value);
    } else if (key == "delta") {
      if (value.type() == Type::object) event.delta.emplace(value);
    } else if (key == "content_block") {
      event.block = value;
    } else if (key == "error") {
      event.error = tells_error(value);
    }
  });
  if (event.type.empty()) event.type = event_type;
  const Name type = event.type;
  if (type == "content_block_delta") {
    if (!event.delta) return;
    if (Block* block = block_of(event.index, event.delta->type)) delta(*block, *event.delta);
  } else if (type == "error" || (event.error && type != "message")) {
    error_ = in_band_error(root);
  } else if (type == "message_start") {
    message_start(root);
  } else if (type == "content_block_start") {
    block_start(event);
  } else if (type == "content_block_stop") {
    block_stop(event.index);
  } else if (type == "message_delta") {
    message_delta(root);
  } else if (type == "message_stop") {
    message_delta(root);
    message_stop();
  } else if (type == "message") {
    whole_message(root);
  } else {
    keep_event(type, root);
  }
}

/// Of an event that is not known its bytes are kept (providers.md §0.4).
void AnthropicDecoder::keep_event(std::string_view type, Value root) {
  if (type.empty() || type == "ping" || root.type() != Type::object) return;
  if (const auto raw = root.raw()) builder_.metadata_list("events", "[" + std::string(*raw) + "]");
}

void AnthropicDecoder::message_start(Value root) {
  if (started_ && (builder_.has_content() || builder_.finished(only))) {
    // A gateway that lost its answer began another one (providers.md, trap 50).
    builder_.restart();
    builder_.warn("message_start", "the answer began anew in the middle; what came before does not count");
    calls_ = 0;
    usage_ = AnthropicUsage();
  }
  open_.clear();
  first_reason_.clear();
  started_ = true;
  root.fields([&](Name key, Value value) {
    if (key != "message") return;
    value.fields([&](Name field, Value content) {
      if (field == "content") contents(content);
      if (field == "stop_reason") first_reason_ = content.text();
    });
    message_fields(value);
  });
}

/// What a message says beside its blocks, at its beginning and at its end.
void AnthropicDecoder::message_fields(Value fields) {
  fields.fields([&](Name key, Value value) {
    if (value.is_null() || key == "content" || key == "type" || key == "role" || key == "stop_reason") return;
    if (key == "id") {
      builder_.id(value.text());
    } else if (key == "model") {
      builder_.model(value.text());
    } else if (key == "usage") {
      usage_.read(value, builder_);
    } else {
      keep_metadata(builder_, key, value);
    }
  });
}

/// A call that is started again is the same as long as it has the same id.
bool AnthropicDecoder::begins_again(const Event& event) const {
  if (!event.block || open_.empty()) return false;
  const JsonFields fields(*event.block);
  const std::string_view id = fields.text("id");
  if (id.empty() || anthropic_block_kind(fields.text("type")) != Kind::tool_use) return false;
  return std::any_of(open_.begin(), open_.end(), [&](const Block& open) {
    return open.kind == Kind::tool_use && open.index == event.index && open.id == id;
  });
}

void AnthropicDecoder::block_start(const Event& event) {
  if (begins_again(event)) return;
  Block block;
  block.index = event.index;
  // A block that is started again was not stopped.
  for (std::size_t position = open_.size(); position-- > 0;) {
    if (block.index && open_[position].index == block.index) close(position);
  }
  make_room();
  if (event.block && event.block->type() == Type::object) {
    begin_block(block, *event.block);
    open_.push_back(std::move(block));
  } else {
    builder_.warn("content_block", "a block that is none is left out");
  }
}

/// For one more open block. One whose bytes are kept gets its place in the answer now.
void AnthropicDecoder::make_room() {
  for (std::size_t position = open_.size(); position-- > 0;) {
    if (open_[position].kind == Kind::other) close(position);
  }
  if (open_.size() == most_open_blocks) close(0);
  builder_.count_kept(block_overhead);
}

void AnthropicDecoder::begin_block(Block& block, Value value) {
  const JsonFields fields(value);
  block.type = fields.text("type");
  block.kind = anthropic_block_kind(block.type);
  block.keeps_bytes = block.kind == Kind::other || has_more_fields(block.kind, value);
  block.start = value.raw().value_or("");
  builder_.count_kept(block.start.size());
  switch (block.kind) {
    case Kind::text:
      begin_part(block, PartKind::text);
      block.text = fields.text("text");
      builder_.text(only, block.text);
      if (const auto array = fields.find("citations")) {
        array->elements([&](Value element) { citation(element, &block.citations); });
      }
      break;
    case Kind::thinking:
      begin_part(block, PartKind::reasoning);
      block.text = fields.text("thinking");
      block.signature = fields.text("signature");
      builder_.reasoning(only, block.text);
      builder_.signature(only, provider_, block.signature);
      break;
    case Kind::tool_use:
      begin_call(block, value);
      break;
    case Kind::other:
      if (block.start.empty())
        builder_.warn("content_block", "a block that is not valid JSON, or nested too deep, is left out");
      break;
  }
}

void AnthropicDecoder::begin_part(Block& block, PartKind kind) {
  builder_.begin_part(only, kind);
  block.part = builder_.part_at_hand(only);
}

void AnthropicDecoder::begin_call(Block& block, Value value) {
  const JsonFields fields(value);
  const std::string name = decode_tool_name(fields.text("name"));
  ToolCallPiece piece;
  piece.index = block.call = calls_++;
  piece.numbered = true;
  piece.id = block.id = fields.text("id");
  piece.name = name;
  const std::size_t calls = builder_.calls(only).size();
  builder_.tool_call(only, piece);
  if (builder_.calls(only).size() > calls) block.part = builder_.part_at_hand(only);
  // Empty in a stream, as a rule; whole from some gateways, and then no pieces follow.
  const std::string input = arguments_in(fields);
  const std::string_view text = ascii::trim(input);
  const bool empty = text.starts_with('{') && ascii::trim(text.substr(1, text.size() - 2)).empty();
  if (!empty) block.input = text;
  builder_.count_kept(block.input.size());
}

/// The arguments of a call, an object; some gateways send a string that holds it (providers.md, trap 67).
std::string AnthropicDecoder::arguments_in(const JsonFields& block) {
  const auto input = block.find("input");
  return std::string(input ? read_call_arguments(builder_, "tool_calls", *input) : std::string_view());
}

AnthropicDecoder::Delta::Delta(Value value) : whole(value) {
  value.fields([this](Name key, Value field) {
    if (key == "type") {
      type = field.text();
    } else if (key == "text" || key == "thinking" || key == "signature" || key == "partial_json" || key == "content") {
      piece = field.text();
    } else if (key == "citation") {
      citation = field;
    }
  });
}

/// The block that a delta goes on with, whatever came between.
Block* AnthropicDecoder::block_of(std::optional<std::int64_t> index, Name delta_type) {
  const auto found = std::find_if(open_.rbegin(), open_.rend(), [&](const Block& block) {
    return (!index || !block.index || block.index == index) && takes_pieces(block.kind, delta_type);
  });
  if (found == open_.rend()) return begin_without_start(index, delta_type);
  std::rotate(std::prev(found.base()), found.base(), open_.end());
  Block& block = open_.back();
  if (block.part && *block.part != builder_.part_at_hand(only)) builder_.turn_to(only, *block.part);
  return &block;
}

/// A text or a thought without a start is a gateway's.
Block* AnthropicDecoder::begin_without_start(std::optional<std::int64_t> index, Name delta_type) {
  const bool thought = delta_type == "thinking_delta" || delta_type == "signature_delta";
  if (!thought && delta_type != "text_delta" && delta_type != "citations_delta") {
    builder_.warn("content_block_delta", "a piece of a block that never began is left out");
    return nullptr;
  }
  make_room();
  Block block;
  block.index = index;
  block.kind = thought ? Kind::thinking : Kind::text;
  block.type = thought ? "thinking" : "text";
  block.start = "{\"type\":\"" + block.type + "\"}";
  begin_part(block, thought ? PartKind::reasoning : PartKind::text);
  open_.push_back(std::move(block));
  return &open_.back();
}

void AnthropicDecoder::delta(Block& block, const Delta& delta) {
  const auto& [type, piece, cited, whole] = delta;
  if (type == "text_delta") {
    block.text += piece;
    builder_.text(only, piece);
  } else if (type == "input_json_delta") {
    input(block, piece.empty() ? odd_input(whole) : piece);
  } else if (type == "thinking_delta") {
    block.text += piece;
    builder_.reasoning(only, piece);
  } else if (type == "signature_delta") {
    block.signature += piece;
    builder_.signature(only, provider_, piece);
  } else if (type == "citations_delta") {
    if (cited) citation(*cited, &block.citations);
  } else if (type == "compaction_delta" && block.kind == Kind::other) {
    block.text += piece;
    builder_.count_kept(piece.size());
  } else {
    builder_.warn("content_block_delta",
                  "a piece of a kind that is not known, \"" + std::string(type) + "\", is not part of its block");
    if (const auto raw = whole.raw()) builder_.metadata_list("deltas", "[" + std::string(*raw) + "]");
  }
}

/// What some gateways send in place of a piece of the text: the object itself.
std::string_view AnthropicDecoder::odd_input(Value delta) {
  const auto input = JsonFields(delta).find("partial_json");
  return input ? read_call_arguments(builder_, "tool_calls", *input) : std::string_view();
}

void AnthropicDecoder::input(Block& block, std::string_view piece) {
  if (block.kind != Kind::tool_use) {
    block.input += piece;
    builder_.count_kept(piece.size());
    return;
  }
  if (piece.empty()) return;
  // What the block began with was not the arguments then.
  if (!std::exchange(block.has_pieces, true)) block.input.clear();
  if (block.keeps_bytes) {
    block.input += piece;
    builder_.count_kept(piece.size());
  }
  add_to_call(block, piece);
}

void AnthropicDecoder::add_to_call(Block& block, std::string_view arguments) {
  ToolCallPiece more;
  more.index = block.call;
  more.numbered = true;
  more.arguments = arguments;
  builder_.tool_call(only, more);
}

void AnthropicDecoder::block_stop(std::optional<std::int64_t> index) {
  for (std::size_t position = open_.size(); position-- > 0;) {
    if (!index || !open_[position].index || open_[position].index == index) return close(position);
  }
}

void AnthropicDecoder::close(std::size_t position) {
  Block block = std::move(open_[position]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(position));
  finish_block(block);
}

void AnthropicDecoder::close_all() {
  while (!open_.empty()) close(0);
}

void AnthropicDecoder::finish_block(Block& block) {
  if (block.kind == Kind::tool_use && !block.has_pieces && !block.input.empty()) {
    add_to_call(block, block.input);
  }
  if (!block.keeps_bytes && block.citations.empty()) return;
  const std::optional<std::string> json = block.as_json();
  if (block.kind == Kind::other) {
    if (!json && !block.start.empty()) {
      builder_.warn("content_block", "the input of a block of type " + block.type + " is not JSON and left out");
    }
    if (!block.start.empty()) builder_.unknown(only, provider_, json.value_or(block.start), block.type);
  } else if (json && block.part) {
    builder_.turn_to(only, *block.part);
    builder_.raw(only, provider_, *json);
  } else {
    builder_.warn("content_block", "a block of type " + block.type + " goes back without what only its bytes hold");
  }
}

void AnthropicDecoder::citation(Value value, std::string* raw_elements) {
  const auto raw = value.raw();
  if (!raw) return;
  if (raw_elements) {
    if (!raw_elements->empty()) *raw_elements += ',';
    *raw_elements += *raw;
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

/// Of message_delta, and of what a gateway puts into message_stop.
void AnthropicDecoder::message_delta(Value root) {
  close_all();
  std::string reason;
  std::string explanation;
  root.fields([&](Name key, Value value) {
    if (value.is_null() || key == "type") return;
    if (key == "usage") {
      usage_.read(value, builder_);
    } else if (key == "delta") {
      const JsonFields fields(value);
      reason = fields.text("stop_reason");
      if (const auto details = fields.find("stop_details")) explanation = JsonFields(*details).text("explanation");
      message_fields(value);
    } else {
      keep_metadata(builder_, key, value);
    }
  });
  if (reason == "refusal") builder_.refusal(only, explanation);
  if (!reason.empty()) builder_.finish(only, read_stop_reason(reason), reason);
}

/// A message that has nothing more to say is complete from its start: so answers a program in the code execution tool,
/// which called a client's tool, when that has not run its last (observed of the service, April 2026).
void AnthropicDecoder::message_stop() {
  done_ = true;
  if (first_reason_.empty() || builder_.finished(only)) return;
  builder_.finish(only, read_stop_reason(first_reason_), first_reason_);
}

std::optional<Error> AnthropicDecoder::whole(std::string_view padded_body) {
  return read(padded_body, [&](Value root) {
    bool error = false;
    bool message = false;
    root.fields([&](Name key, Value value) {
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

void AnthropicDecoder::whole_message(Value root) {
  started_ = true;
  const JsonFields fields(root);
  // Without a word and without a reason to stop it is none.
  bool content = false;
  root.fields([&](Name key, Value value) {
    if (key != "content") return;
    const bool null = value.is_null() && !fields.text("stop_reason").empty();
    content = value.type() == Type::array || value.type() == Type::string || null;
    contents(value);
  });
  message_fields(root);
  if (!content) {
    error_ = Error(ErrorKind::protocol, "the answer is no message: it has no content").where("content");
    return;
  }
  const std::string reason(fields.text("stop_reason"));
  if (const auto details = fields.find("stop_details"); details && reason == "refusal") {
    builder_.refusal(only, JsonFields(*details).text("explanation"));
  }
  if (!reason.empty()) builder_.finish(only, read_stop_reason(reason), reason);
  done_ = true;
}

/// A list of blocks, or a text, which is one.
void AnthropicDecoder::contents(Value value) {
  if (value.type() == Type::string) builder_.text(only, value.text());
  value.elements([&](Value block) { whole_block(block); });
}

void AnthropicDecoder::whole_block(Value value) {
  if (value.type() == Type::string) return builder_.text(only, value.text());
  if (value.type() != Type::object) return builder_.warn("content", "a block that is none is left out");
  const JsonFields fields(value);
  const Kind kind = anthropic_block_kind(fields.text("type"));
  bool keeps_bytes = kind != Kind::other && has_more_fields(kind, value);
  if (kind == Kind::text) {
    builder_.begin_part(only, PartKind::text);
    builder_.text(only, fields.text("text"));
    if (const auto array = fields.find("citations")) {
      array->elements([&](Value element) {
        citation(element, nullptr);
        keeps_bytes = true;
      });
    }
  } else if (kind == Kind::thinking) {
    builder_.begin_part(only, PartKind::reasoning);
    builder_.reasoning(only, fields.text("thinking"));
    builder_.signature(only, provider_, fields.text("signature"));
  } else if (kind == Kind::tool_use) {
    const std::string name = decode_tool_name(fields.text("name"));
    const std::string input = arguments_in(fields);
    ToolCallPiece piece;
    piece.index = calls_++;
    piece.numbered = true;
    piece.id = fields.text("id");
    piece.name = name;
    piece.arguments = input;
    builder_.tool_call(only, piece);
  } else if (const auto raw = value.raw()) {
    builder_.unknown(only, provider_, *raw, fields.text("type"));
  } else {
    builder_.warn("content", "a block that is not valid JSON, or nested too deep, is left out");
  }
  if (!keeps_bytes) return;
  if (const auto raw = value.raw()) builder_.raw(only, provider_, *raw);
}

std::optional<Error> AnthropicDecoder::end() {
  close_all();
  if (builder_.choice_count() > 0) mend_tool_calls(builder_, only);
  if (error_) return error_;
  if (done_ && builder_.finished(only)) return std::nullopt;
  if (builder_.finished(only)) {
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
  return std::make_unique<AnthropicDecoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
