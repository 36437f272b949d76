#include "providers/answer_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/ascii.hpp"
#include "core/padding.hpp"
#include "core/spare_text.hpp"
#include "providers/aws_exceptions.hpp"
#include "providers/errors.hpp"

namespace antiphon::inline v0::codec {

namespace {

std::string_view media_type(const HttpHeaders& headers) {
  const std::string_view value = headers.get("content-type");
  return ascii::trim(value.substr(0, value.find(';')));
}

/// What neither JSON nor events begin with, a byte order mark among it.
std::string_view without_blanks(std::string_view bytes) {
  return bytes.substr(std::min(bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), bytes.size()));
}

/// What the answer says of its size, so that its body is not copied while it grows; bounded, for it may lie.
std::size_t expected_size(const HttpHeaders& headers) {
  constexpr std::size_t most = 64 * 1024;
  const std::string_view text = headers.get("content-length");
  std::size_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return std::min(size, most);
}

Error too_large(std::size_t max_bytes) {
  return Error(ErrorKind::response_too_large, "the answer is larger than " + std::to_string(max_bytes) + " bytes")
      .where("max_response_bytes");
}

}  // namespace

AnswerReader::AnswerReader(const Codec& codec, const Target& target, bool streaming, std::size_t max_bytes,
                           ChunkSink* sink)
    : codec_(codec),
      streaming_(streaming),
      max_bytes_(max_bytes),
      builder_(sink),
      decoder_(codec.decoder(target, builder_)) {}

void AnswerReader::head(HttpHead head, std::chrono::system_clock::time_point now) {
  head_ = std::move(head);
  received_at_ = now;
  if (!good_status()) mode_ = Mode::error_status;
  if (streaming_) return;
  body_ = SpareText::take();
  body_.reserve(expected_size(head_.headers) + json_padding);
}

/// Then all is frames that does not begin as JSON does, however broken: a wrong length has any first byte.
bool AnswerReader::tells_frames() const {
  return codec_.framing() == Framing::aws_frames &&
         ascii::equal_ignoring_case(media_type(head_.headers), "application/vnd.amazon.eventstream");
}

/// The first byte decides, because content types lie (providers.md, trap 12).
AnswerReader::Mode AnswerReader::judge_mode(std::string_view first_bytes) const {
  const std::string_view type = media_type(head_.headers);
  const char first = first_bytes.front();
  if (first == '{' || first == '[') {
    const bool lines = streaming_ || ascii::equal_ignoring_case(type, "application/x-ndjson");
    return codec_.framing() == Framing::ndjson && lines ? Mode::ndjson : Mode::whole;
  }
  // A frame begins with its length, of which the first byte is small.
  const bool frames = tells_frames() || static_cast<unsigned char>(first) < ' ';
  if (codec_.framing() == Framing::aws_frames && frames) return Mode::aws_frames;
  constexpr std::string_view field_or_comment = "deir:";
  const bool events = ascii::equal_ignoring_case(type, "text/event-stream");
  return events || field_or_comment.find(first) != field_or_comment.npos ? Mode::sse : Mode::whole;
}

bool AnswerReader::feed(std::string_view bytes) {
  if (ended_) return false;
  received_ = received_ || !bytes.empty();
  if (mode_ == Mode::unknown) {
    if (!tells_frames()) bytes = without_blanks(bytes);
    if (bytes.empty()) return true;
    mode_ = judge_mode(bytes);
    if (mode_ == Mode::sse) framing_.emplace<wire::SseDecoder>(max_bytes_);
    if (mode_ == Mode::ndjson) framing_.emplace<wire::NdjsonDecoder>(max_bytes_);
    if (mode_ == Mode::aws_frames) framing_.emplace<wire::AwsEventStreamDecoder>(max_bytes_);
    if (mode_ != Mode::whole) drop_headers();
  }
  if (auto* sse = std::get_if<wire::SseDecoder>(&framing_)) {
    sse->feed(bytes);
    drain_events();
  } else if (auto* ndjson = std::get_if<wire::NdjsonDecoder>(&framing_)) {
    ndjson->feed(bytes);
    drain_events();
  } else if (auto* frames = std::get_if<wire::AwsEventStreamDecoder>(&framing_)) {
    frames->feed(bytes);
    drain_events();
  } else {
    keep(bytes);
  }
  return !ended_;
}

/// A stream may stay open for long, and has no more use for them.
void AnswerReader::drop_headers() {
  request_id_ = request_id(head_.headers);
  head_.headers = HttpHeaders();
}

std::string AnswerReader::id_of_request() const {
  return request_id_.empty() ? request_id(head_.headers) : request_id_;
}

void AnswerReader::keep(std::string_view bytes) {
  if (mode_ == Mode::error_status) {
    body_ += bytes.substr(0, most_kept_body - body_.size());
    ended_ = body_.size() == most_kept_body;
  } else if (bytes.size() > max_bytes_ - body_.size()) {
    fail(too_large(max_bytes_));
  } else {
    body_ += bytes;
  }
}

void AnswerReader::fail(Error error) {
  if (!error_) error_ = std::move(error);
  ended_ = true;
}

/// False when the answer has ended.
bool AnswerReader::take_event(std::string_view type, std::string_view padded_data) {
  if (raw_events_) builder_.raw_event(padded_data);
  if (std::optional<Error> error = decoder_->event(type, padded_data)) fail(std::move(*error));
  if (decoder_->done()) ended_ = true;
  if (builder_.kept_bytes() > max_bytes_) fail(too_large(max_bytes_));
  return !ended_;
}

void AnswerReader::drain_events() {
  if (auto* sse = std::get_if<wire::SseDecoder>(&framing_)) {
    for (auto event = sse->next(); event; event = sse->next()) {
      if (!take_event(event->type, event->data)) return;
    }
    if (sse->too_large()) fail(too_large(max_bytes_));
  } else if (auto* ndjson = std::get_if<wire::NdjsonDecoder>(&framing_)) {
    for (auto line = ndjson->next(); line; line = ndjson->next()) {
      if (!take_event({}, *line)) return;
    }
    if (ndjson->too_large()) fail(too_large(max_bytes_));
  } else if (auto* frames = std::get_if<wire::AwsEventStreamDecoder>(&framing_)) {
    drain_frames(*frames);
  }
}

void AnswerReader::drain_frames(wire::AwsEventStreamDecoder& frames) {
  for (auto frame = frames.next(); frame; frame = frames.next()) {
    if (std::optional<Error> error = aws_frame_error(*frame)) {
      if (raw_events_) builder_.raw_event(frame->payload);
      return fail(std::move(*error));
    }
    if (!take_event(frame->event_type, frame->payload)) return;
  }
  if (frames.error()) fail(*frames.error());
}

/// What can only be read once the body is complete.
void AnswerReader::read_rest() {
  if (auto* sse = std::get_if<wire::SseDecoder>(&framing_)) sse->end();
  if (auto* ndjson = std::get_if<wire::NdjsonDecoder>(&framing_)) ndjson->end();
  if (auto* frames = std::get_if<wire::AwsEventStreamDecoder>(&framing_)) frames->end();
  drain_events();
  if (mode_ != Mode::whole) return;
  const std::size_t size = body_.size();
  body_.append(json_padding, ' ');
  if (std::optional<Error> error = decoder_->whole(std::string_view(body_).substr(0, size))) fail(std::move(*error));
  body_.resize(size);
}

bool AnswerReader::complete_without_end_mark(const Error& transport_error) const {
  if (mode_ != Mode::sse && mode_ != Mode::ndjson && mode_ != Mode::aws_frames) return false;
  switch (transport_error.kind()) {
    case ErrorKind::connection:
    case ErrorKind::tls:
    case ErrorKind::truncated:
    case ErrorKind::protocol:
    case ErrorKind::timeout:
      return builder_.all_finished();
    default:
      return false;
  }
}

/// Why the answer is no good, now that nothing more comes; nothing when it is.
std::optional<Error> AnswerReader::judge_end(std::optional<Error> transport_error) {
  if (decoder_->done()) transport_error.reset();
  if (!error_ && !ended_ && !transport_error) read_rest();
  // Also gives the builder what was held back, whatever became of the answer.
  std::optional<Error> incomplete = decoder_->end();
  if (error_) return error_;
  if (!transport_error) return incomplete;
  if (complete_without_end_mark(*transport_error)) {
    builder_.warn("connection", "it was lost behind the end of the text; usage may be missing");
    return std::nullopt;
  }
  if (transport_error->kind() != ErrorKind::connection || !received_) return transport_error;
  return Error(ErrorKind::truncated,
               "the connection was lost in the middle of the answer: " + transport_error->message());
}

Result<Response> AnswerReader::end(std::optional<Error> transport_error) {
  if (head_.status == 0) {
    if (transport_error) return *transport_error;
    return Error(ErrorKind::protocol, "there was no answer");
  }
  const bool given_up = transport_error && (transport_error->kind() == ErrorKind::cancelled ||
                                            transport_error->kind() == ErrorKind::deadline_exceeded);
  if (mode_ == Mode::error_status && !given_up) {
    return codec_.error(head_.status, head_.headers, body_, received_at_);
  }
  if (mode_ == Mode::unknown && !transport_error) {
    return complete(Error(ErrorKind::truncated, "the answer has no body"));
  }
  if (std::optional<Error> error = judge_end(std::move(transport_error))) return complete(std::move(*error));
  builder_.close();
  Response response = builder_.take();
  response.request_id(id_of_request()).raw(SpareText::keep(std::move(body_)));
  return response;
}

Error AnswerReader::complete(Error error) {
  error.http_status(head_.status);
  if (error.request_id().empty()) error.request_id(id_of_request());
  if (!builder_.has_content()) return error;
  Response partial = builder_.take();
  partial.request_id(error.request_id());
  return error.partial(std::move(partial));
}

}  // namespace antiphon::inline v0::codec
