#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/errors.hpp"
#include "providers/gemini.hpp"
#include "providers/gemini_partial_args.hpp"
#include "providers/json_fields.hpp"
#include "providers/token_count.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

FinishReason read_finish(std::string_view raw) {
  if (raw.empty() || raw == "FINISH_REASON_UNSPECIFIED") return FinishReason::none;
  if (raw == "STOP") return FinishReason::stop;
  if (raw == "MAX_TOKENS" || raw == "CONTINUATION") return FinishReason::length;
  for (const std::string_view filter : {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
                                        "MODEL_ARMOR", "JAILBREAK"}) {
    if (raw.find(filter) != raw.npos) return FinishReason::content_filter;
  }
  if (raw.starts_with("MALFORMED") || raw.find("TOOL_CALL") != raw.npos) return FinishReason::error;
  return FinishReason::other;
}

/// Reads responses: one in all, or one after the other, each with the next pieces (providers.md §4.5, §4.6).
class Decoder final : public AnswerDecoder {
 public:
  Decoder(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override { return event({}, padded_body); }
  std::optional<Error> end() override;
  /// The end of the body is the end of the answer.
  bool done() const override { return false; }

 private:
  struct ChoiceState {
    std::int64_t calls = 0;
    bool call_open = false;      ///< its arguments come in pieces
    bool sealed = false;         ///< the part at hand has a seal: nothing is joined to it
    GeminiPartialArgs arguments = {};
  };

  void response(Value root);
  void candidate(Value value, std::size_t position);
  void part(std::size_t choice, Value value);
  void text(std::size_t choice, std::string_view text, bool thought, std::string_view signature);
  void call(std::size_t choice, Value call, Value whole_part, std::string_view signature);
  void call_piece(std::size_t choice, const JsonFields& fields);
  void close_call(std::size_t choice);
  void inline_data(std::size_t choice, Value data, Value whole_part);
  void prompt_feedback(Value value);
  void citations(std::size_t choice, Value value);
  void grounding(std::size_t choice, Value value);
  void logprobs(std::size_t choice, Value value);
  void usage(Value value);
  void metadata(std::string_view name, Value value);
  ChoiceState& state(std::size_t choice);

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::optional<Error> error_;
  std::vector<ChoiceState> states_;
  std::size_t events_ = 0;
};

std::optional<Error> Decoder::event(std::string_view, std::string_view padded_data) {
  const std::string_view data = ascii::trim(padded_data);
  if (data.empty() || data == "[DONE]") return std::nullopt;
  reader_.read(padded_data, [&](Value root) {
    // Without `alt=sse` the stream is one array.
    if (root.type() == Type::array) {
      root.elements([&](Value element) { response(element); });
    } else {
      response(root);
    }
  });
  if (reader_.repaired()) builder_.warn("encoding", "bytes that are not UTF-8 were repaired (U+FFFD)");
  if (!error_ && reader_.failed()) {
    error_ = not_json(padded_data, reader_.error()).where("events/" + std::to_string(events_));
  }
  ++events_;
  return error_;
}

Decoder::ChoiceState& Decoder::state(std::size_t choice) {
  if (choice >= states_.size()) states_.resize(choice + 1);
  return states_[choice];
}

void Decoder::response(Value root) {
  root.fields([&](std::string_view key, Value value) {
    if (value.is_null()) return;
    if (key == "candidates") {
      std::size_t position = 0;
      value.elements([&](Value entry) { candidate(entry, position++); });
    } else if (key == "error") {
      if (tells_error(value) && !error_) error_ = in_band_error(root);
    } else if (key == "usageMetadata") {
      usage(value);
    } else if (key == "promptFeedback") {
      prompt_feedback(value);
    } else if (key == "modelVersion") {
      builder_.model(value.string().value_or(""));
    } else if (key == "responseId") {
      builder_.id(value.string().value_or(""));
    } else {
      metadata(key, value);
    }
  });
}

void Decoder::metadata(std::string_view name, Value value) {
  if (const auto raw = value.raw()) {
    builder_.metadata(name, *raw);
  } else {
    builder_.warn(name, "is not valid JSON, or nested too deep, and left out");
  }
}

/// A prompt that was refused has no candidates (providers.md §4.5, trap 54).
void Decoder::prompt_feedback(Value value) {
  metadata("promptFeedback", value);
  const JsonFields fields(value);
  const std::string_view reason = fields.text("blockReason");
  if (!reason.empty()) builder_.finish(0, FinishReason::content_filter, reason);
}

void Decoder::candidate(Value value, std::size_t position) {
  const JsonFields fields(value);
  std::size_t choice = position;
  if (const auto index = fields.find("index")) {
    const Count number = index->count();
    if (number.known() && number.at_least() >= 0) choice = static_cast<std::size_t>(number.at_least());
  }
  if (choice >= AnswerBuilder::most_choices) {
    error_ = Error(ErrorKind::protocol, "the index of a candidate is out of range").where("candidates");
    return;
  }
  if (const auto content = fields.find("content")) {
    content->fields([&](std::string_view key, Value inner) {
      if (key == "parts") inner.elements([&](Value entry) { part(choice, entry); });
    });
  }
  value.fields([&](std::string_view key, Value field) {
    if (field.is_null() || key == "content" || key == "index" || key == "finishReason") return;
    if (key == "citationMetadata") {
      citations(choice, field);
    } else if (key == "logprobsResult") {
      logprobs(choice, field);
    } else {
      if (key == "groundingMetadata") grounding(choice, field);
      metadata(choice == 0 ? std::string(key) : std::string(key) + "." + std::to_string(choice), field);
    }
  });
  const std::string_view reason = fields.text("finishReason");
  if (read_finish(reason) == FinishReason::none) return;
  close_call(choice);
  builder_.finish(choice, read_finish(reason), reason);
}

void Decoder::part(std::size_t choice, Value value) {
  const JsonFields fields(value);
  const std::string_view signature = fields.text("thoughtSignature");
  if (const auto function = fields.find("functionCall")) return call(choice, *function, value, signature);
  close_call(choice);
  if (const auto said = fields.find("text")) {
    const auto thought = fields.find("thought");
    return text(choice, said->string().value_or(""), thought && thought->boolean().value_or(false), signature);
  }
  if (const auto data = fields.find("inlineData")) return inline_data(choice, *data, value);
  const auto raw = value.raw();
  if (!raw || value.type() != Type::object) {
    builder_.warn("parts", "a part that is not valid JSON is left out");
    return;
  }
  std::string type;
  value.fields([&](std::string_view key, Value) {
    if (type.empty() && key != "thought" && key != "thoughtSignature") type = key;
  });
  if (type.empty() && signature.empty()) return;
  builder_.unknown(choice, provider_, *raw, type);
}

/// Texts of one kind are one text, but what has a seal stands alone (providers.md §4.3, trap 53).
void Decoder::text(std::size_t choice, std::string_view text, bool thought, std::string_view signature) {
  ChoiceState& at = state(choice);
  if (!signature.empty() || at.sealed) {
    if (text.empty() && signature.empty()) return;
    builder_.begin_part(choice, thought ? PartKind::reasoning : PartKind::text);
  }
  at.sealed = !signature.empty();
  if (thought) {
    builder_.reasoning(choice, text);
  } else {
    builder_.text(choice, text);
  }
  builder_.signature(choice, provider_, signature);
}

void Decoder::call(std::size_t choice, Value call, Value whole_part, std::string_view signature) {
  const JsonFields fields(call);
  const auto more = fields.find("willContinue");
  // A name begins another call, whatever became of the one before.
  if (!fields.text("name").empty()) close_call(choice);
  if (state(choice).call_open || fields.find("partialArgs") || (more && more->boolean().value_or(false))) {
    return call_piece(choice, fields);
  }
  ChoiceState& at = state(choice);
  ToolCallPiece piece;
  const std::string name = decode_tool_name(fields.text("name"));
  const auto args = fields.find("args");
  piece.index = at.calls++;
  piece.id = fields.text("id");
  piece.name = name;
  piece.arguments = args ? args->string().value_or(args->raw().value_or("")) : std::string_view();
  builder_.tool_call(choice, piece);
  builder_.signature(choice, provider_, signature);
  at.sealed = !signature.empty();
  if (const auto raw = whole_part.raw()) builder_.raw(choice, provider_, *raw);
}

/// A call whose arguments come value by value.
void Decoder::call_piece(std::size_t choice, const JsonFields& fields) {
  ChoiceState& at = state(choice);
  const std::string_view name = fields.text("name");
  if (!std::exchange(at.call_open, true)) {
    ToolCallPiece piece;
    const std::string decoded = decode_tool_name(name);
    piece.index = at.calls;
    piece.id = fields.text("id");
    piece.name = decoded;
    builder_.tool_call(choice, piece);
  }
  if (const auto partial = fields.find("partialArgs")) {
    partial->elements([&](Value entry) {
      if (!at.arguments.add(entry)) builder_.warn("partialArgs", "a value that leads nowhere is left out");
    });
  }
  const auto more = fields.find("willContinue");
  if (!more || !more->boolean().value_or(false)) close_call(choice);
}

void Decoder::close_call(std::size_t choice) {
  ChoiceState& at = state(choice);
  if (!std::exchange(at.call_open, false)) return;
  const std::string arguments = at.arguments.take();
  ToolCallPiece piece;
  piece.index = at.calls++;
  piece.arguments = arguments;
  builder_.tool_call(choice, piece);
}

void Decoder::inline_data(std::size_t choice, Value data, Value whole_part) {
  const JsonFields fields(data);
  const std::string media_type(fields.text("mimeType"));
  std::string bytes;
  base64::Decoder decoder;
  if (!decoder.feed(fields.text("data"), bytes)) builder_.warn("inlineData", "characters that are no base64 were skipped");
  if (media_type.starts_with("audio/")) {
    builder_.audio(choice, bytes, {});
    return;
  }
  builder_.image(choice, std::move(bytes), media_type);
  if (const auto raw = whole_part.raw()) builder_.raw(choice, provider_, *raw);
}

void Decoder::citations(std::size_t choice, Value value) {
  value.fields([&](std::string_view key, Value list) {
    if (key != "citationSources" && key != "citations") return;
    list.elements([&](Value entry) {
      const JsonFields fields(entry);
      Citation citation;
      citation.url(std::string(fields.text("uri"))).title(std::string(fields.text("title")));
      citation.raw(Json(entry.raw().value_or("{}")));
      // A missing number is zero here.
      const auto start = fields.find("startIndex");
      const auto end = fields.find("endIndex");
      citation.start(start && start->count().known() ? start->count().at_least() : 0);
      if (end && end->count().known()) citation.end(end->count().at_least());
      builder_.citation(choice, std::move(citation));
    });
  });
}

/// Each piece of the text that is supported, with each source that supports it.
void Decoder::grounding(std::size_t choice, Value value) {
  const JsonFields fields(value);
  std::vector<Citation> sources;
  if (const auto chunks = fields.find("groundingChunks")) {
    chunks->elements([&](Value chunk) {
      Citation source;
      chunk.fields([&](std::string_view, Value kind) {
        const JsonFields of(kind);
        source.url(std::string(of.text("uri"))).title(std::string(of.text("title")));
      });
      sources.push_back(std::move(source.raw(Json(chunk.raw().value_or("{}")))));
    });
  }
  const auto supports = fields.find("groundingSupports");
  if (!supports) return;
  supports->elements([&](Value support) {
    const JsonFields of(support);
    const auto segment = of.find("segment");
    const auto indices = of.find("groundingChunkIndices");
    if (!segment || !indices) return;
    const JsonFields where(*segment);
    const auto number = [&](const char* name) {
      const auto field = where.find(name);
      return field && field->count().known() ? field->count().at_least() : 0;
    };
    indices->elements([&](Value index) {
      const Count at = index.count();
      if (!at.known() || at.at_least() < 0 || at.at_least() >= static_cast<std::int64_t>(sources.size())) return;
      Citation citation = sources[static_cast<std::size_t>(at.at_least())];
      builder_.citation(choice, citation.start(number("startIndex")).end(number("endIndex")));
    });
  });
}

void Decoder::logprobs(std::size_t choice, Value value) {
  const JsonFields fields(value);
  const auto chosen = fields.find("chosenCandidates");
  if (const auto raw = chosen ? chosen->raw() : std::nullopt) builder_.logprobs(choice, *raw);
  metadata("logprobsResult", value);
}

/// Thoughts are beside what Google calls the candidates' tokens, cached ones inside the prompt's (§4.5, traps 109, 110).
void Decoder::usage(Value value) {
  Count prompt;
  Count candidates;
  Count thoughts;
  Count tools;
  Count cached;
  value.fields([&](std::string_view key, Value field) {
    if (key == "promptTokenCount") {
      prompt = read_token_count(field);
    } else if (key == "candidatesTokenCount") {
      candidates = read_token_count(field);
    } else if (key == "thoughtsTokenCount") {
      thoughts = read_token_count(field);
    } else if (key == "toolUsePromptTokenCount") {
      tools = read_token_count(field);
    } else if (key == "cachedContentTokenCount") {
      cached = read_token_count(field);
    } else if (key != "totalTokenCount" && !field.is_null()) {
      metadata("usage." + std::string(key), field);
    }
  });
  Usage usage;
  if (prompt.known()) usage.input_tokens(prompt.at_least() + tools.at_least());
  if (candidates.known() || thoughts.known()) usage.output_tokens(candidates.at_least() + thoughts.at_least());
  builder_.usage(usage.cached_input_tokens(cached).reasoning_tokens(thoughts));
}

std::optional<Error> Decoder::end() {
  for (std::size_t choice = 0; choice < states_.size(); ++choice) {
    close_call(choice);
    if (builder_.began(choice)) mend_tool_calls(builder_, choice);
  }
  if (error_) return error_;
  if (builder_.all_finished()) return std::nullopt;
  return Error(ErrorKind::truncated, "the answer ended before its finish reason").where("candidates");
}

}  // namespace

std::unique_ptr<AnswerDecoder> GeminiCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<Decoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
