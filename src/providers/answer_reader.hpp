#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <antiphon/error.hpp>
#include <antiphon/http.hpp>
#include <antiphon/result.hpp>

#include "core/answer_builder.hpp"
#include "providers/codec.hpp"
#include "wire/aws_event_stream.hpp"
#include "wire/ndjson.hpp"
#include "wire/sse.hpp"

namespace antiphon::inline v0::codec {

/// Reads one HTTP answer of a chat, whatever it turns out to be: a stream, a whole body, an error status, a JSON body
/// in answer to a streamed request, an HTML page. Takes any split of the bytes. Pure.
///
///   AnswerReader reader(codec, target, streaming, max_bytes, sink);
///   reader.head(head, now); reader.feed(bytes)…; result = reader.end(transport_error);
class AnswerReader {
 public:
  /// `sink` may be null. `max_bytes` bounds a whole body, one event, and all that is kept of a stream.
  AnswerReader(const Codec& codec, const Target& target, bool streaming, std::size_t max_bytes, ChunkSink* sink);
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// Gives every event of a stream as a chunk too, before what is in it.
  void raw_events(bool on) { raw_events_ = on; }
  /// `now` is for dates in the headers.
  void head(HttpHead head, std::chrono::system_clock::time_point now);
  /// False when the answer has ended, well or not: nothing more needs to be fed.
  bool feed(std::string_view bytes);
  /// Content (not only start-up events) has been handed out.
  bool has_content() const { return builder_.has_content(); }
  /// What the answer has said that it used, so far.
  const Usage& usage() const { return builder_.usage(); }
  /// The answer, or why there is none: the error has status, request id, provider's words, and `partial()` with what
  /// had arrived. `transport_error` is why the transport ended, if it failed; a failure after the answer's end mark
  /// does not count, nor does a lost connection after the finish of all that was said: that is a warning.
  Result<Response> end(std::optional<Error> transport_error);

 private:
  enum class Mode { unknown, error_status, whole, sse, ndjson, aws_frames };
  bool tells_frames() const;
  Mode judge_mode(std::string_view first_bytes) const;
  bool good_status() const { return head_.status >= 200 && head_.status < 300; }
  void drop_headers();
  std::string id_of_request() const;
  void keep(std::string_view bytes);
  void drain_events();
  void drain_frames(wire::AwsEventStreamDecoder& frames);
  bool take_event(std::string_view type, std::string_view padded_data);
  void fail(Error error);
  void read_rest();
  std::optional<Error> judge_end(std::optional<Error> transport_error);
  bool complete_without_end_mark(const Error& transport_error) const;
  Error complete(Error error);

  const Codec& codec_;
  bool streaming_;
  std::size_t max_bytes_;
  bool raw_events_ = false;
  AnswerBuilder builder_;
  std::unique_ptr<AnswerDecoder> decoder_;
  HttpHead head_;  ///< of a stream without its headers, once its first byte is there
  std::string request_id_;
  std::chrono::system_clock::time_point received_at_;
  Mode mode_ = Mode::unknown;
  std::string body_;
  std::variant<std::monostate, wire::SseDecoder, wire::NdjsonDecoder, wire::AwsEventStreamDecoder> framing_;
  std::optional<Error> error_;
  bool received_ = false;
  bool ended_ = false;
};

}  // namespace antiphon::inline v0::codec
