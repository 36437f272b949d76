#include "transport/transfer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/ascii.hpp"
#include "core/ip_address.hpp"
#include "core/spare_text.hpp"
#include "transport/curl_error.hpp"

namespace antiphon::inline v0::transport {

namespace {

// More than any server sends; a broken one must not fill the memory.
constexpr std::size_t most_header_bytes = 256 * 1024;
constexpr int switching_protocols = 101;

Error not_public(const std::string& host) {
  return Error(ErrorKind::invalid_request, host + " has an address that is not of the public internet");
}

Error headers_too_large() {
  return Error(ErrorKind::response_too_large, "the answer's headers are longer than 256 KiB");
}

}  // namespace

Transfer::Transfer(CurlTransport& transport, HttpRequest request, HttpSink& sink)
    : transport_(&transport), lane_(transport.lane(request.streaming)), request_(std::move(request)), sink_(&sink) {}

Transfer::~Transfer() { SpareText::give_back(std::move(request_.body)); }

void Transfer::begin() {
  const std::optional<Origin>& target = transport_->origin_of(request_.url);
  if (std::optional<Error> error = check_request(target)) {
    fail_later(std::move(*error));
    return;
  }
  if (std::optional<Error> error = transport_->check_headers(request_.headers)) {
    fail_later(std::move(*error));
    return;
  }
  if (std::optional<Error> error = choose_way(*target)) {
    fail_later(std::move(*error));
    return;
  }
  resolve_next();
}

std::optional<Error> Transfer::check_request(const std::optional<Origin>& target) const {
  if (!target || (target->scheme != "http" && target->scheme != "https")) {
    return Error(ErrorKind::invalid_config, "not an http or https URL: " + request_.url).where("base_url");
  }
  if (request_.public_only && !ip::may_be_public(target->host)) return not_public(target->host);
  return std::nullopt;
}

std::optional<Error> Transfer::choose_way(const Origin& target) {
  proxy_ = request_.proxy ? with_scheme(*request_.proxy) : transport_->proxies_.choose(target);
  bool look_up_target = proxy_.empty();
  encrypted_ = target.scheme == "https";
  if (!proxy_.empty()) {
    const std::optional<Origin> proxy = parse_proxy(proxy_);
    // It may hold a password, so it is not shown.
    if (!proxy) return Error(ErrorKind::invalid_config, "the proxy is no URL that can be used").where("proxy");
    if (!proxy->numeric) names_.push_back(*proxy);
    proxy_host_ = proxy->host;
    encrypted_ = encrypted_ || proxy->scheme == "https";
    // These two leave the look-up of the target to us; every other proxy does it itself.
    look_up_target = proxy->scheme == "socks4" || proxy->scheme == "socks5";
  }
  if (look_up_target && !target.numeric) {
    names_.push_back(target);
    if (request_.public_only) public_host_ = target.host;
  }
  return std::nullopt;
}

bool Transfer::allows(const std::string& host, const Resolver::Addresses& addresses) const {
  return host != public_host_ || std::all_of(addresses.begin(), addresses.end(), ip::is_public_address);
}

void Transfer::resolve_next() {
  while (!names_.empty()) {
    const Origin name = names_.back();
    if (const Resolver::Addresses* addresses = transport_->resolver_.cached(name.host)) {
      if (!allows(name.host, *addresses)) return fail_later(not_public(name.host));
      resolved_.emplace_back(name.host + ":" + std::to_string(name.port), *addresses);
      names_.pop_back();
      continue;
    }
    const auto ticket = transport_->resolver_.resolve(
        name.host, [self = shared_from_this(), name](const Result<Resolver::Addresses>& result) {
          self->look_up_.reset();
          if (!result) {
            Error error = result.error();
            if (name.host == self->proxy_host_) error.where("proxy");
            self->finish(std::move(error));
            return;
          }
          if (!self->allows(name.host, *result)) return self->finish(not_public(name.host));
          self->resolved_.emplace_back(name.host + ":" + std::to_string(name.port), *result);
          self->names_.pop_back();
          self->resolve_next();
        });
    look_up_.emplace(name.host, ticket);
    return;
  }
  lane_.multi.when_outside([self = shared_from_this()] {
    if (!self->stopped_) self->send();
  });
}

void Transfer::send() {
  easy_ = lane_.take();
  std::vector<std::string> entries;
  for (const auto& [name, addresses] : resolved_) {
    for (std::string& line : lane_.names.take(name, addresses)) entries.push_back(std::move(line));
  }
  easy_->prepare(request_, proxy_, entries, *this);
  if (lane_.multi.add(easy_->get()) == CURLM_OK) {
    added_ = true;
  } else {
    fail_later(Error(ErrorKind::internal, "libcurl refused the request"));
  }
}

bool Transfer::about_to_send(const ConnectionPorts& ports, bool reused) {
  if (reused && !sent_ && !restarted_ && lane_.multi.is_spent(ports, !encrypted_)) {
    stale_ = true;
    easy_->close_connection();
    return false;
  }
  ports_ = ports;
  for (auto& [name, addresses] : resolved_) {
    if (!addresses.empty()) lane_.names.has_read(name, std::exchange(addresses, {}));
  }
  if (sent_) {
    // libcurl sends again by itself when a kept-alive connection dies before the first byte of the answer. The provider
    // may have worked on the first one, so whether to ask again is not for this layer to decide.
    failure_ = Error(ErrorKind::connection, "the connection was lost after the request was sent, before any answer");
    return false;
  }
  sent_ = true;
  if (sink_) sink_->connected();
  return true;
}

bool Transfer::header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > most_header_bytes) {
    failure_ = headers_too_large();
    easy_->close_connection();
    return false;
  }
  if (head_done_) return true;  // trailers
  line = ascii::trim(line);
  if (line.starts_with("HTTP/")) {
    head_ = HttpHead();
    const auto blank = line.find(' ');
    if (blank != std::string_view::npos) {
      std::from_chars(line.data() + blank + 1, line.data() + line.size(), head_.status);
    }
    return true;
  }
  if (!line.empty()) {
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
      head_.headers.add(ascii::to_lower(ascii::trim(line.substr(0, colon))),
                        std::string(ascii::trim(line.substr(colon + 1))));
    }
    return true;
  }
  if (head_.status >= 100 && head_.status < 200 && head_.status != switching_protocols) return true;
  if (std::optional<Error> error = check_head()) {
    failure_ = std::move(*error);
    easy_->close_connection();
    return false;
  }
  head_done_ = true;
  drop_sent_request();
  if (sink_) sink_->head(std::move(head_));
  return true;
}

/// What would be read wrongly, or without bounds: of a stream that waits, libcurl keeps all that one piece of zstd or
/// Brotli stands for.
std::optional<Error> Transfer::check_head() const {
  if (head_.status == switching_protocols) {
    return Error(ErrorKind::protocol, "the server switched to another protocol, which nobody had asked for");
  }
  if (!request_.streaming) return std::nullopt;
  const std::string* named = head_.headers.find("content-encoding");
  const std::string encoding = named ? ascii::to_lower(*named) : std::string();
  for (const std::string_view refused : {"zstd", "br"}) {
    if (encoding.find(refused) == std::string::npos) continue;
    return Error(ErrorKind::protocol, "a stream that is compressed by \"" + encoding + "\" cannot be read");
  }
  return std::nullopt;
}

void Transfer::drop_sent_request() {
  if (!request_.streaming) return;
  request_.headers = HttpHeaders();
  curl_off_t sent = 0;
  curl_easy_getinfo(easy_->get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  if (static_cast<std::size_t>(sent) == request_.body.size()) SpareText::give_back(std::exchange(request_.body, {}));
}

bool Transfer::body_piece(std::string_view piece) {
  if (!sink_) return true;
  if (paused_) {
    held_back_ = true;
    return false;
  }
  if (sink_->bytes(piece) == Flow::pause) paused_ = true;
  return true;
}

void Transfer::resume() {
  if (!paused_ || stopped_) return;
  paused_ = false;
  if (!held_back_) return;
  held_back_ = false;
  // What libcurl held back it hands over at once, and the sink must not be called from inside `resume`.
  transport_->scheduler_.post([self = shared_from_this()] {
    if (!self->transport_) return;
    self->lane_.multi.when_outside([self] {
      if (self->added_) self->lane_.multi.unpause(self->easy_->get());
    });
  });
}

void Transfer::cancel() {
  if (stopped_) return;
  Error error(ErrorKind::cancelled, "the request was cancelled" + waits_for());
  stop_work();
  fail_later(std::move(error));
}

std::string Transfer::waits_for() const {
  if (look_up_) {
    const std::string& host = look_up_->first;
    return " while " + host + (transport_->resolver_.is_queued(host) ? " waited for other look-ups" : " was looked up");
  }
  if (!added_ || sent_) return {};
  if (!easy_->has_opened()) return " while it waited for a connection";
  if (!easy_->has_connected()) return " before there was a TCP connection";
  if (!proxy_.empty()) return " on the way through the proxy";
  return encrypted_ ? " in the TLS handshake" : "";
}

void Transfer::detach() {
  sink_ = nullptr;
  if (stopped_) return;
  stop_work();
  transport_->forget(*this);
}

void Transfer::abandon() {
  sink_ = nullptr;
  stop_work();
  transport_ = nullptr;
}

void Transfer::stop_work() {
  stopped_ = true;
  if (look_up_) transport_->resolver_.give_up(look_up_->first, look_up_->second);
  look_up_.reset();
  lane_.multi.when_outside([self = shared_from_this()] { self->let_go(); });
}

void Transfer::let_go() {
  if (!easy_) return;
  if (added_) {
    if (!complete_) easy_->close_connection();
    // Others may be on a connection that can be shared.
    if (!sent_ && !(encrypted_ && lane_.multi.multiplexes())) lane_.multi.let_go(easy_->get(), easy_->opened());
    lane_.multi.remove(easy_->get());
    if (!complete_ || failure_) after_reset();
  }
  added_ = false;
  for (const auto& [name, addresses] : resolved_) lane_.names.give_back(name);
  resolved_.clear();
  easy_->finish();
  // libcurl counts the tries that were refused, over all transfers of a handle.
  if (failure_) {
    easy_.reset();
  } else {
    lane_.give_back(std::move(easy_));
  }
}

void Transfer::after_reset() {
  if (transport_ && sent_ && lane_.multi.multiplexes()) transport_->flush_resets(ports_);
}

bool Transfer::is_on_one_of(const std::set<ConnectionPorts>& connections) const {
  return added_ && sent_ && lane_.multi.multiplexes() && connections.contains(ports_);
}

void Transfer::flush() {
  if (added_ && !paused_) lane_.multi.flush(easy_->get());
}

void Transfer::fail_later(Error error) {
  stopped_ = true;
  transport_->scheduler_.post([self = shared_from_this(), error = std::move(error)] { self->finish(error); });
}

void Transfer::ended(CURLcode code) {
  if (std::exchange(stale_, false)) {
    start_again();
    return;
  }
  complete_ = true;
  std::optional<Error> error;
  if (failure_) {
    error = failure_;
  } else if (code != CURLE_OK) {
    error = explain(code);
  } else if (!head_done_) {
    error = Error(ErrorKind::connection, "the connection was closed inside the answer's headers");
  }
  finish(std::move(error));
}

/// Nothing was sent.
void Transfer::start_again() {
  restarted_ = true;
  lane_.multi.remove(easy_->get());
  easy_->connect_afresh();
  if (lane_.multi.add(easy_->get()) == CURLM_OK) return;
  added_ = false;
  finish(Error(ErrorKind::internal, "libcurl refused the request"));
}

Error Transfer::explain(CURLcode code) const {
  // libcurl has a bound of its own for one header line, and calls it a lack of memory.
  if (code == CURLE_OUT_OF_MEMORY && sent_ && !head_done_) return headers_too_large();
  Error error = to_error(code, easy_->error_text(), easy_->socket_errno());
  if (easy_->proxy_status() >= 300) return Error(ErrorKind::proxy, error.message()).where("proxy");
  if (!proxy_.empty() && !sent_ && error.kind() == ErrorKind::connection) error.where("proxy");
  // Cut, but before there was an answer.
  if (error.kind() == ErrorKind::truncated && !head_done_) return Error(ErrorKind::connection, error.message());
  return error;
}

void Transfer::finish(std::optional<Error> error) {
  const auto self = shared_from_this();
  if (!transport_) return;
  if (!stopped_) stop_work();
  if (!transport_->forget(*this)) return;
  if (HttpSink* sink = std::exchange(sink_, nullptr)) sink->end(std::move(error));
}

}  // namespace antiphon::inline v0::transport
