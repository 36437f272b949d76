#pragma once

#include <chrono>
#include <optional>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

/// How long each phase of one attempt may take. Zero or a negative value is an error that names the field; `off()`
/// switches one off. What is not set has the default written here.
///
/// A timeout ends the attempt with `ErrorKind::timeout`, `where()` names it (`timeouts.idle`), and what had arrived
/// is in `Error::partial()`.
class ANTIPHON_EXPORT Timeouts {
 public:
  using Duration = std::chrono::nanoseconds;
  static constexpr Duration off() { return Duration::max(); }

  /// Name look-up, TCP and TLS together. Default 10 s.
  Timeouts& connect(Duration value);
  /// From sending the request to the first content of the answer (text, reasoning, tool call); pings do not count.
  /// Default off.
  Timeouts& first_content(Duration value);
  /// Longest silence; any byte, a ping too, starts it anew. Default 10 min.
  Timeouts& idle(Duration value);
  /// Longest wait from one content chunk to the next; pings do not count. Default off, because a model may reason
  /// silently for minutes.
  Timeouts& between_chunks(Duration value);
  /// The whole attempt. Default 1 h. The time that a slow consumer keeps a stream waiting counts here, and in no
  /// other timeout.
  Timeouts& total(Duration value);

  const std::optional<Duration>& connect() const { return connect_; }
  const std::optional<Duration>& first_content() const { return first_content_; }
  const std::optional<Duration>& idle() const { return idle_; }
  const std::optional<Duration>& between_chunks() const { return between_chunks_; }
  const std::optional<Duration>& total() const { return total_; }

 private:
  std::optional<Duration> connect_;
  std::optional<Duration> first_content_;
  std::optional<Duration> idle_;
  std::optional<Duration> between_chunks_;
  std::optional<Duration> total_;
};

}  // namespace antiphon::inline v0
