#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/aws_exceptions.hpp"
#include "providers/base64.hpp"
#include "providers/bedrock.hpp"
#include "providers/bedrock_anthropic.hpp"
#include "providers/bedrock_served_block.hpp"
#include "providers/call_arguments.hpp"
#include "providers/errors.hpp"
#include "providers/image_type.hpp"
#include "providers/json_fields.hpp"
#include "providers/only_choice.hpp"
#include "providers/reading_answer.hpp"
#include "providers/token_count.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Name;
using json::Type;
using json::Value;

// Blocks do not interleave in practice; a sender that never stops one must not make us keep them all.
constexpr std::size_t most_blocks_at_once = 16;
constexpr std::string_view never_began = "a piece of a block that never began is left out";

struct StopReason {
  std::string_view raw;
  FinishReason reason;
};

constexpr StopReason stop_reasons[] = {
    {"end_turn", FinishReason::stop},
    {"stop_sequence", FinishReason::stop},
    {"tool_use", FinishReason::tool_calls},
    {"max_tokens", FinishReason::length},
    {"model_context_window_exceeded", FinishReason::length},
    {"guardrail_intervened", FinishReason::content_filter},
    {"content_filtered", FinishReason::content_filter},
    {"malformed_model_output", FinishReason::error},
    {"malformed_tool_use", FinishReason::error},
};

FinishReason read_bedrock_stop(std::string_view raw) {
  for (const StopReason& row : stop_reasons) {
    if (row.raw == raw) return row.reason;
  }
  return raw.empty() ? FinishReason::none : FinishReason::other;
}

/// A whole answer, or the events of a stream of Converse (providers.md §6.13). What turns out to be an invocation of
/// Claude is read as one.
class BedrockDecoder final : public AnswerDecoder {
 public:
  BedrockDecoder(const Target& target, AnswerBuilder& builder)
      : target_(target), provider_(target.preset->name), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  /// The metadata may come before or after the stop (trap 55).
  bool done() const override { return invoked_ ? invoked_->done() : !error_ && stopped_ && measured_; }

 private:
  enum class Kind { text, reasoning, redacted, call, served, image };
  /// A block between its start and its stop. Text and thoughts do not tell that they begin.
  struct Block {
    std::int64_t index = 0;
    Kind kind = Kind::text;
    std::optional<std::size_t> part = {};  ///< where it stands in the answer; what comes at its stop has no place yet
    std::int64_t call = 0;                 ///< which of the answer's calls it is
    std::string id = {};                   ///< of a call, ours or not
    std::string citations = {};            ///< elements of an array
    std::string redacted = {};             ///< Base64
    std::string bytes = {};                ///< of an image
    std::string format = {};               ///< of an image
    std::optional<BedrockServedBlock> served = {};
  };

  template <class F>
  std::optional<Error> read(std::string_view padded, F&& visit);
  void message_start();
  void block_start(Value root);
  void block_delta(Value root);
  void block_stop(Value root);
  void at(Value index);
  Block* find(Kind kind);
  Block& block_of(Kind kind);
  Block& another(Kind kind);
  void close(std::size_t position);
  void close_all();
  void delta(Name name, Value value);
  void text(std::string_view piece);
  void reasoning(Name name, Value value);
  void redacted(std::string_view piece);
  void call_begins(Value call);
  void call_input(Value input);
  void results(Value list);
  void image(Value piece);
  void citation(Value value);
  void keep_cited_text(const Block& block);
  void keep_redacted(const Block& block);
  void keep_served(const Block& block);
  void keep_image(Block& block);
  void last_words(Value root);
  void usage(Value value);
  void whole_message(Value output);
  void whole_block(Value block);
  bool whole_member(Name name, Value value, Value block);
  bool whole_image(Value value);
  void whole_citations(Value value, Value block);
  void unknown_delta(Name name, Value value);
  std::size_t parts() const { return builder_.has_content(only) ? builder_.part_at_hand(only) + 1 : 0; }

  AnswerDecoder& invoked();

  Target target_;
  std::string provider_;
  AnswerBuilder& builder_;
  std::unique_ptr<AnswerDecoder> invoked_;
  json::Reader reader_;
  std::optional<Error> error_;
  std::vector<Block> open_;  ///< the one at hand is the last, and its part is the builder's
  std::int64_t index_ = 0;   ///< of the event at hand, or of the last that had one
  std::size_t events_ = 0;
  std::int64_t calls_ = 0;
  bool streams_ = false;
  bool stopped_ = false;
  bool measured_ = false;
};

template <class F>
std::optional<Error> BedrockDecoder::read(std::string_view padded, F&& visit) {
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, padded, visit);
  judge_broken(error_, std::move(broken));
  return error_;
}

std::optional<Error> BedrockDecoder::event(std::string_view frame_type, std::string_view padded_data) {
  const Name type = frame_type;
  if (type == "chunk") return invoked().event(type, padded_data);
  if (ascii::trim(padded_data).empty()) return std::nullopt;
  streams_ = true;
  read(padded_data, [&](Value root) {
    if (type == "contentBlockDelta") {
      block_delta(root);
    } else if (type == "contentBlockStart") {
      block_start(root);
    } else if (type == "contentBlockStop") {
      block_stop(root);
    } else if (type == "messageStart") {
      message_start();
    } else if (type == "messageStop" || type == "metadata") {
      close_all();
      last_words(root);
    }
    // An event that is not known: nothing to do.
  });
  if (error_ && reader_.failed()) error_->where("events/" + std::to_string(events_));
  ++events_;
  return error_;
}

AnswerDecoder& BedrockDecoder::invoked() {
  if (!invoked_) invoked_ = BedrockAnthropicCodec().decoder(target_, builder_);
  return *invoked_;
}

void BedrockDecoder::message_start() {
  open_.clear();
  index_ = 0;
  if (!builder_.has_content()) return;
  // A gateway that lost its answer began another one (providers.md, trap 50).
  builder_.restart();
  builder_.warn("messageStart", "the answer began anew in the middle; what came before does not count");
  calls_ = 0;
}

void BedrockDecoder::at(Value index) { index_ = index.count().value_or(index_); }

/// The block at this index that such pieces go on with, which is then the one at hand; null when there is none.
BedrockDecoder::Block* BedrockDecoder::find(Kind kind) {
  const auto found = std::find_if(open_.rbegin(), open_.rend(),
                                  [&](const Block& block) { return block.kind == kind && block.index == index_; });
  if (found == open_.rend()) return nullptr;
  if (found == open_.rbegin()) return &open_.back();
  std::rotate(std::prev(found.base()), found.base(), open_.end());
  if (open_.back().part) builder_.turn_to(only, *open_.back().part);
  return &open_.back();
}

/// The same, begun when there is none.
BedrockDecoder::Block& BedrockDecoder::block_of(Kind kind) {
  Block* found = find(kind);
  return found ? *found : another(kind);
}

BedrockDecoder::Block& BedrockDecoder::another(Kind kind) {
  // What is known at its stop only gets its place now.
  for (std::size_t position = open_.size(); position-- > 0;) {
    if (!open_[position].part) close(position);
  }
  if (open_.size() == most_blocks_at_once) close(0);
  Block block;
  block.index = index_;
  block.kind = kind;
  if (kind == Kind::text || kind == Kind::reasoning) {
    builder_.begin_part(only, kind == Kind::text ? PartKind::text : PartKind::reasoning);
    block.part = builder_.part_at_hand(only);
  }
  return open_.emplace_back(std::move(block));
}

void BedrockDecoder::block_start(Value root) {
  const JsonFields fields(root);
  if (const auto index = fields.find("contentBlockIndex")) at(*index);
  const auto start = fields.find("start");
  if (!start) return;
  start->fields([&](Name kind, Value begun) {
    if (BedrockServedBlock::begins(kind, begun)) {
      const std::string_view id = JsonFields(begun).text("toolUseId");
      if (const Block* again = find(Kind::served); again && !id.empty() && again->id == id) return;
      block_stop(root);
      Block& block = another(Kind::served);
      block.id = id;
      block.served.emplace(kind, begun);
      builder_.count_kept(begun.raw().value_or("").size());
    } else if (kind == "toolUse") {
      call_begins(begun);
    } else if (kind == "image") {
      block_stop(root);
      another(Kind::image).format = JsonFields(begun).text("format");
    } else if (!begun.is_null()) {
      builder_.warn("contentBlockStart", "a block of the kind " + std::string(kind) + " is not known");
    }
  });
}

void BedrockDecoder::block_delta(Value root) {
  std::optional<Value> pieces;
  bool placed = false;
  const auto read_pieces = [&](Value value) {
    value.fields([&](Name name, Value piece) {
      if (!piece.is_null()) delta(name, piece);
    });
  };
  root.fields([&](Name key, Value value) {
    if (key == "contentBlockIndex") {
      at(value);
      placed = true;
    } else if (key == "delta") {
      // Mostly the place is known by now, and the pieces can be read on the way.
      if (placed) return read_pieces(value);
      pieces = value;
    }
  });
  if (pieces) read_pieces(*pieces);
}

void BedrockDecoder::delta(Name name, Value value) {
  if (name == "text") {
    text(value.text());
  } else if (name == "toolUse") {
    value.fields([&](Name key, Value field) {
      if (key == "input") call_input(field);
    });
  } else if (name == "reasoningContent") {
    value.fields([&](Name key, Value field) { reasoning(key, field); });
  } else if (name == "citation") {
    citation(value);
  } else if (name == "toolResult") {
    results(value);
  } else if (name == "image") {
    if (find(Kind::image)) return image(value);
    builder_.warn("contentBlockDelta", never_began);
  } else {
    unknown_delta(name, value);
  }
}

/// Nobody knows what block it is a piece of, and how that would be put together.
void BedrockDecoder::unknown_delta(Name name, Value value) {
  builder_.warn("contentBlockDelta",
                "a piece of a kind that is not known, \"" + std::string(name) + "\", is not part of its block");
  if (const auto raw = value.raw()) {
    builder_.metadata_list("deltas", "[{" + json::quoted(name) + ":" + std::string(*raw) + "}]");
  }
}

void BedrockDecoder::text(std::string_view piece) {
  if (piece.empty()) return;
  block_of(Kind::text);
  builder_.text(only, piece);
}

void BedrockDecoder::reasoning(Name name, Value value) {
  const std::string_view piece = value.text();
  if (piece.empty()) return;
  if (name == "redactedContent") {
    redacted(piece);
  } else if (name == "text" || name == "signature") {
    block_of(Kind::reasoning);
    if (name == "text") builder_.reasoning(only, piece);
    if (name == "signature") builder_.signature(only, provider_, piece);
  }
}

/// Each piece is Base64 on its own.
void BedrockDecoder::redacted(std::string_view piece) {
  Block& sealed = block_of(Kind::redacted);
  builder_.count_kept(piece.size());
  if (sealed.redacted.empty()) {
    sealed.redacted = piece;
    return;
  }
  std::string bytes;
  base64::Decoder decoder;
  const bool first = decoder.feed(sealed.redacted, bytes);
  const bool good = decoder.feed(piece, bytes) && first;
  if (!good) builder_.warn("redactedContent", "characters that are no base64 were skipped");
  sealed.redacted = base64::encode(bytes);
}

/// One that is started again is the same as long as it has the same id.
void BedrockDecoder::call_begins(Value call) {
  const JsonFields fields(call);
  const std::string_view id = fields.text("toolUseId");
  if (const Block* begun = find(Kind::call); begun && !id.empty() && begun->id == id) return;
  for (std::size_t position = open_.size(); position-- > 0;) {
    if (open_[position].index == index_) close(position);
  }
  const std::string name = decode_tool_name(fields.text("name"));
  Block& block = another(Kind::call);
  block.call = calls_++;
  block.id = id;
  ToolCallPiece piece;
  piece.index = block.call;
  piece.numbered = true;
  piece.id = id;
  piece.name = name;
  builder_.tool_call(only, piece);
  block.part = builder_.part_at_hand(only);
}

void BedrockDecoder::call_input(Value input) {
  if (Block* served = find(Kind::served)) {
    const std::string_view text = input.text();
    builder_.count_kept(text.size());
    return served->served->input(text);
  }
  const Block* call = find(Kind::call);
  if (!call) return builder_.warn("contentBlockDelta", never_began);
  ToolCallPiece piece;
  piece.index = call->call;
  piece.numbered = true;
  // In a stream it is a text; some gateways send the object itself.
  piece.arguments = read_call_arguments(builder_, "toolUse/input", input);
  builder_.tool_call(only, piece);
}

void BedrockDecoder::results(Value list) {
  Block* served = find(Kind::served);
  if (!served) return builder_.warn("contentBlockDelta", never_began);
  builder_.count_kept(list.raw().value_or("").size());
  served->served->results(list);
}

void BedrockDecoder::image(Value piece) {
  const auto source = JsonFields(piece).find("source");
  if (!source) return builder_.warn("image", "has no bytes");
  std::string& bytes = block_of(Kind::image).bytes;
  base64::Decoder decoder;
  const std::size_t before = bytes.size();
  if (!decoder.feed(JsonFields(*source).text("bytes"), bytes)) {
    builder_.warn("image", "characters that are no base64 were skipped");
  }
  builder_.count_kept(bytes.size() - before);
}

/// Of the blocks at one index; others go on.
void BedrockDecoder::block_stop(Value root) {
  if (const auto index = JsonFields(root).find("contentBlockIndex")) at(*index);
  for (std::size_t position = open_.size(); position-- > 0;) {
    if (open_[position].index == index_) close(position);
  }
}

void BedrockDecoder::close(std::size_t position) {
  Block block = std::move(open_[position]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(position));
  if (block.kind == Kind::text) keep_cited_text(block);
  if (block.kind == Kind::redacted) keep_redacted(block);
  if (block.kind == Kind::served) keep_served(block);
  if (block.kind == Kind::image) keep_image(block);
  if (!open_.empty() && open_.back().part) builder_.turn_to(only, *open_.back().part);
}

void BedrockDecoder::close_all() {
  while (!open_.empty()) close(0);
}

/// A text with citations goes back with them.
void BedrockDecoder::keep_cited_text(const Block& block) {
  if (block.citations.empty()) return;
  std::string raw;
  json::Writer writer(raw);
  writer.begin_object().key("citationsContent").begin_object().key("content").begin_array();
  writer.begin_object().key("text").string(builder_.part_text(only, block.part.value_or(0)));
  writer.end_object().end_array();
  writer.key("citations").raw("[" + block.citations + "]").end_object().end_object();
  builder_.turn_to(only, block.part.value_or(0));
  builder_.raw(only, provider_, raw);
}

void BedrockDecoder::keep_redacted(const Block& block) {
  std::string raw;
  json::Writer writer(raw);
  writer.begin_object().key("reasoningContent").begin_object();
  writer.key("redactedContent").string(block.redacted).end_object().end_object();
  builder_.unknown(only, provider_, raw, "reasoningContent");
}

void BedrockDecoder::keep_served(const Block& block) {
  const auto json = block.served->as_json();
  if (!json) return builder_.warn("content", "a block of a tool of Bedrock's own is not JSON and left out");
  builder_.unknown(only, provider_, *json, block.served->member());
}

void BedrockDecoder::keep_image(Block& block) {
  if (block.bytes.empty()) return;
  std::string type = block.format.empty() ? std::string(image_type(block.bytes)) : "image/" + block.format;
  builder_.image(only, std::move(block.bytes), std::move(type));
}

void BedrockDecoder::citation(Value value) {
  std::string& citations = block_of(Kind::text).citations;
  const auto raw = value.raw();
  if (!raw) return;
  if (!citations.empty()) citations += ',';
  citations += *raw;
  const JsonFields fields(value);
  Citation citation;
  citation.title(std::string(fields.text("title"))).source(std::string(fields.text("source"))).raw(Json(*raw));
  std::string cited;
  if (const auto content = fields.find("sourceContent")) {
    content->elements([&](Value piece) { cited += JsonFields(piece).text("text"); });
  }
  if (const auto location = fields.find("location")) {
    location->fields([&](std::string_view, Value place) {
      const JsonFields of(place);
      citation.url(std::string(of.text("url")));
      const auto index = of.find("documentIndex");
      if (index && citation.source().empty()) citation.source(std::string(index->raw().value_or("")));
    });
  }
  builder_.citation(only, std::move(citation.cited_text(std::move(cited))));
}

/// What an answer says beside its content, in its whole form or in the last events.
void BedrockDecoder::last_words(Value root) {
  root.fields([&](Name key, Value value) {
    if (value.is_null()) return;
    if (key == "stopReason") {
      const std::string_view reason = value.text();
      if (reason.empty()) return;
      stopped_ = true;
      builder_.finish(only, read_bedrock_stop(reason), reason);
    } else if (key == "usage") {
      measured_ = true;
      usage(value);
    } else if (key != "output" && key != "p") {
      // `p` is padding (trap 45).
      keep_metadata(builder_, key, value);
    }
  });
}

/// What was read from a cache or written to it is not in `inputTokens` (trap 109); the total is not believed (111).
void BedrockDecoder::usage(Value value) {
  Count uncached;
  Count read;
  Count written;
  Count output;
  value.fields([&](Name key, Value field) {
    if (key == "inputTokens") {
      uncached = read_token_count(field);
    } else if (key == "outputTokens") {
      output = read_token_count(field);
    } else if (key == "cacheReadInputTokens") {
      read = read_token_count(field);
    } else if (key == "cacheWriteInputTokens") {
      written = read_token_count(field);
    } else if (key != "totalTokens" && !field.is_null()) {
      keep_metadata(builder_, "usage." + std::string(key), field);
    }
  });
  Usage usage;
  if (uncached.known()) usage.input_tokens(uncached.at_least() + read.at_least() + written.at_least());
  builder_.usage(usage.cached_input_tokens(read).cache_write_tokens(written).output_tokens(output));
}

std::optional<Error> BedrockDecoder::whole(std::string_view padded_body) {
  bool is_claude = false;
  read(padded_body, [&](Value root) {
    const JsonFields fields(root);
    is_claude = fields.text("type") == "message" && fields.find("content");
    if (is_claude) return;
    const auto output = fields.find("output");
    const auto message = output ? JsonFields(*output).find("message") : std::nullopt;
    const bool fails = fields.find("message") || fields.find("Message") || fields.find("__type") ||
                       (fields.find("error") && tells_error(*fields.find("error")));
    if (!output && fails) {
      error_ = in_band_error(root, aws_error_name(fields.text("__type")));
    } else if (!message) {
      error_ = Error(ErrorKind::protocol, "the answer has no message").where("output/message");
    } else {
      whole_message(*message);
      last_words(root);
      measured_ = true;
    }
  });
  return is_claude ? invoked().whole(padded_body) : error_;
}

void BedrockDecoder::whole_message(Value message) {
  message.fields([&](Name key, Value value) {
    if (key == "content") value.elements([&](Value block) { whole_block(block); });
  });
  // A gateway may leave the reason out (trap 38): this is all there is.
  stopped_ = true;
}

void BedrockDecoder::whole_block(Value block) {
  if (block.type() != Type::object) {
    builder_.warn("content", "a block that is no object is left out");
    return;
  }
  const std::size_t before = parts();
  std::string unknown;
  block.fields([&](Name name, Value value) {
    if (!value.is_null() && !whole_member(name, value, block) && unknown.empty()) unknown = name;
  });
  // Nothing is left to be kept of it.
  open_.clear();
  if (unknown.empty()) return;
  // Only its own bytes are the whole of it.
  const auto raw = block.raw();
  const std::size_t began = parts() - before;
  if (!raw || began > 1) {
    builder_.warn("content", raw ? "what is not known of a block that is two is left out"
                                 : "a block that is not valid JSON, or nested too deep, is left out");
  } else if (began == 1) {
    builder_.raw(only, provider_, *raw);
  } else {
    builder_.unknown(only, provider_, *raw, unknown);
  }
}

/// False when there is nothing in it that is ours to read.
bool BedrockDecoder::whole_member(Name name, Value value, Value block) {
  if (name == "text") {
    text(value.text());
  } else if (name == "image") {
    return whole_image(value);
  } else if (name == "toolUse" && !BedrockServedBlock::begins(name, value)) {
    call_begins(value);
    if (const auto input = JsonFields(value).find("input")) call_input(*input);
  } else if (name == "citationsContent") {
    whole_citations(value, block);
  } else if (name == "reasoningContent") {
    const JsonFields fields(value);
    const auto said = fields.find("reasoningText");
    if (!said) return false;
    said->fields([&](Name key, Value field) { reasoning(key, field); });
  } else {
    return false;
  }
  return true;
}

bool BedrockDecoder::whole_image(Value value) {
  block_of(Kind::image).format = JsonFields(value).text("format");
  image(value);
  // One in a bucket is known by its place only.
  Block& sent = block_of(Kind::image);
  if (sent.bytes.empty()) return false;
  keep_image(sent);
  return true;
}

void BedrockDecoder::whole_citations(Value value, Value block) {
  const JsonFields fields(value);
  const auto raw = block.raw();
  if (const auto content = fields.find("content")) {
    content->elements([&](Value piece) { text(JsonFields(piece).text("text")); });
  }
  block_of(Kind::text);
  if (const auto list = fields.find("citations")) {
    list->elements([&](Value entry) { citation(entry); });
  }
  if (raw) builder_.raw(only, provider_, *raw);
}

std::optional<Error> BedrockDecoder::end() {
  if (invoked_) return invoked_->end();
  close_all();
  if (builder_.choice_count() > 0) mend_tool_calls(builder_, only);
  if (error_) return error_;
  if (!stopped_) return Error(ErrorKind::truncated, "the answer ended before its stop reason").where("messageStop");
  if (!builder_.finished(only)) builder_.finish(only, FinishReason::other, "");
  if (streams_ && !measured_) builder_.warn("metadata", "did not come; the usage is not known");
  return std::nullopt;
}

}  // namespace

std::unique_ptr<AnswerDecoder> BedrockCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<BedrockDecoder>(target, builder);
}

}  // namespace antiphon::inline v0::codec
