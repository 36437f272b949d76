#include <optional>
#include <string>
#include <utility>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/call_arguments.hpp"
#include "providers/cohere.hpp"
#include "providers/errors.hpp"
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

FinishReason read_reason(std::string_view raw) {
  const std::string reason = ascii::to_lower(raw);
  if (reason.empty()) return FinishReason::none;
  if (reason == "complete" || reason == "stop_sequence") return FinishReason::stop;
  if (reason == "max_tokens") return FinishReason::length;
  if (reason == "tool_call") return FinishReason::tool_calls;
  if (reason == "timeout" || reason.starts_with("error")) return FinishReason::error;
  return FinishReason::other;
}

/// A whole answer, or typed events (providers.md §6.12).
class CohereDecoder final : public AnswerDecoder {
 public:
  CohereDecoder(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  std::optional<Error> event(std::string_view type, std::string_view padded_data) override;
  std::optional<Error> whole(std::string_view padded_body) override;
  std::optional<Error> end() override;
  bool done() const override { return done_; }

 private:
  template <class F>
  std::optional<Error> read(std::string_view padded, F&& visit);
  void take(std::string_view type, Value root);
  void message_start(Value root);
  void message_end(Value root);
  void pieces(Name type, Value delta);
  void message_pieces(Name type, Value message);
  void content_start(Value content);
  void content_piece(Value content);
  void content_block(Value block);
  void text(PartKind kind, std::string_view piece);
  void keep_thinking();
  void tool_calls(Value calls);
  void tool_call(Value call);
  void citations(Value citations);
  void citation(Value value);
  void cite(Citation citation, Value source);
  void logprobs(Value value);
  void whole_message(Value message);
  void contents(Value list, Value message);
  void usage(Value value);

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::optional<Error> error_;
  std::string thinking_;               ///< of the part at hand
  std::optional<std::int64_t> index_;  ///< of the event at hand
  std::int64_t calls_ = 0;             ///< those of a whole answer have no index
  std::size_t events_ = 0;
  bool done_ = false;
};

template <class F>
std::optional<Error> CohereDecoder::read(std::string_view padded, F&& visit) {
  std::optional<Error> broken = read_json_of_answer(reader_, builder_, padded, visit);
  judge_broken(error_, std::move(broken));
  if (error_) done_ = false;
  return error_;
}

std::optional<Error> CohereDecoder::event(std::string_view type, std::string_view padded_data) {
  const std::string_view data = ascii::trim(padded_data);
  if (data.empty() || data.starts_with("[DONE]")) return std::nullopt;
  read(padded_data, [&](Value root) { take(type, root); });
  if (error_ && reader_.failed()) error_->where("events/" + std::to_string(events_));
  ++events_;
  return error_;
}

/// What the data says of its type counts; the line before it may be missing (trap 49).
void CohereDecoder::take(std::string_view line_type, Value root) {
  Name type = line_type;
  std::optional<Value> delta;
  std::optional<Value> probabilities;
  bool fails = false;
  bool typed = false;
  bool piece = false;
  index_.reset();
  root.fields([&](Name key, Value value) {
    if (key == "type") {
      type = value.string().value_or(type);
      typed = true;
    } else if (key == "delta") {
      // Mostly it is known by now what and where it is, and the piece can be read on the way.
      piece = typed && index_ && type == "content-delta";
      if (piece) return pieces(type, value);
      delta = value;
    } else if (key == "index") {
      if (const Count number = value.count(); number.known()) index_ = number.at_least();
    } else if (key == "logprobs") {
      probabilities = value;
    } else if (key == "error") {
      fails = tells_error(value);
    }
  });
  if (fails) {
    error_ = in_band_error(root);
  } else if (type == "message-start") {
    message_start(root);
  } else if (type == "message-end") {
    if (delta) message_end(*delta);
  } else if (delta || piece) {
    if (delta) pieces(type, *delta);
    if (probabilities && !probabilities->is_null()) logprobs(*probabilities);
  }
  // An event that is not known: nothing to do.
}

void CohereDecoder::message_start(Value root) {
  if (builder_.has_content()) {
    // A gateway that lost its answer began another one (trap 50).
    builder_.restart();
    thinking_.clear();
    builder_.warn("message-start", "the answer began anew in the middle; what came before does not count");
  }
  builder_.id(JsonFields(root).text("id"));
}

void CohereDecoder::message_end(Value delta) {
  const JsonFields fields(delta);
  // What failed is billed as well.
  if (const auto sent = fields.find("usage")) usage(*sent);
  if (const auto error = fields.find("error"); error && tells_error(*error)) {
    error_ = in_band_error(delta);
    return;
  }
  const std::string_view reason = fields.text("finish_reason");
  builder_.finish(only, read_reason(reason), reason);
  done_ = !reason.empty();
}

void CohereDecoder::pieces(Name type, Value delta) {
  delta.fields([&](Name key, Value value) {
    if (key == "message") message_pieces(type, value);
  });
}

void CohereDecoder::message_pieces(Name type, Value message) {
  message.fields([&](Name key, Value value) {
    if (value.is_null()) return;
    if (key == "content") {
      if (type == "content-start") {
        content_start(value);
      } else {
        content_piece(value);
      }
    } else if (key == "tool_plan") {
      text(PartKind::text, value.text());
    } else if (key == "tool_calls") {
      tool_calls(value);
    } else if (key == "citations") {
      citations(value);
    }
  });
}

void CohereDecoder::content_start(Value content) {
  keep_thinking();
  const JsonFields fields(content);
  const std::string_view type = fields.text("type");
  const bool says =
      content.type() == Type::string || content.is_empty() || fields.find("text") || fields.find("thinking");
  if (type == "text" || type == "thinking" || (type.empty() && says)) {
    const bool thinks = type == "thinking";
    builder_.begin_part(only, thinks ? PartKind::reasoning : PartKind::text);
    content_piece(content);
  } else {
    content_block(content);
  }
}

void CohereDecoder::content_piece(Value content) {
  if (content.type() == Type::string) return text(PartKind::text, content.text());
  content.fields([&](Name key, Value value) {
    if (key == "text") text(PartKind::text, value.text());
    if (key == "thinking") text(PartKind::reasoning, value.text());
  });
}

/// A block that is not known goes back as it came.
void CohereDecoder::content_block(Value block) {
  const auto raw = block.raw();
  if (raw && block.type() == Type::object) {
    builder_.unknown(only, provider_, *raw, JsonFields(block).text("type"));
  } else {
    builder_.warn("content", "a block that is not valid JSON, or nested too deep, is left out");
  }
}

void CohereDecoder::text(PartKind kind, std::string_view piece) {
  if (kind == PartKind::reasoning) {
    builder_.reasoning(only, piece);
    thinking_ += piece;
  } else if (!piece.empty()) {
    keep_thinking();
    builder_.text(only, piece);
  }
}

/// Thinking has no signature here: its bytes tell whose it is, so that it goes back to Cohere and to nobody else.
void CohereDecoder::keep_thinking() {
  if (thinking_.empty()) return;
  std::string raw;
  json::Writer writer(raw);
  writer.begin_object().key("type").string("thinking").key("thinking").string(thinking_).end_object();
  builder_.raw(only, provider_, raw);
  thinking_.clear();
}

/// One in an event, a list of them in a whole answer (trap 56).
void CohereDecoder::tool_calls(Value calls) {
  if (calls.type() == Type::array) {
    calls.elements([&](Value call) { tool_call(call); });
  } else {
    tool_call(calls);
  }
}

void CohereDecoder::tool_call(Value call) {
  const JsonFields fields(call);
  const auto function = fields.find("function");
  if (!function) return;
  keep_thinking();
  const JsonFields of(*function);
  const std::string name = decode_tool_name(of.text("name"));
  ToolCallPiece piece;
  piece.index = index_ ? *index_ : calls_++;
  piece.id = fields.text("id");
  piece.name = name;
  // Some gateways send the object itself.
  const auto arguments = of.find("arguments");
  if (arguments) piece.arguments = read_call_arguments(builder_, "tool_calls", *arguments);
  builder_.tool_call(only, piece);
}

void CohereDecoder::citations(Value citations) {
  if (citations.type() == Type::array) {
    citations.elements([&](Value entry) { citation(entry); });
  } else {
    citation(citations);
  }
}

/// One for each of its sources.
void CohereDecoder::citation(Value value) {
  const auto raw = value.raw();
  if (!raw || value.type() != Type::object) return;
  const JsonFields fields(value);
  Citation citation;
  const auto place = [&](const char* name) -> std::optional<std::int64_t> {
    const auto field = fields.find(name);
    const Count number = field ? field->count() : Count();
    return number.known() ? std::optional(number.at_least()) : std::nullopt;
  };
  citation.start(place("start")).end(place("end")).raw(Json(*raw));
  bool any = false;
  if (const auto sources = fields.find("sources")) {
    sources->elements([&](Value source) {
      any = true;
      cite(citation, source);
    });
  }
  if (!any) builder_.citation(only, std::move(citation));
}

void CohereDecoder::cite(Citation citation, Value source) {
  const JsonFields fields(source);
  citation.source(std::string(fields.text("id")));
  for (const char* name : {"document", "tool_output"}) {
    const auto content = fields.find(name);
    if (!content) continue;
    const JsonFields of(*content);
    citation.title(std::string(of.text("title"))).url(std::string(of.text("url")));
    citation.cited_text(std::string(of.text(of.find("text") ? "text" : "snippet")));
  }
  builder_.citation(only, std::move(citation));
}

void CohereDecoder::logprobs(Value value) {
  const auto raw = value.raw();
  if (!raw) return;
  builder_.logprobs(only, value.type() == Type::array ? std::string(*raw) : "[" + std::string(*raw) + "]");
}

std::optional<Error> CohereDecoder::whole(std::string_view padded_body) {
  return read(padded_body, [&](Value root) {
    const JsonFields fields(root);
    const auto message = fields.find("message");
    const bool fails = fields.find("error") && tells_error(*fields.find("error"));
    if (fails || (message && message->type() == Type::string)) {
      error_ = in_band_error(root);
      return;
    }
    if (!message || message->type() != Type::object) {
      error_ = Error(ErrorKind::protocol, "the answer has no message").where("message");
      return;
    }
    builder_.id(fields.text("id"));
    whole_message(*message);
    root.fields([&](Name key, Value value) {
      if (value.is_null() || key == "id" || key == "message" || key == "finish_reason") return;
      if (key == "usage") {
        usage(value);
      } else if (key == "logprobs") {
        logprobs(value);
      } else {
        keep_metadata(builder_, key, value);
      }
    });
    const std::string_view reason = fields.text("finish_reason");
    builder_.finish(only, reason.empty() ? FinishReason::other : read_reason(reason), reason);
    done_ = true;
  });
}

void CohereDecoder::whole_message(Value message) {
  const JsonFields fields(message);
  if (const auto content = fields.find("content")) contents(*content, message);
  if (const auto plan = fields.find("tool_plan")) {
    keep_thinking();
    if (!plan->text().empty()) builder_.begin_part(only, PartKind::text);
    text(PartKind::text, plan->text());
  }
  const auto cited = fields.find("citations");
  if (cited && !fields.find("content")) citations(*cited);
  if (const auto calls = fields.find("tool_calls")) tool_calls(*calls);
  message.fields([&](Name key, Value value) {
    const bool known =
        key == "role" || key == "content" || key == "tool_plan" || key == "tool_calls" || key == "citations";
    if (!known && !value.is_null()) keep_metadata(builder_, "message." + std::string(key), value);
  });
}

/// The parts of the content, each with the citations that are in it.
void CohereDecoder::contents(Value list, Value message) {
  const auto cited = JsonFields(message).find("citations");
  const auto cite_in = [&](std::int64_t position) {
    if (!cited) return;
    cited->elements([&](Value entry) {
      const auto index = JsonFields(entry).find("content_index");
      const Count number = index ? index->count() : Count();
      if ((number.known() ? number.at_least() : 0) == position) citation(entry);
    });
  };
  if (list.type() == Type::string) {
    text(PartKind::text, list.text());
    return cite_in(0);
  }
  if (list.type() == Type::object) {
    content_start(list);
    return cite_in(0);
  }
  std::int64_t position = 0;
  list.elements([&](Value block) {
    const bool is_object = block.type() == Type::object;
    if (is_object) content_start(block);
    if (!is_object) content_block(block);
    cite_in(position++);
  });
}

/// What was counted is the usage: all of the input, what came from the cache among it. What is billed is another number
/// (providers.md §6.12), stands in the metadata, and is what the answer costs: `billed_usage`. Where it stands alone,
/// the cache can hold more than it does, and is then told in the metadata only.
void CohereDecoder::usage(Value value) {
  Usage usage;
  const auto read = [&](Value counts) {
    counts.fields([&](Name key, Value field) {
      if (key == "input_tokens") usage.input_tokens(read_token_count(field));
      if (key == "output_tokens") usage.output_tokens(read_token_count(field));
    });
  };
  const JsonFields fields(value);
  if (const auto billed = fields.find("billed_units")) read(*billed);
  if (const auto counted = fields.find("tokens")) read(*counted);
  if (const auto cached = fields.find("cached_tokens")) {
    const Count count = read_token_count(*cached);
    const Count input = usage.input_tokens();
    if (!input.known() || count.at_least() <= input.at_least()) usage.cached_input_tokens(count);
  }
  value.fields([&](Name key, Value field) {
    if (!field.is_null()) keep_metadata(builder_, "usage." + std::string(key), field);
  });
  builder_.usage(usage);
}

std::optional<Error> CohereDecoder::end() {
  keep_thinking();
  if (builder_.choice_count() > 0) mend_tool_calls(builder_, only);
  if (error_) return error_;
  if (done_) return std::nullopt;
  return Error(ErrorKind::truncated, "the answer ended before its message-end").where("message-end");
}

}  // namespace

std::unique_ptr<AnswerDecoder> CohereCodec::decoder(const Target& target, AnswerBuilder& builder) const {
  return std::make_unique<CohereDecoder>(target.preset->name, builder);
}

}  // namespace antiphon::inline v0::codec
