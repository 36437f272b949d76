#include "http1.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t most_unread = 1 << 20;
constexpr std::chrono::seconds linger{2};

std::string_view reason_of(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 17> reasons{{
      {200, "OK"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {413, "Content Too Large"},
      {429, "Too Many Requests"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  }};
  const auto found = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == status; });
  return found == reasons.end() ? "Status" : found->second;
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

Http1Connection::Http1Connection(std::shared_ptr<Channel> channel, Service& service, bool control_only)
    : Outlet(channel->executor()),
      channel_(std::move(channel)),
      service_(service),
      reader_waiter_(channel_->executor()),
      control_only_(control_only) {}

Task<void> Http1Connection::run() {
  asio::co_spawn(channel_->executor(), read(shared_from_this()), asio::detached);
  while (true) {
    const Http1Parser::State state = parser_.parse();
    if (state == Http1Parser::State::bad) {
      co_await refuse(parser_.bad_status(), "This is no HTTP request that could be read.");
      break;
    }
    if (state == Http1Parser::State::complete) {
      if (!co_await serve_one()) break;
      reader_waiter_.wake();
      continue;
    }
    if (!is_open()) break;
    reader_waiter_.wake();
    if (parser_.wants_continue()) co_await channel_->write("HTTP/1.1 100 Continue\r\n\r\n");
    co_await waiter().wait();
  }
  channel_->cut(false);
}

Task<void> Http1Connection::read(std::shared_ptr<Http1Connection> self) {
  bool more = co_await self->channel_->read(self->parser_.input());
  while (more) {
    self->look_at_target();
    self->waiter().wake();
    while (self->is_open() && self->parser_.input().size() > most_unread) co_await self->reader_waiter_.wait();
    more = co_await self->channel_->read(self->parser_.input());
  }
  self->lost();
  self->channel_->cut(false);  // ends a write that nobody will read
}

void Http1Connection::look_at_target() {
  Meter& meter = channel_->meter();
  if (meter.id() != 0) return;
  const auto target = parser_.target();
  if (!target) return;
  if (is_control(*target)) {
    meter.is_control();
  } else {
    meter.count();
  }
}

/// False when the connection has come to its end.
Task<bool> Http1Connection::serve_one() {
  auto request = std::make_shared<RecordedRequest>(parser_.take());
  look_at_target();
  const bool is_for_us = is_control(request->target);
  if (!is_for_us) channel_->meter().count();
  request->connection = channel_->meter().id();
  keep_alive_ = parser_.keep_alive();
  http10_ = request->http_version == "1.0";
  if (control_only_ && !is_for_us) {
    co_await refuse(400, "This port speaks TLS.");
    co_return false;
  }
  if (close_on_next_request_ && !is_for_us) {
    service_.turn_away(std::move(request));
    co_return false;
  }
  co_await service_.serve(std::move(request), *this);
  set_bytes_per_write(0);
  if (close_idle_) {
    co_await channel_->finish();
    co_return false;
  }
  if (is_open() && keep_alive_) co_return true;
  co_await close();
  co_return false;
}

/// Says good-bye, and gives the client time to read what is under way: closing with bytes unread would destroy it.
Task<void> Http1Connection::close() {
  if (!is_open()) co_return;
  co_await channel_->finish();
  const auto patience = Clock::now() + linger;
  while (is_open() && Clock::now() < patience) {
    parser_.input().clear();
    reader_waiter_.wake();
    co_await waiter().wait_until(patience);
  }
}

Task<void> Http1Connection::refuse(int status, std::string_view why) {
  Head answer;
  answer.status = status;
  answer.headers = {{"content-type", "text/plain; charset=utf-8"}};
  answer.length = why.size();
  keep_alive_ = false;
  if (!co_await head(answer)) co_return;
  if (!co_await body(why)) co_return;
  co_await close();
}

Task<bool> Http1Connection::head(const Head& head) {
  std::string out = "HTTP/1.1 " + std::to_string(head.status) + ' ' + std::string(reason_of(head.status)) + "\r\n";
  for (const auto& [name, value] : head.headers) append_line(out, name, value);
  body_end_ = head.end;
  missing_ = 0;
  if (head.without_body) {
    body_end_ = Head::End::length;
  } else if (head.end == Head::End::length) {
    missing_ = head.length;
    append_line(out, "content-length", std::to_string(head.length));
  } else if (head.end == Head::End::chunked && !http10_) {
    append_line(out, "transfer-encoding", "chunked");
  } else {
    body_end_ = Head::End::close;
    keep_alive_ = false;
  }
  if (body_end_ != Head::End::length) missing_ = 0;
  if (!keep_alive_) append_line(out, "connection", "close");
  out += "\r\n";
  kept_back_ = std::move(out);
  co_return is_open();
}

Task<bool> Http1Connection::flush() {
  if (kept_back_.empty()) co_return is_open();
  const std::string out = std::exchange(kept_back_, std::string());
  co_return co_await write(out);
}

Task<bool> Http1Connection::body(std::string_view bytes) {
  if (bytes.empty()) co_return co_await flush();  // an empty chunk would be the end
  std::string out = std::exchange(kept_back_, std::string());
  missing_ -= std::min<std::uint64_t>(missing_, bytes.size());
  if (body_end_ == Head::End::chunked) {
    std::array<char, 20> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
    out.append(size.data(), end);
    out += "\r\n";
    out += bytes;
    out += "\r\n";
  } else {
    out += bytes;
  }
  co_return co_await write(out);
}

Task<bool> Http1Connection::end() {
  if (body_end_ == Head::End::chunked) kept_back_ += "0\r\n\r\n";
  const bool there = co_await flush();
  if (missing_ > 0) keep_alive_ = false;
  co_return there;
}

Task<bool> Http1Connection::raw(std::string_view bytes) {
  keep_alive_ = false;
  body_end_ = Head::End::close;
  missing_ = 0;
  co_return co_await write(bytes);
}

Task<bool> Http1Connection::write(std::string_view bytes) {
  const std::uint64_t step = bytes_per_write() > 0 ? bytes_per_write() : bytes.size();
  while (!bytes.empty() && is_open()) {
    const std::string_view part = bytes.substr(0, step);
    if (!co_await channel_->write(part)) lost();
    bytes.remove_prefix(part.size());
  }
  co_return is_open();
}

void Http1Connection::cut(CutBy how) {
  keep_alive_ = false;
  kept_back_.clear();
  channel_->cut(how == CutBy::rst);
}

}  // namespace antiphon::inline v0::simulator
