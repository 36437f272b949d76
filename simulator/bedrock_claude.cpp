#include "anthropic_answer.hpp"
#include "anthropic_request.hpp"
#include "bedrock_errors.hpp"
#include "bedrock_path.hpp"
#include "protocol.hpp"

namespace antiphon::inline v0::simulator {
namespace {

/// Anthropic has words for what is wrong that Bedrock does not say.
Failure as_bedrock(Failure failure) {
  failure.type.clear();
  if (failure.status == 413) failure.status = 400;
  return failure;
}

/// The events of the Messages protocol; the last one tells what the invocation took.
class InvocationSource : public EventSource {
 public:
  InvocationSource(const Ask& ask, const Answer& answer) : events_(anthropic_events(ask, answer)) {
    json::object metrics{{"inputTokenCount", answer.prompt_tokens},
                         {"outputTokenCount", answer.completion_tokens},
                         {"invocationLatency", 16 * answer.completion_tokens + 300},
                         {"firstByteLatency", 300}};
    metrics_ = R"(,"amazon-bedrock-invocationMetrics":)" + json::serialize(metrics);
  }

  bool next(Event& event) override {
    if (!events_->next(event)) return false;
    if (event.kind == Event::Kind::done) event.data.insert(event.data.size() - 1, metrics_);
    return true;
  }

 private:
  std::unique_ptr<EventSource> events_;
  std::string metrics_;
};

/// `invoke` and `invoke-with-response-stream` for Claude: the Messages protocol inside Bedrock's.
class BedrockClaude : public Protocol {
 public:
  std::string_view name() const override { return "bedrock-claude"; }
  StreamForm stream_form(const RecordedRequest&) const override {
    return {Framing::chunk_frames, "application/vnd.amazon.eventstream"};
  }
  std::string_view body_type() const override { return bedrock().body_type(); }
  Headers headers(std::uint64_t number) const override { return bedrock().headers(number); }
  bool owns(const RecordedRequest& request) const override { return is_chat(request.path()); }
  bool is_chat(std::string_view path) const override { return !bedrock_claude_model(path).empty(); }

  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override {
    return bedrock().check_access(request, wanted);
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw bedrock_wrong_method();
    try {
      Ask ask = read_anthropic(request);
      ask.stream = bedrock_path(request.path())->operation != "invoke";
      for (Claim& claim : ask.claims) claim.failure = as_bedrock(std::move(claim.failure));
      return ask;
    } catch (Failure& failure) {
      throw as_bedrock(std::move(failure));
    }
  }

  Failure unknown_model(const std::string& model) const override { return bedrock().unknown_model(model); }

  Reply reply(const RecordedRequest&, const Models&) const override {
    throw as_bedrock(Failure{404, "There is nothing at this path."});
  }

  std::string whole(const Ask& ask, const Answer& answer) const override { return anthropic_message(ask, answer); }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return std::make_unique<InvocationSource>(ask, answer);
  }

  std::string error_body(const Failure& failure, const RecordedRequest& request) const override {
    return bedrock().error_body(failure, request);
  }
  Headers error_headers(const Failure& failure) const override { return bedrock().error_headers(failure); }
  Event error_event(const Failure& failure) const override { return bedrock().error_event(failure); }
  Event unknown_event() const override { return anthropic().unknown_event(); }

  /// An event of Anthropic's, or an exception as Bedrock has it.
  Event scripted_event(std::string text) const override {
    Event event = bedrock().scripted_event(text);
    return event.kind == Event::Kind::failure ? event : Protocol::scripted_event(std::move(text));
  }
};

}  // namespace

const Protocol& bedrock_claude() {
  static const BedrockClaude protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
