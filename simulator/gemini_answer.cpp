#include "gemini_answer.hpp"

#include "gemini_parts.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;

struct Counts {
  std::uint64_t candidates = 0;
  std::uint64_t thoughts = 0;
};

Counts all_counts(const Answer& answer) {
  return {answer.completion_tokens - std::min(answer.reasoning_tokens, answer.completion_tokens),
          answer.reasoning_tokens};
}

/// `,"usageMetadata":{…}`; what is zero is left out, as the real one does. Thoughts are beside the candidates' tokens.
std::string usage_field(const Ask& ask, const Answer& answer, const Counts& counts, bool is_last) {
  if (answer.without_usage || (answer.usage && !is_last)) return "";
  json::object usage;
  const auto add = [&](std::string_view name, std::uint64_t number) {
    if (number > 0) usage[json::string_view(name.data(), name.size())] = number;
  };
  add("promptTokenCount", answer.prompt_tokens);
  add("cachedContentTokenCount", answer.cached_tokens);
  add("candidatesTokenCount", counts.candidates);
  add("thoughtsTokenCount", counts.thoughts);
  add("totalTokenCount", answer.prompt_tokens + counts.candidates + counts.thoughts);
  usage["promptTokensDetails"] = json::array{{{"modality", "TEXT"}, {"tokenCount", answer.prompt_tokens}}};
  if (ask.settings.contains("vertex")) usage["trafficType"] = "ON_DEMAND";
  return R"(,"usageMetadata":)" + json::serialize(answer.usage ? *answer.usage : usage);
}

/// `,"modelVersion":…,"responseId":…}`: what stands at the end of each response.
std::string tail_of(const Ask& ask, const Answer& answer) {
  std::string out = R"(,"modelVersion":)";
  append_quoted(out, answer.model);
  append_member(out, "responseId", answer.id);
  if (ask.settings.contains("vertex")) out += R"(,"createTime":"2026-02-02T02:40:00.123456Z")";
  return out + '}';
}

std::string finish_reason(const Choice& choice) {
  const std::string reason = choice.finish_reason.value_or("");
  if (reason == "stop" || reason == "tool_calls") return "STOP";
  if (reason == "length") return "MAX_TOKENS";
  if (reason == "content_filter") return "SAFETY";
  return reason;
}

json::array safety_ratings(const Ask& ask, bool is_blocked) {
  const json::value* asked = ask.settings.if_contains("safety");
  json::array categories;
  if (asked) categories = asked->get_array();
  if (categories.empty() && is_blocked) categories.emplace_back("HARM_CATEGORY_DANGEROUS_CONTENT");
  json::array ratings;
  for (const json::value& category : categories) {
    const bool is_cause = is_blocked && ratings.empty();
    json::object rating{{"category", category}, {"probability", is_cause ? "HIGH" : "NEGLIGIBLE"}};
    if (is_cause) rating["blocked"] = true;
    ratings.push_back(std::move(rating));
  }
  return ratings;
}

/// `,"avgLogprobs":…,"logprobsResult":{…}`
std::string logprob_fields(const Ask& ask, const std::vector<std::string>& pieces) {
  if (!ask.logprobs || pieces.empty()) return "";
  json::array chosen;
  json::array top;
  double sum = 0;
  for (const std::string& piece : pieces) {
    json::object token{
        {"token", piece}, {"tokenId", hash(piece) % 262144}, {"logProbability", log_probability_of(piece)}};
    sum += log_probability_of(piece);
    json::object alternatives;
    alternatives["candidates"] = ask.settings.contains("top_logprobs") ? json::array{token} : json::array();
    top.push_back(std::move(alternatives));
    chosen.push_back(std::move(token));
  }
  json::object result{{"topCandidates", std::move(top)}, {"chosenCandidates", std::move(chosen)}};
  return R"(,"avgLogprobs":)" + json::serialize(json::value(sum / static_cast<double>(pieces.size()))) +
         R"(,"logprobsResult":)" + json::serialize(result);
}

/// Everything of a candidate that comes at its end, in any order with the rest: `,"finishReason":…`.
std::string final_fields(const Ask& ask, const Choice& choice, const std::vector<Block>& blocks) {
  std::string out;
  const std::string reason = finish_reason(choice);
  if (!reason.empty()) out += ',' + quoted_member("finishReason", reason);
  const json::array ratings = safety_ratings(ask, reason == "SAFETY");
  if (!ratings.empty()) out += R"(,"safetyRatings":)" + json::serialize(ratings);
  json::array sources;
  for (const Block& block : blocks) sources.insert(sources.end(), block.citations.begin(), block.citations.end());
  if (!sources.empty()) {
    out += R"(,"citationMetadata":)" + json::serialize(json::object{{"citationSources", std::move(sources)}});
  }
  return out;
}

/// A prompt that is not answered.
std::string blocked(const Ask& ask, const Answer& answer) {
  json::object feedback;
  feedback["blockReason"] = answer.failure->type.empty() ? "SAFETY" : answer.failure->type;
  feedback["safetyRatings"] = safety_ratings(ask, true);
  return R"({"promptFeedback":)" + json::serialize(feedback) + usage_field(ask, answer, Counts(), true) +
         tail_of(ask, answer);
}

std::string whole_parts(const GeminiParts& parts) {
  std::string out;
  const Block* last_text = nullptr;
  for (const Block& block : parts.blocks()) {
    if (block.kind == Kind::text) last_text = &block;
  }
  for (const Block& block : parts.blocks()) {
    out += out.empty() ? "" : ",";
    if (block.kind == Kind::call) {
      out += parts.call_part(block.call);
    } else if (block.kind == Kind::extra) {
      out += block.extra;
    } else {
      const std::string text = block.generated ? std::string(generated_mark) : whole_text(block);
      out += parts.text_part(block, text, &block == last_text ? parts.text_signature() : "");
    }
  }
  if (!last_text && !parts.text_signature().empty()) {
    out += ',' + parts.text_part(Block(), "", parts.text_signature());
  }
  return out;
}

std::string content_of(const std::string& parts) {
  return parts.empty() ? R"("content":{"role":"model"})" : R"("content":{"parts":[)" + parts + R"(],"role":"model"})";
}

/// The chunks of one candidate.
class CandidateSource : public BlockSource {
 public:
  CandidateSource(const Ask& ask, const Answer& answer, std::size_t index, Counts& counts)
      : CandidateSource(ask, answer, index, counts, GeminiParts(ask, answer, answer.choices[index])) {}

 protected:
  void begin() override {}

  void open(std::size_t index) override {
    const Block& block = blocks()[index];
    if (block.kind == Kind::extra) give_chunk(Event::Kind::content, block.extra, "");
    if (block.kind != Kind::call) return;
    counts_.candidates += 3 + estimated_tokens(block.call.name.size() + block.call.arguments.size());
    if (!ask_.settings.contains("stream_arguments")) {
      give_chunk(Event::Kind::content, parts_.call_part(parts_.blocks()[index].call), "");
      return;
    }
    for (const std::string& part : parts_.call_fragments(parts_.blocks()[index].call)) {
      give_chunk(Event::Kind::content, part, "");
    }
  }

  void piece(std::size_t index, const std::string& text) override {
    const Block& block = blocks()[index];
    if (block.kind == Kind::call) return;
    ++(block.kind == Kind::reasoning ? counts_.thoughts : counts_.candidates);
    const bool is_text = block.kind == Kind::text;
    give_chunk(Event::Kind::content, parts_.text_part(block, text), is_text ? logprob_fields(ask_, {text}) : "");
  }

  void close(std::size_t) override {}

  void end() override {
    const std::string part = parts_.blocks().empty() ? "" : parts_.text_part(Block(), "", parts_.text_signature());
    counts_are_final_ = true;
    give_chunk(Event::Kind::finish, part, final_fields(ask_, answer_.choices[number_], parts_.blocks()));
  }

 private:
  CandidateSource(const Ask& ask, const Answer& answer, std::size_t index, Counts& counts, GeminiParts parts)
      : BlockSource(parts.blocks()),
        ask_(ask),
        answer_(answer),
        number_(index),
        counts_(counts),
        parts_(std::move(parts)) {}

  void give_chunk(Event::Kind kind, const std::string& part, const std::string& more) {
    const Counts counts = counts_are_final_ && answer_.choices.size() == 1 ? all_counts(answer_) : counts_;
    give(kind, R"({"candidates":[{)" + content_of(part) + more + R"(,"index":)" + std::to_string(number_) + "}]" +
                   usage_field(ask_, answer_, counts, counts_are_final_) + tail_of(ask_, answer_));
  }

  const Ask& ask_;
  const Answer& answer_;
  std::size_t number_;
  Counts& counts_;
  GeminiParts parts_;
  bool counts_are_final_ = false;
};

/// All candidates in turn.
class GeminiResponseSource : public EventSource {
 public:
  GeminiResponseSource(const Ask& ask, Answer answer) : ask_(ask), answer_(std::move(answer)) {
    if (answer_.failure) return;
    for (std::size_t i = 0; i < answer_.choices.size(); ++i) {
      candidates_.push_back(std::make_unique<CandidateSource>(ask_, answer_, i, counts_));
    }
  }

  bool next(Event& event) override {
    if (answer_.failure) {
      event = Event{Event::Kind::finish, blocked(ask_, answer_)};
      return !std::exchange(is_over_, true);
    }
    for (std::size_t tried = 0; tried < candidates_.size(); ++tried) {
      if (candidates_[turn_++ % candidates_.size()]->next(event)) return true;
    }
    return false;
  }

 private:
  Ask ask_;
  Answer answer_;
  Counts counts_;
  std::vector<std::unique_ptr<CandidateSource>> candidates_;
  std::size_t turn_ = 0;
  bool is_over_ = false;
};

}  // namespace

std::string gemini_whole(const Ask& ask, const Answer& answer) {
  if (answer.failure) return blocked(ask, answer);
  std::string candidates;
  std::size_t index = 0;
  for (const Choice& choice : answer.choices) {
    const GeminiParts parts(ask, answer, choice);
    candidates += candidates.empty() ? "{" : ",{";
    candidates += content_of(whole_parts(parts)) + final_fields(ask, choice, parts.blocks()) +
                  logprob_fields(ask, choice.text) + R"(,"index":)" + std::to_string(index++) + '}';
  }
  return R"({"candidates":[)" + candidates + ']' + usage_field(ask, answer, all_counts(answer), true) +
         tail_of(ask, answer);
}

std::unique_ptr<EventSource> gemini_events(const Ask& ask, Answer answer) {
  return std::make_unique<GeminiResponseSource>(ask, std::move(answer));
}

}  // namespace antiphon::inline v0::simulator
