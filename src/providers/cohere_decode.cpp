#include <map>
#include <optional>
#include <set>
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
  bool content_piece(Value content);
  void unknown_piece(Value content);
  void content_block(Value block);
  void begin_content(PartKind kind);
  void turn_to_content(PartKind kind);
  /// Another part is at hand from now on.
  void leave_content() { content_at_hand_ = Content(-1, PartKind::unknown); }
  void text(PartKind kind, std::string_view piece);
  void plan(std::string_view piece);
  void keep_thinking();
  void tool_calls(Name type, Value calls);
  void tool_call(Name type, Value call);
  std::optional<std::int64_t> number_of_call(Name type, std::string_view id, std::string_view name);
  void citations(Value citations);
  void citation(Value value);
  void cite(Citation citation, Value source);
  void add(Citation citation);
  void logprobs(Value value);
  void whole_message(Value message);
  void contents(Value list, Value message);
  void usage(Value value);

  /// A call of a stream.
  struct Call {
    std::int64_t number = 0;  ///< among those of the answer
    std::string id = {};
    std::string name = {};
  };
  /// A part whose pieces come, of the content at an index.
  using Content = std::pair<std::int64_t, PartKind>;

  std::string provider_;
  AnswerBuilder& builder_;
  json::Reader reader_;
  std::optional<Error> error_;
  std::optional<std::int64_t> index_;  ///< of the event at hand
  // Where the pieces of a stream go: each to what has its index, whatever came between.
  std::map<Content, std::size_t> parts_;
  std::map<std::int64_t, Call> called_;
  std::optional<std::size_t> plan_;
  std::optional<std::size_t> cited_;  ///< the part that the citation at hand is of, when it says so
  std::set<std::size_t> thoughts_;
  Content content_at_hand_ = Content(-1, PartKind::unknown);
  std::int64_t calls_ = 0;
  std::size_t events_ = 0;
  bool whole_ = false;
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
    parts_.clear();
    called_.clear();
    thoughts_.clear();
    plan_.reset();
    leave_content();
    calls_ = 0;
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
      } else if (!content_piece(value)) {
        unknown_piece(value);
      }
    } else if (key == "tool_plan") {
      plan(value.text());
    } else if (key == "tool_calls") {
      tool_calls(type, value);
    } else if (key == "citations") {
      citations(value);
    }
  });
}

void CohereDecoder::content_start(Value content) {
  const JsonFields fields(content);
  const std::string_view type = fields.text("type");
  const bool says =
      content.type() == Type::string || content.is_empty() || fields.find("text") || fields.find("thinking");
  if (type == "text" || type == "thinking" || (type.empty() && says)) {
    begin_content(type == "thinking" ? PartKind::reasoning : PartKind::text);
    content_piece(content);
  } else {
    content_block(content);
  }
}

/// False when it says something, and nothing that is known.
bool CohereDecoder::content_piece(Value content) {
  if (content.type() == Type::string) {
    text(PartKind::text, content.text());
    return true;
  }
  bool known = content.type() != Type::object || content.is_empty();
  content.fields([&](Name key, Value value) {
    const bool says = key == "text";
    const bool thinks = key == "thinking";
    known = known || says || thinks || key == "type";
    if (says) text(PartKind::text, value.text());
    if (thinks) text(PartKind::reasoning, value.text());
  });
  return known;
}

void CohereDecoder::unknown_piece(Value content) {
  builder_.warn("content-delta", "a piece of a kind that is not known is not part of its block");
  if (const auto raw = content.raw()) builder_.metadata_list("deltas", "[" + std::string(*raw) + "]");
}

/// A block that is not known goes back as it came.
void CohereDecoder::content_block(Value block) {
  const auto raw = block.raw();
  if (raw && block.type() == Type::object) {
    leave_content();
    builder_.unknown(only, provider_, *raw, JsonFields(block).text("type"));
  } else {
    builder_.warn("content", "a block that is not valid JSON, or nested too deep, is left out");
  }
}

void CohereDecoder::begin_content(PartKind kind) {
  if (index_) {
    // One that is started again has not begun as long as it says nothing.
    const auto known = parts_.find(Content(*index_, kind));
    if (known != parts_.end() && builder_.part_text(only, known->second).empty()) return;
  }
  builder_.begin_part(only, kind);
  if (!index_) return;
  content_at_hand_ = Content(*index_, kind);
  parts_.insert_or_assign(content_at_hand_, builder_.part_at_hand(only));
}

/// What has no index goes on with the part at hand.
void CohereDecoder::turn_to_content(PartKind kind) {
  if (!index_) return;
  const Content wanted(*index_, kind);
  const auto [part, is_new] = parts_.try_emplace(wanted, 0);
  content_at_hand_ = wanted;
  if (!is_new) return builder_.turn_to(only, part->second);
  builder_.begin_part(only, kind);
  part->second = builder_.part_at_hand(only);
}

void CohereDecoder::text(PartKind kind, std::string_view piece) {
  if (piece.empty()) return;
  if (!index_ || content_at_hand_ != Content(*index_, kind)) turn_to_content(kind);
  if (kind == PartKind::text) return builder_.text(only, piece);
  builder_.reasoning(only, piece);
  thoughts_.insert(builder_.part_at_hand(only));
}

/// What the model is about to do, before it calls: a text of its own.
void CohereDecoder::plan(std::string_view piece) {
  if (piece.empty()) return;
  leave_content();
  if (plan_) {
    builder_.turn_to(only, *plan_);
  } else {
    builder_.begin_part(only, PartKind::text);
    plan_ = builder_.part_at_hand(only);
  }
  builder_.text(only, piece);
}

/// Thinking has no signature here: its bytes tell whose it is, so that it goes back to Cohere and to nobody else.
void CohereDecoder::keep_thinking() {
  for (const std::size_t part : thoughts_) {
    std::string raw;
    json::Writer writer(raw);
    writer.begin_object().key("type").string("thinking");
    writer.key("thinking").string(builder_.part_text(only, part)).end_object();
    builder_.turn_to(only, part);
    builder_.raw(only, provider_, raw);
  }
}

/// One in an event, a list of them in a whole answer (trap 56).
void CohereDecoder::tool_calls(Name type, Value calls) {
  if (calls.type() == Type::array) {
    calls.elements([&](Value call) { tool_call(type, call); });
  } else {
    tool_call(type, calls);
  }
}

/// Which of the answer's calls a piece is of; nothing when that one never began.
std::optional<std::int64_t> CohereDecoder::number_of_call(Name type, std::string_view id, std::string_view name) {
  const bool starts = type == "tool-call-start";
  if (!whole_ && index_) {
    const auto known = called_.find(*index_);
    if (known != called_.end()) {
      const Call& call = known->second;
      // One that is started again is the same as long as it is called the same.
      if (starts ? id == call.id && name == call.name : id.empty() || call.id.empty() || id == call.id) {
        return call.number;
      }
    }
  } else if (!whole_ && !starts && id.empty() && calls_ > 0) {
    return calls_ - 1;
  }
  if (!whole_ && !starts && id.empty() && name.empty()) return std::nullopt;
  if (index_) {
    builder_.count_kept(sizeof(Call) + id.size() + name.size());
    called_.insert_or_assign(*index_, Call{calls_, std::string(id), std::string(name)});
  }
  return calls_++;
}

void CohereDecoder::tool_call(Name type, Value call) {
  const JsonFields fields(call);
  const auto function = fields.find("function");
  if (!function) return;
  const JsonFields of(*function);
  const std::string name = decode_tool_name(of.text("name"));
  const std::optional<std::int64_t> number = number_of_call(type, fields.text("id"), name);
  if (!number) return builder_.warn("tool_calls", "a piece of a call that never began is left out");
  leave_content();
  ToolCallPiece piece;
  piece.index = number;
  piece.numbered = true;
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
  cited_.reset();
  const auto content = parts_.find(Content(place("content_index").value_or(-1), PartKind::text));
  if (content != parts_.end()) cited_ = content->second;
  bool any = false;
  if (const auto sources = fields.find("sources")) {
    sources->elements([&](Value source) {
      any = true;
      cite(citation, source);
    });
  }
  if (!any) add(std::move(citation));
}

/// In a stream it may come behind something else than the text that it is of.
void CohereDecoder::add(Citation citation) {
  if (whole_) return builder_.citation(only, std::move(citation));
  if (!cited_) return builder_.text_citation(only, std::move(citation));
  leave_content();
  builder_.turn_to(only, *cited_);
  builder_.citation(only, std::move(citation));
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
  add(std::move(citation));
}

void CohereDecoder::logprobs(Value value) {
  const auto raw = value.raw();
  if (!raw) return;
  builder_.logprobs(only, value.type() == Type::array ? std::string(*raw) : "[" + std::string(*raw) + "]");
}

std::optional<Error> CohereDecoder::whole(std::string_view padded_body) {
  whole_ = true;
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
  if (const auto sent = fields.find("tool_plan")) plan(sent->text());
  const auto cited = fields.find("citations");
  if (cited && !fields.find("content")) citations(*cited);
  if (const auto calls = fields.find("tool_calls")) tool_calls({}, *calls);
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
