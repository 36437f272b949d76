#include "exchange.hpp"

#include <algorithm>

namespace antiphon::inline v0::simulator {
namespace {

/// Headers of so many bytes.
void add_padding(Headers& headers, std::uint64_t bytes) {
  constexpr std::uint64_t longest = 4096;
  for (std::uint64_t i = 0; bytes > 0; ++i) {
    const std::string name = "x-padding-" + std::to_string(i);
    const std::uint64_t length = std::min(bytes, longest);
    headers.emplace_back(name, std::string(length, 'p'));
    bytes -= length;
  }
}

}  // namespace

Exchange::Exchange(Plan plan, const RecordedRequest& request, std::uint64_t number, Outlet& outlet, Recorder& recorder)
    : plan_(std::move(plan)), request_(request), number_(number), outlet_(outlet), recorder_(recorder) {
  outlet_.set_bytes_per_write(plan_.fault.bytes_per_write);
  outlet_.set_on_lost([this] { leave(true); });
  if (!outlet_.is_open()) leave(true);
}

Exchange::~Exchange() {
  outlet_.set_on_lost(nullptr);
  leave(false);
}

void Exchange::leave(bool by_client) {
  if (left_) return;
  left_ = true;
  if (in_stream_) recorder_.stream_closed();
  recorder_.request_closed();
  if (by_client) recorder_.disconnected(request_.connection, number_);
}

Task<void> Exchange::run() {
  co_await answer();
  if (!outlet_.is_open() || left_) co_return;
  leave(false);
  recorder_.answered(request_.connection, number_);
}

void Exchange::cut() {
  leave(false);
  outlet_.cut(plan_.fault.cut_by);
}

Task<void> Exchange::answer() {
  if (plan_.fault.close_on_next_request) outlet_.close_on_next_request();
  if (plan_.timing.never_answer) {
    co_await hang(false);
    co_return;
  }
  bool there = co_await pause(plan_.timing.before_head, false);
  if (!there) co_return;
  if (plan_.fault.cut_before_headers) {
    cut();
    co_return;
  }
  if (plan_.is_http || plan_.fault.endless_header) {
    co_await answer_without_http();
    co_return;
  }
  there = co_await begin();
  if (there) there = co_await send_all();
  if (there) there = co_await outlet_.end();
  if (there && plan_.fault.close_idle) outlet_.close_idle();
}

/// Only HTTP/1.1 has room for this; over HTTP/2 the stream is reset.
Task<void> Exchange::answer_without_http() {
  constexpr std::size_t block = 16384;
  if (!outlet_.takes_raw_bytes()) {
    leave(false);
    outlet_.cut(CutBy::stream);
    co_return;
  }
  if (plan_.fault.endless_header) {
    const std::string padding(block, 'a');
    bool there = co_await outlet_.raw("HTTP/1.1 200 OK\r\nx-endless: ");
    while (there) there = co_await outlet_.raw(padding);
    co_return;
  }
  Piece piece;
  while (plan_.body->next(piece)) {
    if (!co_await outlet_.raw(piece.bytes)) co_return;
  }
  co_await outlet_.end();
}

Task<bool> Exchange::begin() {
  const Head head = make_head();
  if (plan_.fault.gzip) gzip_.emplace();
  if (!co_await outlet_.head(head)) co_return false;
  if (!plan_.is_stream && plan_.timing.before_body.count() == 0) co_return true;
  if (!co_await outlet_.flush()) co_return false;
  last_byte_ = Clock::now();
  in_stream_ = plan_.is_stream;
  if (in_stream_) recorder_.stream_opened();
  co_return true;
}

Head Exchange::make_head() {
  const HttpFault& fault = plan_.fault;
  Head head;
  head.status = plan_.status;
  head.headers = plan_.headers;
  head.without_body = request_.method == "HEAD" || plan_.status == 204 || plan_.status == 304;
  if (head.without_body) plan_.body = std::make_unique<ReadyBody>(std::vector<Piece>());
  if (fault.gzip) head.headers.emplace_back("content-encoding", "gzip");
  add_padding(head.headers, fault.huge_headers);
  if (fault.content_length_off_by) {
    if (!plan_.body->size()) plan_.body = std::make_unique<ReadyBody>(read_all(*plan_.body));
    const auto length = static_cast<std::int64_t>(*plan_.body->size()) + *fault.content_length_off_by;
    head.length = static_cast<std::uint64_t>(std::max<std::int64_t>(0, length));
    return head;
  }
  const auto size = plan_.body->size();
  head.length = size.value_or(0);
  const bool is_open_ended = plan_.is_stream || fault.gzip || plan_.timing.ping_every.count() > 0 || !size;
  if (is_open_ended) head.end = Head::End::chunked;
  if (fault.close_delimited) head.end = Head::End::close;
  return head;
}

Task<bool> Exchange::send_all() {
  const Timing& timing = plan_.timing;
  if (!co_await pause(timing.before_body, true)) co_return false;
  std::uint64_t chunks = 0;
  Piece piece;
  while (true) {
    if (timing.stop_after_chunks && chunks >= *timing.stop_after_chunks) {
      if (co_await outlet_.flush()) co_await hang(true);
      co_return false;
    }
    if (!plan_.body->next(piece)) break;
    if (piece.is_content && chunks++ > 0) {
      if (!co_await pause(timing.between_chunks, true)) co_return false;
    }
    if (!co_await send(piece.bytes)) co_return false;
  }
  if (!gzip_) co_return true;
  const std::string rest = gzip_->end();
  co_return co_await send_encoded(rest);
}

Task<bool> Exchange::send(std::string_view bytes) {
  last_byte_ = Clock::now();
  if (!gzip_) co_return co_await send_encoded(bytes);
  const std::string encoded = gzip_->add(bytes);
  co_return co_await send_encoded(encoded);
}

Task<bool> Exchange::send_encoded(std::string_view bytes) {
  const auto& cut_after = plan_.fault.cut_after_bytes;
  const auto& stop_after = plan_.timing.stop_after_bytes;
  const std::uint64_t most = std::min(cut_after.value_or(UINT64_MAX), stop_after.value_or(UINT64_MAX));
  const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), most - body_bytes_));
  body_bytes_ += part.size();
  if (!part.empty()) {
    if (!co_await outlet_.body(part)) co_return false;
  }
  if (body_bytes_ < most) co_return true;
  if (!co_await outlet_.flush()) co_return false;
  if (cut_after && *cut_after == most) {
    cut();
  } else {
    co_await hang(false);
  }
  co_return false;
}

Task<bool> Exchange::pause(Milliseconds time, bool pings) {
  if (time.count() == 0) co_return outlet_.is_open();
  co_return co_await pause_until(Clock::now() + time, pings);
}

Task<void> Exchange::hang(bool pings) { co_await pause_until(Clock::time_point::max(), pings); }

Task<bool> Exchange::pause_until(Clock::time_point time, bool pings) {
  const Milliseconds every = plan_.timing.ping_every;
  const bool has_pings = pings && every.count() > 0;
  while (outlet_.is_open() && Clock::now() < time) {
    const auto next = has_pings ? std::min(time, last_byte_ + every) : time;
    co_await outlet_.waiter().wait_until(next);
    if (!outlet_.is_open()) co_return false;
    if (has_pings && Clock::now() >= last_byte_ + every) {
      if (!co_await send(plan_.ping)) co_return false;
    }
  }
  co_return outlet_.is_open();
}

}  // namespace antiphon::inline v0::simulator
