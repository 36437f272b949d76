#pragma once

#include <antiphon/simulator.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer.hpp"
#include "credentials.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {

/// One event of a stream, in the protocol's form but not yet framed.
struct Event {
  enum class Kind { start, content, finish, usage, done, failure, other };
  Kind kind = Kind::other;
  std::string data;
  std::string name = "";  ///< its type, where the framing has a place for it
};

/// Gives out the events of an answer one by one.
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// False behind the last one.
  virtual bool next(Event& event) = 0;
  /// The events with which the answer ends here because of a failure; none: `Protocol::error_event` alone.
  virtual std::vector<Event> fail(const Failure&) { return {}; }
};

/// Server-sent events; the same with an `event` line that repeats the `type` in the data; one line each; the elements
/// of one JSON array; binary frames (`vnd.amazon.eventstream`); the same with each event in Base64 inside another.
enum class Framing { sse, typed_sse, lines, array, frames, chunk_frames };

/// How a protocol streams.
struct StreamForm {
  Framing framing = Framing::sse;
  std::string_view content_type;
  bool crlf = false;  ///< lines end with CR LF
};

/// An answer that needs no model, such as the list of models.
struct Reply {
  int status = 200;
  std::string content_type;
  std::string body;
  Headers headers = {};
};

/// The models that are served.
struct Models {
  std::vector<std::string> names;
  bool any_other = true;  ///< every name but `missing` is served, listed or not
  bool has(std::string_view name) const;
};

/// The wire form of one protocol: reads its requests, writes its answers. Adding a protocol is adding one of these.
class Protocol {
 public:
  virtual ~Protocol() = default;

  /// As scenarios call it.
  virtual std::string_view name() const = 0;
  virtual StreamForm stream_form(const RecordedRequest& request) const = 0;
  virtual std::string_view body_type() const = 0;
  /// Headers of every answer; `number` tells requests apart.
  virtual Headers headers(std::uint64_t number) const = 0;
  /// Whether a request is for this protocol. Paths decide, and headers where two protocols share one.
  virtual bool owns(const RecordedRequest& request) const = 0;
  /// Whether this path takes conversations.
  virtual bool is_chat(std::string_view path) const = 0;
  /// Why the client is not let in; nothing when it shows what it must.
  virtual std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const = 0;
  /// Reads a conversation. Throws `Failure`.
  virtual Ask read(const RecordedRequest& request) const = 0;
  /// What this provider says when it does not have the model.
  virtual Failure unknown_model(const std::string& model) const = 0;
  /// Any other path that this protocol owns. Throws `Failure`.
  virtual Reply reply(const RecordedRequest& request, const Models& models) const = 0;
  /// The whole answer. Where content is generated it holds `generated_mark`.
  virtual std::string whole(const Ask& ask, const Answer& answer) const = 0;
  /// The answer as a stream.
  virtual std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const = 0;
  virtual std::string error_body(const Failure& failure, const RecordedRequest& request) const = 0;
  /// Headers of an error; `retry-after` unless the protocol has another place for it.
  virtual Headers error_headers(const Failure& failure) const;
  virtual Event error_event(const Failure& failure) const = 0;
  /// An event that no client knows.
  virtual Event unknown_event() const = 0;
  /// An event that says only that the server is there; empty: a comment or an empty line does.
  virtual std::string ping_event() const { return ""; }
  /// An event as a scenario writes it.
  virtual Event scripted_event(std::string text) const;
  /// Headers that tell of a limit.
  virtual Headers rate_limit(const RateLimit& limit) const;
  /// The models that are listed when the scenario names none.
  virtual std::vector<std::string> usual_models() const;
};

/// Stands in a whole answer for the generated content of a choice.
inline constexpr std::string_view generated_mark = "@antiphon:generated@";

const Protocol& anthropic();
const Protocol& bedrock();
const Protocol& bedrock_claude();
const Protocol& cohere();
const Protocol& gemini();
const Protocol& ollama();
const Protocol& openai_chat();
const Protocol& openai_responses();
/// All of them, in the order in which they are asked whose a request is.
const std::vector<const Protocol*>& protocols();
/// Whose request it is; OpenAI Chat's when nobody's.
const Protocol& protocol_of(const RecordedRequest& request);

}  // namespace antiphon::inline v0::simulator
