#include "http2.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace antiphon::inline v0::simulator {
namespace {

// Of all requests of a connection that are not complete together, and so of each.
constexpr std::uint64_t most_kept = std::uint64_t{256} << 20;
constexpr std::size_t write_size = 16384;

Http2Connection& connection_of(void* user) { return *static_cast<Http2Connection*>(user); }

std::string text_of(const std::uint8_t* bytes, std::size_t size) {
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

nghttp2_nv pair_of(const std::string& name, const std::string& value) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

Http2Stream::Http2Stream(Http2Connection& connection, std::int32_t id)
    : Outlet(connection.channel_->executor()), connection_(connection), id_(id) {
  request_.http_version = "2";
}

ssize_t Http2Stream::read_body(nghttp2_session*, std::int32_t, std::uint8_t* out, std::size_t size,
                               std::uint32_t* flags, nghttp2_data_source* source, void*) {
  auto& stream = *static_cast<Http2Stream*>(source->ptr);
  if (stream.pending_.empty() && !stream.body_complete_) return NGHTTP2_ERR_DEFERRED;
  std::size_t part = std::min(size, stream.pending_.size());
  if (stream.bytes_per_write() > 0) part = std::min<std::size_t>(part, stream.bytes_per_write());
  std::copy_n(stream.pending_.begin(), part, out);
  stream.pending_.remove_prefix(part);
  if (stream.pending_.empty()) {
    stream.waiter().wake();
    if (stream.body_complete_) *flags |= NGHTTP2_DATA_FLAG_EOF;
  }
  return static_cast<ssize_t>(part);
}

Task<bool> Http2Stream::head(const Head& head) {
  if (!is_open()) co_return false;
  Headers fields{{":status", std::to_string(head.status)}};
  for (const auto& [name, value] : head.headers) fields.emplace_back(lower_case(name), value);
  if (head.end == Head::End::length && !head.without_body) {
    fields.emplace_back("content-length", std::to_string(head.length));
  }
  std::vector<nghttp2_nv> pairs;
  for (const auto& [name, value] : fields) pairs.push_back(pair_of(name, value));
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = read_body;
  nghttp2_submit_response(connection_.session_, id_, pairs.data(), pairs.size(),
                          head.without_body ? nullptr : &provider);
  connection_.writer_waiter_.wake();
  co_return true;
}

Task<bool> Http2Stream::flush() { co_return is_open(); }

Task<bool> Http2Stream::body(std::string_view bytes) {
  if (!is_open()) co_return false;
  pending_ = bytes;
  nghttp2_session_resume_data(connection_.session_, id_);
  connection_.writer_waiter_.wake();
  while (is_open() && !pending_.empty()) co_await waiter().wait();
  pending_ = {};
  co_return is_open();
}

Task<bool> Http2Stream::end() {
  body_complete_ = true;
  if (is_open()) nghttp2_session_resume_data(connection_.session_, id_);
  connection_.writer_waiter_.wake();
  while (is_open() && !end_written_) co_await waiter().wait();
  co_return is_open();
}

void Http2Stream::end_taken(bool taken) {
  end_written_ = taken;
  if (!taken) lost();
  waiter().wake();
}

void Http2Stream::cut(CutBy how) {
  if (!is_open()) return;
  switch (how) {
    case CutBy::fin:
    case CutBy::rst:
      connection_.channel_->cut(how == CutBy::rst);
      return;
    case CutBy::stream:
      nghttp2_submit_rst_stream(connection_.session_, NGHTTP2_FLAG_NONE, id_, NGHTTP2_INTERNAL_ERROR);
      break;
    case CutBy::refused:
      nghttp2_submit_rst_stream(connection_.session_, NGHTTP2_FLAG_NONE, id_, NGHTTP2_REFUSED_STREAM);
      break;
    case CutBy::goaway:
      nghttp2_submit_goaway(connection_.session_, NGHTTP2_FLAG_NONE, std::max(0, id_ - 2), NGHTTP2_NO_ERROR, nullptr,
                            0);
      connection_.cut_after_write_ = true;
      break;
  }
  connection_.writer_waiter_.wake();
}

void Http2Stream::close_on_next_request() { connection_.close_on_next_request_ = true; }

void Http2Stream::close_idle() {
  nghttp2_submit_goaway(connection_.session_, NGHTTP2_FLAG_NONE, id_, NGHTTP2_NO_ERROR, nullptr, 0);
  connection_.cut_after_write_ = true;
  connection_.writer_waiter_.wake();
}

std::uint64_t Http2Stream::connection_id() const { return connection_.channel_->meter().id(); }

Http2Connection::Http2Connection(std::shared_ptr<Channel> channel, Service& service)
    : channel_(std::move(channel)), service_(service), writer_waiter_(channel_->executor()) {
  open_session();
}

Http2Connection::~Http2Connection() { nghttp2_session_del(session_); }

void Http2Connection::open_session() {
  constexpr std::size_t longest_head = std::size_t{128} << 20;
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0) throw std::bad_alloc();
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
  nghttp2_option_set_max_send_header_block_length(option, longest_head);
  const int failed = nghttp2_session_server_new2(&session_, callbacks, this, option);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  if (failed != 0) throw std::bad_alloc();
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 10000}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
}

Task<void> Http2Connection::run() {
  const auto self = shared_from_this();
  asio::co_spawn(channel_->executor(), write(self), asio::detached);
  std::string input;
  while (co_await channel_->read(input)) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(input.data());
    if (nghttp2_session_mem_recv(session_, bytes, input.size()) < 0) break;
    input.clear();
    writer_waiter_.wake();
  }
  end();
}

void Http2Connection::end() {
  open_ = false;
  const auto streams = std::exchange(streams_, {});
  for (const auto& [id, stream] : streams) {
    if (!stream->end_written_) stream->lost();
  }
  for (const StreamPtr& stream : just_ended_) stream->lost();
  writer_waiter_.wake();
  channel_->cut(false);
}

Task<void> Http2Connection::write(std::shared_ptr<Http2Connection> self) {
  std::string batch;
  while (self->open_) {
    batch.clear();
    const std::uint8_t* frame = nullptr;
    while (batch.size() < write_size) {
      const auto size = nghttp2_session_mem_send(self->session_, &frame);
      if (size <= 0) break;
      batch.append(reinterpret_cast<const char*>(frame), static_cast<std::size_t>(size));
    }
    const auto ended = std::exchange(self->just_ended_, {});
    bool taken = true;
    if (!batch.empty()) taken = co_await self->channel_->write(batch);
    for (const StreamPtr& stream : ended) stream->end_taken(taken);
    if (!taken) break;
    if (!batch.empty()) continue;
    if (self->cut_after_write_) break;
    co_await self->writer_waiter_.wait();
  }
  self->channel_->cut(false);
}

Http2Connection::StreamPtr Http2Connection::find(std::int32_t id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

int Http2Connection::on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  Http2Connection& self = connection_of(user);
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  const std::int32_t id = frame->hd.stream_id;
  self.streams_[id] = std::make_shared<Http2Stream>(self, id);
  return 0;
}

int Http2Connection::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                               std::size_t name_length, const std::uint8_t* value, std::size_t value_length,
                               std::uint8_t, void* user) {
  Http2Connection& self = connection_of(user);
  const StreamPtr stream = self.find(frame->hd.stream_id);
  if (stream && self.keep(*stream, name_length + value_length)) {
    self.add_header(*stream, text_of(name, name_length), text_of(value, value_length));
  }
  return 0;
}

bool Http2Connection::keep(Http2Stream& stream, std::size_t bytes) {
  if (stream.refused_) return false;
  if (kept_ + bytes > most_kept) {
    stream.refused_ = true;
    stream.request_ = RecordedRequest();
    let_go(stream);
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id_, NGHTTP2_REFUSED_STREAM);
    return false;
  }
  kept_ += bytes;
  stream.kept_ += bytes;
  return true;
}

void Http2Connection::let_go(Http2Stream& stream) { kept_ -= std::exchange(stream.kept_, 0); }

void Http2Connection::add_header(Http2Stream& stream, std::string name, std::string value) {
  RecordedRequest& request = stream.request_;
  if (name == ":method") {
    request.method = std::move(value);
  } else if (name == ":path") {
    request.target = std::move(value);
    if (is_control(request.target)) {
      channel_->meter().is_control();
    } else {
      channel_->meter().count();
    }
  } else if (name == ":authority") {
    request.headers.emplace_back("host", std::move(value));
  } else if (name != ":scheme") {
    request.headers.emplace_back(std::move(name), std::move(value));
  }
}

int Http2Connection::on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                             std::size_t size, void* user) {
  Http2Connection& self = connection_of(user);
  const StreamPtr stream = self.find(id);
  if (stream && self.keep(*stream, size)) stream->request_.body.append(reinterpret_cast<const char*>(data), size);
  return 0;
}

int Http2Connection::on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  const bool carries_request = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (carries_request && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
    connection_of(user).dispatch(frame->hd.stream_id);
  }
  return 0;
}

void Http2Connection::dispatch(std::int32_t id) {
  const StreamPtr stream = find(id);
  if (!stream || stream->refused_) return;
  let_go(*stream);
  RecordedRequest& request = stream->request_;
  request.time = Clock::now();
  request.connection = channel_->meter().id();
  if (close_on_next_request_ && !is_control(request.target)) {
    service_.turn_away(std::make_shared<const RecordedRequest>(std::move(request)));
    channel_->cut(false);
    return;
  }
  // Not from inside nghttp2, which is calling.
  asio::post(channel_->executor(), [self = shared_from_this(), stream] {
    asio::co_spawn(self->channel_->executor(), serve(self, stream), asio::detached);
  });
}

Task<void> Http2Connection::serve(std::shared_ptr<Http2Connection> self, StreamPtr stream) {
  auto request = std::make_shared<const RecordedRequest>(std::move(stream->request_));
  co_await self->service_.serve(std::move(request), *stream);
}

int Http2Connection::on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  connection_of(user).frame_sent(*frame);
  return 0;
}

void Http2Connection::frame_sent(const nghttp2_frame& frame) {
  const bool carries_answer = frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
  if (!carries_answer || !(frame.hd.flags & NGHTTP2_FLAG_END_STREAM)) return;
  if (const StreamPtr stream = find(frame.hd.stream_id)) {
    stream->end_framed_ = true;
    just_ended_.push_back(stream);
  }
}

int Http2Connection::on_stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
  connection_of(user).stream_closed(id);
  return 0;
}

void Http2Connection::stream_closed(std::int32_t id) {
  const StreamPtr stream = find(id);
  if (!stream) return;
  streams_.erase(id);
  let_go(*stream);
  if (!stream->end_framed_) stream->lost();
}

}  // namespace antiphon::inline v0::simulator
