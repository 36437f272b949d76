#pragma once

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/any_shared.hpp>
#include <antiphon/error.hpp>
#include <antiphon/json.hpp>
#include <antiphon/message.hpp>
#include <antiphon/money.hpp>
#include <antiphon/usage.hpp>

namespace antiphon::inline v0 {

namespace detail {

/// Works out what an attempt cost when somebody asks: most never do. Safe on any thread.
class Bill {
 public:
  virtual ~Bill() = default;
  virtual Money cost() const = 0;
};

}  // namespace detail

/// Why the model stopped, in the same words for every provider.
enum class FinishReason { none, stop, length, tool_calls, content_filter, error, other };

ANTIPHON_EXPORT std::string_view to_string(FinishReason reason);
ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, FinishReason reason);

/// Something that worked, but not quite as asked: a field the provider cannot carry, a tolerated fault in its answer.
class Warning {
 public:
  Warning(std::string where, std::string message) : where_(std::move(where)), message_(std::move(message)) {}

  /// The field or place, for example `top_k`.
  const std::string& where() const { return where_; }
  const std::string& message() const { return message_; }

  friend bool operator==(const Warning&, const Warning&) = default;

 private:
  std::string where_;
  std::string message_;
};

/// One exchange with one provider, as it was made for a call.
class ANTIPHON_EXPORT Attempt {
 public:
  Attempt(std::string provider, std::string model);

  const std::string& provider() const { return provider_; }
  const std::string& model() const { return model_; }
  /// HTTP status, 0 when none was received.
  int status() const { return status_; }
  /// Why it failed; nothing when it succeeded.
  std::optional<ErrorKind> error() const;
  const std::string& error_message() const { return error_message_; }
  /// How long the call waited before this attempt.
  std::chrono::milliseconds waited() const { return waited_; }
  std::chrono::nanoseconds duration() const { return duration_; }
  const std::string& request_id() const { return request_id_; }
  /// What it used, as far as the provider said so before it ended: the bill of a failed, cancelled or beaten attempt
  /// too.
  const Usage& usage() const { return usage_; }
  /// What that costs by the prices of the `Catalogue` at the time when it began; nothing when it was refused with a
  /// status of 300 or more, or never got to the provider. Not known without a price, or when it ended before it said
  /// what it used.
  Money cost() const;

  Attempt& status(int value);
  Attempt& error(ErrorKind kind, std::string message);
  Attempt& waited(std::chrono::milliseconds value);
  Attempt& duration(std::chrono::nanoseconds value);
  Attempt& request_id(std::string value);
  Attempt& usage(Usage value);
  Attempt& cost(Money value);
  Attempt& cost(std::shared_ptr<const detail::Bill> bill);

 private:
  std::string provider_;
  std::string model_;
  int status_ = 0;
  bool failed_ = false;
  ErrorKind error_{};
  std::string error_message_;
  std::chrono::milliseconds waited_{0};
  std::chrono::nanoseconds duration_{0};
  std::string request_id_;
  Usage usage_;
  Money cost_;
  detail::AnyShared bill_;
};

/// One of the answers; there is more than one only when `Options::n` asked for more.
class Choice {
 public:
  const Message& message() const { return message_; }
  FinishReason finish_reason() const { return finish_reason_; }
  /// The provider's own word.
  const std::string& raw_finish_reason() const { return raw_finish_reason_; }
  /// Log-probabilities as the provider sent them, a JSON array of one object per token; empty when not asked for.
  const Json& logprobs() const { return logprobs_; }

  Message& message() { return message_; }
  Choice& finish_reason(FinishReason value) { return finish_reason_ = value, *this; }
  Choice& raw_finish_reason(std::string value) { return raw_finish_reason_ = std::move(value), *this; }
  Choice& logprobs(Json value) { return logprobs_ = std::move(value), *this; }

 private:
  Message message_{Role::assistant};
  FinishReason finish_reason_ = FinishReason::none;
  std::string raw_finish_reason_;
  Json logprobs_;
};

/// Where a cut answer was continued, see `Options::continue_with`.
class Joint {
 public:
  Joint(std::size_t position, std::string provider) : position_(position), provider_(std::move(provider)) {}

  /// Bytes of `Response::content` that stand before it.
  std::size_t position() const { return position_; }
  /// `provider/model` that went on.
  const std::string& provider() const { return provider_; }

 private:
  std::size_t position_;
  std::string provider_;
};

/// A whole answer. A plain value: copy it, keep it, move it between threads.
class ANTIPHON_EXPORT Response {
 public:
  /// Text of the first choice; empty when the model said none.
  std::string content() const;
  /// What the model thought, of the first choice.
  std::string reasoning() const;
  /// The model's words when it refused, of the first choice.
  std::string refusal() const;
  /// Tool calls of the first choice.
  std::vector<Part> tool_calls() const;
  /// The first choice as a message, to be added to a history.
  const Message& message() const;
  /// What came before `message()` in this call: answers that called tools and the tools' results, in order, each call
  /// with its result. To be added to a history before `message()`; empty when no tool was run.
  const Messages& history() const { return history_; }
  FinishReason finish_reason() const;
  const std::string& raw_finish_reason() const;
  /// Log-probabilities of the first choice.
  const Json& logprobs() const;
  /// At least one.
  const std::vector<Choice>& choices() const { return choices_; }

  const std::string& id() const { return id_; }
  /// Model that answered, as the provider names it.
  const std::string& model() const { return model_; }
  /// Provider that answered.
  const std::string& provider() const { return provider_; }
  const Usage& usage() const { return usage_; }
  const std::vector<Warning>& warnings() const { return warnings_; }
  /// Every attempt that was made for this call, in the order in which they ended; the one that gave the answer, or its
  /// end, stands last.
  const std::vector<Attempt>& attempts() const { return attempts_; }
  /// What all attempts cost together, those that failed, were beaten or were continued too; zero when none was made.
  /// When one is not known, what is known is a lower bound.
  Money cost() const;
  /// The provider's id of the request, for its support.
  const std::string& request_id() const { return request_id_; }
  /// What the provider said beside the answer (service tier, timings, fingerprints): JSON objects by name.
  const std::vector<std::pair<std::string, Json>>& provider_metadata() const { return metadata_; }
  /// The body as it was received; empty for a streamed answer.
  const std::string& raw() const { return raw_; }
  /// From the start of the call to its end.
  std::chrono::nanoseconds duration() const { return duration_; }
  /// From the start of the call to the first content; nothing when there was none, or when it was not streamed.
  const std::optional<std::chrono::nanoseconds>& first_content_after() const { return first_content_; }
  /// Where the answer was cut and continued; usually empty.
  const std::vector<Joint>& joints() const { return joints_; }

  Response();
  Response& id(std::string value) { return id_ = std::move(value), *this; }
  Response& model(std::string value) { return model_ = std::move(value), *this; }
  Response& provider(std::string value) { return provider_ = std::move(value), *this; }
  Response& usage(Usage value) { return usage_ = value, *this; }
  Response& request_id(std::string value) { return request_id_ = std::move(value), *this; }
  Response& raw(std::string value) { return raw_ = std::move(value), *this; }
  Response& duration(std::chrono::nanoseconds value) { return duration_ = value, *this; }
  Response& first_content_after(std::optional<std::chrono::nanoseconds> value);
  Response& attempts(std::vector<Attempt> value);
  Response& history(Messages value);
  Response& joints(std::vector<Joint> value);
  Response& warn(Warning value);
  /// Adds or replaces one entry of `provider_metadata()`.
  Response& metadata(std::string name, Json value);
  /// The choice with this index; made when there is none yet.
  Choice& choice(std::size_t index);

 private:
  std::vector<Choice> choices_;
  std::string id_;
  std::string model_;
  std::string provider_;
  Usage usage_;
  std::vector<Warning> warnings_;
  std::vector<Attempt> attempts_;
  std::string request_id_;
  std::vector<std::pair<std::string, Json>> metadata_;
  std::string raw_;
  std::chrono::nanoseconds duration_{0};
  std::optional<std::chrono::nanoseconds> first_content_;
  std::vector<Joint> joints_;
  Messages history_;
};

}  // namespace antiphon::inline v0
