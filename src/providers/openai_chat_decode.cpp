#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "providers/call_arguments.hpp"
#include "providers/data_uri.hpp"
#include "providers/errors.hpp"
#include "providers/finish_reason.hpp"
#include "providers/json_fields.hpp"
#include "providers/openai_chat.hpp"
#include "providers/openai_usage.hpp"
#include "providers/page_citations.hpp"
#include "providers/reading_answer.hpp"
#include "providers/reasoning_details.hpp"
#include "providers/think_tags.hpp"
#include "providers/tool_call_repairs.hpp"
#include "providers/tool_naming.hpp"
#include "providers/url_citation.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Name;
using json::Type;
using json::Value;

std::string choice_place(std::size_t choice, std::string_view field) {
  return "choices/" + std::to_string(choice) + "/" + std::string(field);
}

class OpenAiChatDecoder final : public AnswerDecoder {
 public:
  OpenAiChatDecoder(const Target& target, AnswerBuilder& builder)
      : builder_(builder), provider_(target.preset->name), think_tags_(openai_chat_dialect(target).think_tags) {
    builder.origin(provider_);
  }

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  /// What is kept of a choice beside its parts.
  struct ChoiceState {
    ThinkTags tags;
    ReasoningDetails details;
    base64::Decoder audio;
    std::vector<Citation> citations = {};  ///< that came before the text that they are of
    std::set<std::string> cited = {};      ///< addresses
    bool said = false;
    bool seen = false;
    bool has_deltas = false;
  };

  std::optional<Error> read(std::string_view text, std::string_view type);
  void document(Value root);
  void object(Value root);
  void top_field(Value root, Name key, Value value);
  void fail(Value holder);
  // Apart from `top_field`: who calls a value's own functions wants it in memory, where else it is in registers.
  [[gnu::noinline]] void created(Value value);
  [[gnu::noinline]] void base_resp(Value root, Value value);
  [[gnu::noinline]] void groq(Value value);
  void metadata(Name key, Value value);
  void metadata_list(Name key, Value value);

  void choices(Value value);
  void choice(Value value);
  void choice_field(Name key, Value value, Value holder);
  std::size_t read_index(Value sent);
  void message(std::size_t choice, Value value);
  void message_of_more(std::size_t choice, Value value);
  void reasoning_details(std::size_t choice, Value value, bool think_aloud);
  void say(std::size_t choice, std::string_view text);
  void think(std::size_t choice, std::string_view text);
  void content(std::size_t choice, Value value);
  void content_part(std::size_t choice, Value value);
  void thinking_part(std::size_t choice, Value value);
  void annotations(std::size_t choice, Value value);
  void cite(std::size_t choice);
  void cite_pages(std::size_t choice);
  void images(std::size_t choice, Value value);
  bool image(std::size_t choice, Value value);
  void audio(std::size_t choice, Value value);
  void tool_calls(std::size_t choice, Value value);
  void tool_call(std::size_t choice, Value value, std::optional<std::int64_t> place = std::nullopt);
  void read_function(Value value, ToolCallPiece& piece);
  std::optional<OwnOptions> own_fields(Value call);
  void logprobs(std::size_t choice, Value value);
  void judge_unfinished(std::size_t choice);
  ChoiceState& state(std::size_t choice) {
    if (choice >= states_.size()) add_states(choice);
    return states_[choice];
  }
  void add_states(std::size_t choice);

  AnswerBuilder& builder_;
  std::string_view provider_;
  bool think_tags_;
  json::Reader reader_;
  std::vector<ChoiceState, PoolAllocator<ChoiceState>> states_;
  std::optional<Error> error_;
  std::string top_reason_;
  PageCitations pages_;
  bool whole_ = false;
  bool done_ = false;
  std::size_t events_ = 0;
};

std::optional<Error> OpenAiChatDecoder::event(std::string_view type, std::string_view padded_data) {
  const std::string_view data = ascii::trim(padded_data);
  if (data.empty()) return std::nullopt;
  if (data.starts_with("[DONE]")) {
    done_ = true;
    return std::nullopt;
  }
  std::optional<Error> error = read(data, type);
  if (error && reader_.failed()) error->where("events/" + std::to_string(events_));
  ++events_;
  return error;
}

std::optional<Error> OpenAiChatDecoder::whole(std::string_view padded_body) {
  whole_ = true;
  return read(padded_body, {});
}

std::optional<Error> OpenAiChatDecoder::read(std::string_view text, std::string_view type) {
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, text, [&](Value root) {
    document(root);
    if (error_) return;
    if (type == "error") fail(root);
    if (!whole_ || !states_.empty()) return;
    // No choices: a failure in a form that has no name, or an answer that is none.
    if (!read_error_words(root).empty()) return fail(root);
    error_ = Error(ErrorKind::protocol, "the answer has no choices").where("choices");
  });
  judge_broken(error_, std::move(broken));
  return error_;
}

void OpenAiChatDecoder::document(Value root) {
  if (root.type() == Type::array) {
    // Some gateways wrap what they send in an array.
    root.elements([&](Value element) { object(element); });
  } else {
    object(root);
  }
}

void OpenAiChatDecoder::object(Value root) {
  root.fields([&](Name key, Value value) { top_field(root, key, value); });
}

/// `holder` is the object with the error in it; the first one counts.
void OpenAiChatDecoder::fail(Value holder) {
  if (!error_) error_ = in_band_error(holder);
}

void OpenAiChatDecoder::top_field(Value root, Name key, Value value) {
  if (key == "choices") {
    choices(value);
  } else if (key == "id") {
    if (!builder_.has_id()) builder_.id(value.text());
  } else if (key == "model") {
    if (!builder_.has_model()) builder_.model(value.text());
  } else if (key == "object" || key == "type") {
    if (value.string() == "error") fail(root);
  } else if (key == "obfuscation" || key == "p") {
    // Padding, so that sizes tell less.
  } else if (key == "created") {
    if (!builder_.has_id_seed()) created(value);
  } else if (value.is_null()) {
    // As good as absent.
  } else if (key == "usage") {
    builder_.usage(read_openai_usage(value));
    metadata(key, value);
  } else if (key == "error") {
    if (tells_error(value)) fail(root);
  } else if (key == "base_resp") {
    base_resp(root, value);
  } else if (key == "finish_reason") {
    if (top_reason_.empty()) top_reason_ = value.text();
  } else {
    if (key == "x_groq") groq(value);
    if (key == "citations") builder_.count_kept(pages_.addresses(value));
    if (key == "search_results") builder_.count_kept(pages_.results(value));
    metadata(key, value);
  }
}

void OpenAiChatDecoder::created(Value value) { builder_.id_seed(value.raw().value_or("")); }

void OpenAiChatDecoder::base_resp(Value root, Value value) {
  value.fields([&](Name key, Value code) {
    if (key == "status_code" && code.count().value_or(0) != 0) fail(root);
  });
}

void OpenAiChatDecoder::groq(Value value) {
  value.fields([&](Name key, Value field) {
    if (key == "usage" && field.type() == Type::object) builder_.usage(read_openai_usage(field));
    if (key == "error" && tells_error(field)) fail(value);
  });
}

void OpenAiChatDecoder::metadata(Name key, Value value) {
  if (!value.is_null()) keep_metadata(builder_, key, value);
}

void OpenAiChatDecoder::metadata_list(Name key, Value value) {
  if (value.type() != Type::array) return metadata(key, value);
  if (const auto raw = value.raw()) builder_.metadata_list(key, *raw);
}

[[gnu::noinline]] void OpenAiChatDecoder::add_states(std::size_t choice) { states_.resize(choice + 1); }

std::size_t OpenAiChatDecoder::read_index(Value sent) {
  if (sent.is_null()) return 0;
  const std::int64_t index = sent.count().value_or(-1);
  if (index >= 0 && index < static_cast<std::int64_t>(AnswerBuilder::most_choices)) {
    return static_cast<std::size_t>(index);
  }
  builder_.warn("choices/index", "is no index that can be; taken as 0");
  return 0;
}

/// By itself, so that the other fields of each chunk do not have to make room for what it needs.
[[gnu::noinline]] void OpenAiChatDecoder::choices(Value value) {
  value.elements([&](Value element) { choice(element); });
}

void OpenAiChatDecoder::choice(Value value) {
  if (value.type() != Type::object) return;
  std::optional<std::size_t> index;
  std::optional<Value> delta, whole_message, probabilities;
  std::string_view reason, text;
  bool has_delta = false;
  value.fields([&](Name key, Value field) {
    if (key == "index") {
      index = read_index(field);
    } else if (field.is_null()) {
      // As good as absent.
    } else if (key == "delta") {
      // Mostly the index is known by now, and the delta can be read on the way.
      has_delta = index && !whole_ && field.type() == Type::object;
      if (has_delta) {
        message(*index, field);
      } else {
        delta = field;
      }
    } else if (key == "finish_reason") {
      reason = field.text();
    } else if (key == "logprobs") {
      probabilities = field;
    } else if (key == "message") {
      whole_message = field;
    } else if (key == "text") {
      text = field.text();
    } else {
      choice_field(key, field, value);
    }
  });
  const std::size_t at = index.value_or(0);
  ChoiceState& kept = state(at);
  kept.seen = true;
  if (!has_delta && delta && delta->type() == Type::object && !(whole_ && whole_message)) {
    message(at, *delta);
    has_delta = true;
  }
  // Some servers send the answer so far beside each piece of it: then only the pieces count.
  if (has_delta) {
    kept.has_deltas = kept.has_deltas || builder_.has_content(at);
  } else if (whole_message && !kept.has_deltas) {
    message(at, *whole_message);
  } else if (!delta && !whole_message && !text.empty()) {
    // A legacy completion; beside a delta it says the same once more.
    say(at, text);
  }
  if (probabilities) logprobs(at, *probabilities);
  if (const FinishReason read = read_finish_reason(reason); read != FinishReason::none) {
    builder_.finish(at, read, reason);
  }
}

/// What belongs to no choice in particular.
void OpenAiChatDecoder::choice_field(Name key, Value value, Value holder) {
  if (key == "usage") {
    builder_.usage(read_openai_usage(value));
  } else if (key == "error") {
    if (tells_error(value)) fail(holder);
  } else {
    metadata(key, value);
  }
}

void OpenAiChatDecoder::logprobs(std::size_t choice, Value value) {
  value.fields([&](Name key, Value field) {
    if (key != "content" || field.type() != Type::array) return;
    if (const auto raw = field.raw()) builder_.logprobs(choice, *raw);
  });
}

/// Mostly a piece of text and nothing else.
void OpenAiChatDecoder::message(std::size_t choice, Value value) {
  std::string_view text;
  bool has_more = false;
  value.fields([&](Name key, Value field) {
    if (key == "content" && field.type() == Type::string) {
      text = field.text();
    } else if (key != "role" && !field.is_null()) {
      has_more = true;
    }
  });
  if (has_more) return message_of_more(choice, value);
  if (text.empty()) return;
  say(choice, text);
  if (!state(choice).citations.empty()) cite(choice);
}

[[gnu::noinline]] void OpenAiChatDecoder::message_of_more(std::size_t choice, Value value) {
  std::string_view text;
  std::optional<Value> parts, reasoning, reasoning_content, details, refusal, spoken, calls, function, notes, pictures;
  value.fields([&](Name key, Value field) {
    if (key == "content") {
      const auto plain = field.string();
      if (plain) {
        text = *plain;
      } else {
        parts = field;
      }
    } else if (key == "role" || field.is_null()) {
      // The role is known, and null is as good as absent.
    } else if (key == "reasoning_content") {
      reasoning_content = field;
    } else if (key == "reasoning") {
      reasoning = field;
    } else if (key == "reasoning_details") {
      details = field;
    } else if (key == "refusal") {
      refusal = field;
    } else if (key == "audio") {
      spoken = field;
    } else if (key == "tool_calls") {
      calls = field;
    } else if (key == "function_call") {
      function = field;
    } else if (key == "annotations") {
      notes = field;
    } else if (key == "images") {
      pictures = field;
    } else {
      metadata(key, field);
    }
  });
  // The order is always this one, so that a whole answer has the parts of a streamed one. The forms of reasoning repeat
  // each other: the first that says something counts.
  std::string_view thought;
  if (reasoning_content) thought = reasoning_content->text();
  if (thought.empty() && reasoning) thought = reasoning->text();
  think(choice, thought);
  if (details) reasoning_details(choice, *details, thought.empty());
  if (!text.empty()) say(choice, text);
  if (parts) content(choice, *parts);
  if (refusal) builder_.refusal(choice, refusal->text());
  if (notes) annotations(choice, *notes);
  if (const ChoiceState& kept = state(choice); kept.said && !kept.citations.empty()) cite(choice);
  if (pictures) images(choice, *pictures);
  if (spoken) audio(choice, *spoken);
  if (calls) tool_calls(choice, *calls);
  if (function && function->type() == Type::object) tool_call(choice, *function);
}

void OpenAiChatDecoder::say(std::size_t choice, std::string_view text) {
  ChoiceState& kept = state(choice);
  if (!text.empty()) kept.said = true;
  if (!think_tags_) return builder_.text(choice, text);
  kept.tags.feed(builder_, choice, text);
}

void OpenAiChatDecoder::think(std::size_t choice, std::string_view text) {
  if (text.empty()) return;
  state(choice).tags.off(builder_, choice);
  builder_.reasoning(choice, text);
}

/// They go back as they came; what can be read of them is thought aloud, unless it was already.
void OpenAiChatDecoder::reasoning_details(std::size_t choice, Value value, bool think_aloud) {
  builder_.count_kept(state(choice).details.add(value));
  if (!think_aloud) return;
  value.elements([&](Value entry) {
    entry.fields([&](Name key, Value field) {
      if (key == "text" || key == "summary") think(choice, field.text());
    });
  });
}

void OpenAiChatDecoder::content(std::size_t choice, Value value) {
  switch (value.type()) {
    case Type::string:
      return say(choice, value.text());
    case Type::array:
      value.elements([&](Value part) { content_part(choice, part); });
      return;
    case Type::object:
      return content_part(choice, value);
    case Type::number:
      return say(choice, value.raw().value_or(""));
    case Type::null:
    case Type::boolean:
      return;
  }
}

void OpenAiChatDecoder::content_part(std::size_t choice, Value value) {
  if (value.type() != Type::object) return content(choice, value);
  std::string_view type;
  std::optional<Value> text;
  std::optional<Value> thinking;
  std::optional<Value> refusal;
  value.fields([&](Name key, Value field) {
    if (key == "type") type = field.text();
    if (key == "text") text = field;
    if (key == "thinking" || key == "reasoning") thinking = field;
    if (key == "refusal") refusal = field;
  });
  if (text && (type == "text" || type == "output_text" || type.empty())) {
    say(choice, text->text());
  } else if (thinking && (type == "thinking" || type == "reasoning")) {
    thinking_part(choice, *thinking);
  } else if (refusal && type == "refusal") {
    builder_.refusal(choice, refusal->text());
  } else if (const auto raw = value.raw()) {
    builder_.unknown(choice, provider_, *raw, type);
  } else {
    builder_.warn(choice_place(choice, "message/content"), "a part is not valid JSON, or nested too deep");
  }
}

void OpenAiChatDecoder::thinking_part(std::size_t choice, Value value) {
  if (value.type() == Type::string) return think(choice, value.text());
  value.elements([&](Value part) {
    part.fields([&](Name key, Value field) {
      if (key == "text") think(choice, field.text());
    });
  });
}

/// Citations, and what is kept beside the answer: all of them, as they are.
void OpenAiChatDecoder::annotations(std::size_t choice, Value value) {
  metadata_list("annotations", value);
  value.elements([&](Value annotation) {
    std::optional<Citation> citation = read_url_citation(annotation);
    if (!citation) return;
    builder_.count_kept(citation->raw().text().size() + citation->url().size());
    state(choice).cited.insert(citation->url());
    state(choice).citations.push_back(std::move(*citation));
  });
}

/// They may come before the text does.
void OpenAiChatDecoder::cite(std::size_t choice) {
  std::vector<Citation>& waiting = state(choice).citations;
  for (Citation& citation : waiting) builder_.text_citation(choice, std::move(citation));
  waiting.clear();
}

/// What the whole answer rests on, without telling which of its words.
void OpenAiChatDecoder::cite_pages(std::size_t choice) {
  ChoiceState& kept = state(choice);
  if (!kept.said || pages_.empty()) return;
  for (Citation& page : pages_.all(kept.cited)) builder_.text_citation(choice, std::move(page));
}

/// As OpenRouter's models draw them; one that is not here, but at an address, stays what it is.
void OpenAiChatDecoder::images(std::size_t choice, Value value) {
  if (value.type() != Type::array) return keep_metadata(builder_, "images", value);
  value.elements([&](Value entry) {
    if (image(choice, entry)) return;
    if (const auto raw = entry.raw()) builder_.metadata_list("images", "[" + std::string(*raw) + "]");
  });
}

bool OpenAiChatDecoder::image(std::size_t choice, Value value) {
  const auto holder = JsonFields(value).find("image_url");
  if (!holder) return false;
  const std::string_view url = holder->string().value_or(JsonFields(*holder).text("url"));
  if (!is_data_uri(url)) return false;
  const std::optional<DataUri> uri = parse_data_uri(url);
  if (!uri) {
    builder_.warn(choice_place(choice, "message/images"), "the data URI of a picture is broken");
    return false;
  }
  builder_.image(choice, base64::decode(uri->base64).value_or(""), uri->media_type);
  return true;
}

void OpenAiChatDecoder::audio(std::size_t choice, Value value) {
  std::string bytes;
  std::string_view transcript;
  value.fields([&](Name key, Value field) {
    if (key == "id") builder_.audio_id(choice, field.text());
    if (key == "transcript") transcript = field.text();
    if (key == "data" && !state(choice).audio.feed(field.text(), bytes)) {
      builder_.warn(choice_place(choice, "message/audio/data"), "is not base64 throughout");
    }
  });
  builder_.audio(choice, bytes, transcript);
}

bool has_index(Value call) {
  bool found = false;
  call.fields([&](Name key, Value field) { found = found || (key == "index" && field.count().known()); });
  return found;
}

/// Pieces of several calls that have no indices go on with these by their places in the list (providers.md, trap 58).
void OpenAiChatDecoder::tool_calls(std::size_t choice, Value value) {
  if (value.type() == Type::object) return tool_call(choice, value);
  std::int64_t entries = 0;
  value.elements([&](Value) { ++entries; });
  bool by_place = entries > 1;
  if (by_place) value.elements([&](Value call) { by_place = by_place && !has_index(call); });
  std::int64_t place = 0;
  value.elements([&](Value call) {
    if (call.type() == Type::object) tool_call(choice, call, by_place ? std::optional(place) : std::nullopt);
    ++place;
  });
}

void OpenAiChatDecoder::read_function(Value value, ToolCallPiece& piece) {
  value.fields([&](Name key, Value field) {
    if (key == "name") piece.name = field.text();
    // Some servers send the object itself.
    if (key == "arguments" || key == "input") piece.arguments = read_call_arguments(builder_, "tool_calls", field);
  });
}

/// What a call has that means nothing to us.
std::optional<OwnOptions> OpenAiChatDecoder::own_fields(Value call) {
  constexpr std::string_view known[] = {"id", "index", "function", "custom", "name", "arguments", "input"};
  std::optional<OwnOptions> own;
  call.fields([&](Name key, Value field) {
    if (field.is_null() || std::find(std::begin(known), std::end(known), key) != std::end(known)) return;
    // Functions are what is not said.
    if (key == "type" && (field.string() == "function" || field.string() == "")) return;
    const auto raw = field.raw();
    if (!raw) return builder_.warn(key, "is not valid JSON, or nested too deep, and left out");
    if (!own) own.emplace(std::string(provider_));
    own->set(std::string(key), Json(*raw));
  });
  return own;
}

void OpenAiChatDecoder::tool_call(std::size_t choice, Value value, std::optional<std::int64_t> place) {
  ToolCallPiece piece;
  piece.index = place;
  piece.own = own_fields(value);
  read_function(value, piece);
  value.fields([&](Name key, Value field) {
    if (key == "function" || key == "custom") read_function(field, piece);
    if (key == "id") piece.id = field.type() == Type::number ? field.raw().value_or("") : field.text();
    if (key == "index" && field.count().known()) piece.index = field.count().at_least();
  });
  // What was written for a name that not every provider takes (providers.md, trap 77).
  const std::string name = piece.name.find("_x") == piece.name.npos ? std::string() : decode_tool_name(piece.name);
  if (!name.empty()) piece.name = name;
  if (whole_) {
    // Each entry is a call, whatever its labels say.
    piece.index = static_cast<std::int64_t>(builder_.calls(choice).size());
    piece.numbered = true;
  }
  builder_.tool_call(choice, piece);
}

/// For servers that send no reason: in a whole body, or with the end mark there, what came is what there is
/// (providers.md, trap 38).
void OpenAiChatDecoder::judge_unfinished(std::size_t choice) {
  if (!top_reason_.empty() && choice == 0) {
    builder_.finish(choice, read_finish_reason(top_reason_), top_reason_);
    return;
  }
  const bool complete = done_ && builder_.has_content(choice) && tool_calls_complete(builder_, choice);
  if (!whole_ && !complete) return;
  builder_.warn(choice_place(choice, "finish_reason"), "is missing; the answer is complete all the same");
  builder_.finish(choice, FinishReason::stop, {});
}

std::optional<Error> OpenAiChatDecoder::end() {
  for (std::size_t choice = 0; choice < states_.size(); ++choice) {
    if (!states_[choice].seen) continue;
    ChoiceState& kept = states_[choice];
    kept.tags.end(builder_, choice);
    if (!kept.citations.empty()) cite(choice);
    cite_pages(choice);
    if (!kept.details.empty()) {
      builder_.reasoning_own(choice,
                             OwnOptions(std::string(provider_)).set("reasoning_details", kept.details.as_array()));
    }
    if (builder_.began(choice)) mend_tool_calls(builder_, choice);
    if (!error_ && !builder_.finished(choice)) judge_unfinished(choice);
  }
  if (builder_.all_finished()) return std::nullopt;
  return Error(ErrorKind::truncated, "the answer ended before its finish reason").where("choices");
}

}  // namespace

std::unique_ptr<AnswerDecoder> OpenAiChatCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<OpenAiChatDecoder>(target, builder);
}

}  // namespace antiphon::inline v0::codec
