#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/call_arguments.hpp"
#include "providers/errors.hpp"
#include "providers/gemini.hpp"
#include "providers/gemini_citations.hpp"
#include "providers/gemini_partial_args.hpp"
#include "providers/json_fields.hpp"
#include "providers/merged_object.hpp"
#include "providers/reading_answer.hpp"
#include "providers/token_count.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Name;
using json::Type;
using json::Value;

FinishReason read_finish(std::string_view raw) {
  if (raw == "STOP") return FinishReason::stop;
  if (raw == "MAX_TOKENS" || raw == "CONTINUATION") return FinishReason::length;
  for (const std::string_view filter :
       {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "JAILBREAK"}) {
    if (raw.find(filter) != raw.npos) return FinishReason::content_filter;
  }
  if (raw.starts_with("MALFORMED") || raw.find("TOOL_CALL") != raw.npos) return FinishReason::error;
  return FinishReason::other;
}

std::string metadata_name(std::size_t choice, std::string_view name) {
  return choice == 0 ? std::string(name) : std::string(name) + "." + std::to_string(choice);
}

/// What a part holds (providers.md §4.3).
struct PartFields {
  std::optional<Value> text;
  std::optional<Value> call;
  std::optional<Value> data;
  std::string_view signature;
  bool thought = false;
  /// Has something that we do not know: only its own bytes are the whole of it.
  bool has_more = false;

  explicit PartFields(Value part) {
    part.fields([this](Name key, Value value) {
      if (value.is_null()) return;
      if (key == "text") {
        text = value;
      } else if (key == "functionCall") {
        call = value;
      } else if (key == "inlineData") {
        data = value;
      } else if (key == "thoughtSignature") {
        signature = value.text();
      } else if (key == "thought") {
        thought = value.boolean().value_or(false);
      } else {
        has_more = true;
      }
    });
  }
};

/// Reads responses: one in all, or one after the other, each with the next pieces (providers.md §4.5, §4.6).
class GeminiDecoder final : public AnswerDecoder {
 public:
  GeminiDecoder(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  /// The end of the body is the end of the answer.
  bool done() const override { return false; }

 private:
  struct ChoiceState {
    std::int64_t calls = 0;
    std::optional<std::size_t> call_part = {};    ///< of the last call
    bool call_open = false;                       ///< its arguments come in pieces
    bool sealed = false;                          ///< the part at hand stands alone: nothing is joined to it
    std::string reason = {};                      ///< the last that was given
    std::map<std::string, std::string> ids = {};  ///< of whole calls, with their arguments
    GeminiPartialArgs arguments = {};
    GeminiCitations citations = {};
    // What stands beside the content and comes in pieces.
    MergedObject cited = MergedObject();
    MergedObject grounding = MergedObject();
    MergedObject pages = MergedObject();
    MergedObject logprobs = MergedObject(MergedObject::Lists::go_on);

    MergedObject* gathered(std::string_view name) {
      if (name == "citationMetadata") return &cited;
      if (name == "groundingMetadata") return &grounding;
      if (name == "urlContextMetadata") return &pages;
      if (name == "logprobsResult") return &logprobs;
      return nullptr;
    }
  };

  void response(Value root);
  void candidates(Value list);
  struct Candidate;
  void candidate(std::size_t choice, const Candidate& candidate);
  void beside_content(std::size_t choice, Name key, Value value);
  void finish_beside_content(std::size_t choice);
  void part(std::size_t choice, Value value, const PartFields& fields);
  void text(std::size_t choice, const PartFields& fields, Value whole_part);
  void call(std::size_t choice, const PartFields& fields, Value whole_part);
  bool whole_call(std::size_t choice, const JsonFields& call);
  void call_piece(std::size_t choice, const JsonFields& call);
  void close_call(std::size_t choice);
  void seal_call(std::size_t choice, std::string_view signature);
  void inline_data(std::size_t choice, const PartFields& fields, Value whole_part);
  void unknown(std::size_t choice, Value value, std::string_view signature);
  void raw(std::size_t choice, Value whole_part);
  void prompt_feedback(Value value);
  void cite(std::size_t choice, std::vector<Citation> citations);
  void logprobs(std::size_t choice, Value value);
  void usage(Value value);
  void judge_finish(std::size_t choice);
  ChoiceState& state(std::size_t choice) {
    if (choice >= states_.size()) add_states(choice);
    return states_[choice];
  }
  void add_states(std::size_t choice);

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::optional<Error> error_;
  std::string blocked_;     ///< why the prompt is not answered
  std::string usage_name_;  ///< room for a name, for each event has one
  std::vector<ChoiceState> states_;
  std::size_t events_ = 0;
  bool whole_ = false;
};

struct GeminiDecoder::Candidate {
  Value whole;
  std::optional<Value> index, content;
  /// The first part of the content, read while that was walked over: in a stream there is no other.
  std::optional<Value> first;
  std::optional<PartFields> fields_of_first;
  std::size_t parts = 0;
  std::string_view reason;
  bool has_more = false;

  explicit Candidate(Value value) : whole(value) {
    value.fields([this](Name key, Value field) {
      if (field.is_null()) return;
      if (key == "content") {
        content = field;
        read_first(field);
      } else if (key == "index") {
        index = field;
      } else if (key == "finishReason") {
        reason = field.text();
      } else {
        has_more = true;
      }
    });
  }

 private:
  void read_first(Value value) {
    parts = 0;
    value.fields([this](Name key, Value list) {
      if (key != "parts") return;
      list.elements([this](Value part) {
        if (++parts != 1) return;
        first = part;
        fields_of_first.emplace(part);
      });
    });
  }
};

std::optional<Error> GeminiDecoder::event(std::string_view, std::string_view padded_data) {
  const std::string_view data = ascii::trim(padded_data);
  if (data.empty() || data == "[DONE]") return std::nullopt;
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, data, [&](Value root) {
    // Without `alt=sse` the stream is one array.
    if (root.type() == Type::array) {
      root.elements([&](Value element) { response(element); });
    } else {
      response(root);
    }
  });
  if (!error_ && broken) error_ = broken->where("events/" + std::to_string(events_));
  ++events_;
  return error_;
}

std::optional<Error> GeminiDecoder::whole(std::string_view padded_body) {
  whole_ = true;
  return event({}, padded_body);
}

[[gnu::noinline]] void GeminiDecoder::add_states(std::size_t choice) { states_.resize(choice + 1); }

void GeminiDecoder::response(Value root) {
  root.fields([&](Name key, Value value) {
    if (value.is_null()) return;
    if (key == "candidates") {
      candidates(value);
    } else if (key == "error") {
      if (tells_error(value) && !error_) error_ = in_band_error(root);
    } else if (key == "usageMetadata") {
      usage(value);
    } else if (key == "promptFeedback") {
      prompt_feedback(value);
    } else if (key == "modelVersion") {
      if (!builder_.has_model()) builder_.model(value.text());
    } else if (key == "responseId") {
      if (!builder_.has_id()) builder_.id(value.text());
    } else {
      if (key == "createTime" && !builder_.has_id_seed()) builder_.id_seed(value.text());
      keep_metadata(builder_, key, value);
    }
  });
}

/// A prompt that was refused has no candidates (providers.md §4.5, trap 54).
void GeminiDecoder::prompt_feedback(Value value) {
  keep_metadata(builder_, "promptFeedback", value);
  const std::string_view reason = JsonFields(value).text("blockReason");
  if (!reason.empty()) blocked_ = reason;
}

void GeminiDecoder::candidates(Value list) {
  std::size_t unnumbered = 0;
  list.elements([&](Value entry) {
    const Candidate read(entry);
    // A missing number is zero; where none has one, they stand in order.
    std::size_t choice = read.index ? 0 : unnumbered++;
    const Count number = read.index ? read.index->count() : Count();
    if (number.known() && number.at_least() >= 0) choice = static_cast<std::size_t>(number.at_least());
    if (choice < AnswerBuilder::most_choices) return candidate(choice, read);
    if (!error_) error_ = Error(ErrorKind::protocol, "the index of a candidate is out of range").where("candidates");
  });
}

void GeminiDecoder::candidate(std::size_t choice, const Candidate& candidate) {
  state(choice);
  if (candidate.parts == 1) {
    part(choice, *candidate.first, *candidate.fields_of_first);
  } else if (candidate.content) {
    candidate.content->fields([&](Name key, Value parts) {
      if (key == "parts") parts.elements([&](Value entry) { part(choice, entry, PartFields(entry)); });
    });
  }
  // What stands beside the content is about it, wherever it stands.
  if (candidate.has_more) {
    candidate.whole.fields([&](Name key, Value field) {
      const bool done = key == "content" || key == "index" || key == "finishReason";
      if (!done && !field.is_null()) beside_content(choice, key, field);
    });
  }
  if (candidate.reason.empty()) return;
  close_call(choice);
  // Older models give one with each piece: the last is meant.
  state(choice).reason = candidate.reason;
}

void GeminiDecoder::beside_content(std::size_t choice, Name key, Value value) {
  if (key == "citationMetadata") cite(choice, state(choice).citations.sources(value));
  if (key == "logprobsResult") logprobs(choice, value);
  keep_metadata(builder_, metadata_name(choice, key), value);
  MergedObject* gathered = value.type() == Type::object ? state(choice).gathered(key) : nullptr;
  if (!gathered) return;
  if (const auto raw = value.raw()) builder_.count_kept(gathered->add(*raw));
}

/// What the events said one after the other becomes what a whole answer says. Only now it is known which sources there
/// are.
void GeminiDecoder::finish_beside_content(std::size_t choice) {
  ChoiceState& at = state(choice);
  for (const char* name : {"citationMetadata", "groundingMetadata", "urlContextMetadata", "logprobsResult"}) {
    const MergedObject& gathered = *at.gathered(name);
    if (gathered.merged()) builder_.metadata(metadata_name(choice, name), gathered.json());
    if (!gathered.complete()) builder_.warn(metadata_name(choice, name), "has more members than are kept");
  }
  if (at.grounding.empty()) return;
  json::Reader reader;
  reader.read_copy(at.grounding.json(), [&](Value grounding) { cite(choice, at.citations.supports(grounding)); });
  if (!at.citations.without_source()) return;
  builder_.warn("citations", "some are of sources that did not come; all of it is in the metadata");
}

void GeminiDecoder::part(std::size_t choice, Value value, const PartFields& fields) {
  if (fields.call) return call(choice, fields, value);
  if (fields.text) return text(choice, fields, value);
  if (fields.data) return inline_data(choice, fields, value);
  unknown(choice, value, fields.signature);
}

/// A part of a kind that is not ours to read, as the bytes that it is.
void GeminiDecoder::unknown(std::size_t choice, Value value, std::string_view signature) {
  const auto raw = value.raw();
  if (!raw || value.type() != Type::object) {
    builder_.warn("parts", "a part that is not valid JSON, or nested too deep, is left out");
    return;
  }
  std::string type;
  value.fields([&](Name key, Value) {
    if (type.empty() && key != "thought" && key != "thoughtSignature") type = key;
  });
  if (!type.empty() || !signature.empty()) builder_.unknown(choice, provider_, *raw, type);
}

void GeminiDecoder::raw(std::size_t choice, Value whole_part) {
  if (const auto bytes = whole_part.raw()) builder_.raw(choice, provider_, *bytes);
}

/// Texts of one kind are one text, but what has a seal, or something that we do not know, stands alone (providers.md
/// §4.3, trap 53).
void GeminiDecoder::text(std::size_t choice, const PartFields& fields, Value whole_part) {
  ChoiceState& at = state(choice);
  const std::string_view said = fields.text->text();
  const bool stands_alone = !fields.signature.empty() || fields.has_more;
  if (stands_alone || at.sealed) {
    if (said.empty() && !stands_alone) return;
    builder_.begin_part(choice, fields.thought ? PartKind::reasoning : PartKind::text);
  }
  at.sealed = stands_alone;
  if (!fields.thought) {
    builder_.text(choice, said);
  } else if (!said.empty() || stands_alone) {
    builder_.reasoning(choice, said);
    builder_.raw(choice, provider_, {});
  }
  builder_.signature(choice, provider_, fields.signature);
  if (fields.has_more) raw(choice, whole_part);
}

void GeminiDecoder::call(std::size_t choice, const PartFields& fields, Value whole_part) {
  const JsonFields call(*fields.call);
  const auto more = call.find("willContinue");
  // A name begins another call, whatever became of the one before.
  const bool named = !call.text("name").empty();
  if (named) close_call(choice);
  ChoiceState& at = state(choice);
  const bool in_pieces = at.call_open || call.find("partialArgs") || (more && more->boolean().value_or(false));
  // The end of a call that ended already may still have its seal.
  if (!in_pieces && !named && !call.find("args")) return seal_call(choice, fields.signature);
  if (!named && !at.call_open) {
    return builder_.warn("functionCall", "a call without a name, or a piece of one that never began, is left out");
  }
  if (in_pieces) {
    call_piece(choice, call);
  } else if (whole_call(choice, call)) {
    raw(choice, whole_part);
  } else {
    return;
  }
  // What is said next is another part, and not joined to what was said before the call.
  if (at.call_part) builder_.turn_to(choice, *at.call_part);
  at.sealed = false;
  seal_call(choice, fields.signature);
}

void GeminiDecoder::seal_call(std::size_t choice, std::string_view signature) {
  ChoiceState& at = state(choice);
  if (!at.call_part || signature.empty()) return;
  builder_.turn_to(choice, *at.call_part);
  builder_.signature(choice, provider_, signature);
}

/// False when it came before, or says nothing.
bool GeminiDecoder::whole_call(std::size_t choice, const JsonFields& call) {
  ChoiceState& at = state(choice);
  ToolCallPiece piece;
  const std::string name = decode_tool_name(call.text("name"));
  piece.id = call.text("id");
  piece.name = name;
  if (const auto args = call.find("args")) piece.arguments = read_call_arguments(builder_, "functionCall/args", *args);
  if (piece.id.empty() && piece.name.empty() && piece.arguments.empty()) return false;
  if (!piece.id.empty()) {
    const auto [known, is_new] = at.ids.try_emplace(std::string(piece.id), piece.arguments);
    if (!is_new && known->second == piece.arguments) {
      builder_.warn("functionCall/id", "a call came twice; it counts once");
      return false;
    }
    // Two calls need two ids.
    if (!is_new) piece.id = {};
  }
  piece.index = at.calls++;
  piece.numbered = true;
  builder_.tool_call(choice, piece);
  at.call_part = builder_.part_at_hand(choice);
  return true;
}

/// A call whose arguments come value by value.
void GeminiDecoder::call_piece(std::size_t choice, const JsonFields& call) {
  ChoiceState& at = state(choice);
  if (!std::exchange(at.call_open, true)) {
    ToolCallPiece piece;
    const std::string name = decode_tool_name(call.text("name"));
    piece.index = at.calls;
    piece.numbered = true;
    piece.id = call.text("id");
    piece.name = name;
    builder_.tool_call(choice, piece);
    at.call_part = builder_.part_at_hand(choice);
  }
  // No tool is to run with a part of its arguments.
  const auto args = call.find("args");
  const bool whole = args && args->type() == Type::object && !args->is_empty();
  if (whole && !at.arguments.add(*args)) {
    builder_.warn("functionCall/args", "came to a call whose values come one by one: the arguments are not whole");
  }
  if (const auto partial = call.find("partialArgs")) {
    partial->elements([&](Value entry) {
      if (!at.arguments.add(entry)) builder_.warn("partialArgs", "a value leads nowhere: the arguments are not whole");
    });
  }
  const auto more = call.find("willContinue");
  if (!more || !more->boolean().value_or(false)) close_call(choice);
}

void GeminiDecoder::close_call(std::size_t choice) {
  ChoiceState& at = state(choice);
  if (!std::exchange(at.call_open, false)) return;
  const std::string arguments = at.arguments.take();
  ToolCallPiece piece;
  piece.index = at.calls++;
  piece.numbered = true;
  piece.arguments = arguments;
  builder_.tool_call(choice, piece);
}

/// Images and audio are parts of their own; other media, and pictures that the model only thought of, stay what they
/// are.
void GeminiDecoder::inline_data(std::size_t choice, const PartFields& fields, Value whole_part) {
  const JsonFields data(*fields.data);
  const std::string media_type(data.text("mimeType"));
  const bool is_audio = media_type.starts_with("audio/");
  if ((!is_audio && !media_type.starts_with("image/")) || fields.thought) {
    return unknown(choice, whole_part, fields.signature);
  }
  std::string bytes;
  base64::Decoder decoder;
  if (!decoder.feed(data.text("data"), bytes))
    builder_.warn("inlineData", "characters that are no base64 were skipped");
  if (is_audio) {
    if (bytes.empty()) {
      if (!fields.signature.empty()) unknown(choice, whole_part, fields.signature);
      return;
    }
    ChoiceState& at = state(choice);
    // Sound goes on from piece to piece, but what has a seal stands alone.
    if (at.sealed || !fields.signature.empty()) builder_.begin_part(choice, PartKind::audio);
    at.sealed = !fields.signature.empty();
    builder_.audio(choice, bytes, {});
    builder_.audio_format(choice, media_type);
    builder_.signature(choice, provider_, fields.signature);
    return;
  }
  builder_.image(choice, std::move(bytes), media_type);
  builder_.signature(choice, provider_, fields.signature);
  raw(choice, whole_part);
}

void GeminiDecoder::cite(std::size_t choice, std::vector<Citation> citations) {
  for (Citation& citation : citations) builder_.text_citation(choice, std::move(citation));
  if (state(choice).citations.incomplete()) {
    builder_.warn("citations", "there are more, or longer ones, than are read; all of them are in the metadata");
  }
}

void GeminiDecoder::logprobs(std::size_t choice, Value value) {
  const auto chosen = JsonFields(value).find("chosenCandidates");
  if (const auto raw = chosen ? chosen->raw() : std::nullopt) builder_.logprobs(choice, *raw);
}

/// Thoughts are beside what Google calls the candidates' tokens, cached ones inside the prompt's (§4.5, traps 109,
/// 110).
void GeminiDecoder::usage(Value value) {
  Count prompt;
  Count candidates;
  Count thoughts;
  Count tools;
  Count cached;
  Count total;
  value.fields([&](Name key, Value field) {
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
    } else if (key == "totalTokenCount") {
      total = read_token_count(field);
    } else if (!field.is_null()) {
      constexpr std::string_view prefix = "usage.";
      if (usage_name_.empty() || std::string_view(usage_name_).substr(prefix.size()) != key) {
        usage_name_.assign(prefix).append(key);
      }
      keep_metadata(builder_, usage_name_, field);
    }
  });
  const std::int64_t input = prompt.at_least() + tools.at_least();
  Usage usage;
  if (prompt.known()) usage.input_tokens(input);
  if (candidates.known() || thoughts.known()) {
    usage.output_tokens(candidates.at_least() + thoughts.at_least());
  } else if (prompt.known() && total.known()) {
    // A missing number is zero (§4.1), unless the total knows better.
    usage.output_tokens(total.at_least() > input ? total.at_least() - input : 0);
  }
  builder_.usage(usage.cached_input_tokens(cached).reasoning_tokens(thoughts));
}

/// A whole body is complete, with or without a reason (providers.md, trap 38); a stream is not.
void GeminiDecoder::judge_finish(std::size_t choice) {
  const std::string& reason = states_[choice].reason;
  if (!reason.empty()) return builder_.finish(choice, read_finish(reason), reason);
  const bool began = builder_.began(choice);
  if (!blocked_.empty() && (began || choice == 0)) {
    return builder_.finish(choice, FinishReason::content_filter, blocked_);
  }
  if (error_ || !whole_ || !began) return;
  builder_.warn("finishReason", "is missing; the answer is complete all the same");
  builder_.finish(choice, FinishReason::stop, {});
}

std::optional<Error> GeminiDecoder::end() {
  if (!blocked_.empty()) state(0);
  for (std::size_t choice = 0; choice < states_.size(); ++choice) {
    close_call(choice);
    finish_beside_content(choice);
    if (builder_.began(choice)) mend_tool_calls(builder_, choice);
    judge_finish(choice);
  }
  if (error_) return error_;
  if (builder_.all_finished()) return std::nullopt;
  return Error(ErrorKind::truncated, "the answer ended before its finish reason").where("candidates");
}

}  // namespace

std::unique_ptr<AnswerDecoder> GeminiCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<GeminiDecoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
