#include "transport/curl_transport.hpp"

#include <utility>

#include "core/pool.hpp"
#include "transport/header_check.hpp"
#include "transport/transfer.hpp"

namespace antiphon::inline v0::transport {

namespace {

// Enough for the usual number of calls in flight; the rest is made anew.
constexpr std::size_t most_idle_handles = 64;
constexpr long call_buffer_bytes = 16 * 1024;
// Bounds what one read of a compressed stream can unfold to, and what an idle stream holds.
constexpr long stream_buffer_bytes = 2 * 1024;

/// The user's end of a transfer.
class CurlCall : public HttpCall, public Pooled {
 public:
  explicit CurlCall(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
  ~CurlCall() override { transfer_->detach(); }
  void resume() override { transfer_->resume(); }
  void cancel() override { transfer_->cancel(); }

 private:
  std::shared_ptr<Transfer> transfer_;
};

}  // namespace

Lane::Lane(SocketScheduler& scheduler, bool multiplex, long buffer_bytes, CurlMulti::Done done)
    : multi(scheduler, multiplex, std::move(done)), buffer_bytes_(buffer_bytes) {}

std::unique_ptr<CurlEasy> Lane::take() {
  if (idle_.empty()) return std::make_unique<CurlEasy>(multi, buffer_bytes_);
  std::unique_ptr<CurlEasy> easy = std::move(idle_.back());
  idle_.pop_back();
  return easy;
}

void Lane::give_back(std::unique_ptr<CurlEasy> easy) {
  if (idle_.size() < most_idle_handles) idle_.push_back(std::move(easy));
}

CurlTransport::CurlTransport(SocketScheduler& scheduler, EngineOptions::Resolver resolver, ProxyEnvironment proxies)
    : scheduler_(scheduler), proxies_(std::move(proxies)), resolver_(scheduler, std::move(resolver)) {}

Lane& CurlTransport::lane(bool streaming) {
  std::optional<Lane>& lane = streaming ? streams_ : calls_;
  if (!lane) {
    const long buffer_bytes = streaming ? stream_buffer_bytes : call_buffer_bytes;
    lane.emplace(scheduler_, !streaming, buffer_bytes, [this](CURL* easy, CURLcode code) { ended(easy, code); });
  }
  return *lane;
}

CurlTransport::~CurlTransport() {
  *alive_ = false;
  const auto transfers = std::move(transfers_);
  for (const auto& transfer : transfers) transfer->abandon();
}

std::unique_ptr<HttpCall> CurlTransport::start(HttpRequest request, HttpSink& sink) {
  auto transfer = make_pooled<Transfer>(*this, std::move(request), sink);
  remember(transfer);
  transfer->begin();
  return std::make_unique<CurlCall>(std::move(transfer));
}

void CurlTransport::remember(std::shared_ptr<Transfer> transfer) {
  transfer->place = transfers_.size();
  transfers_.push_back(std::move(transfer));
}

bool CurlTransport::forget(Transfer& transfer) {
  if (!transfer.place) return false;
  const std::size_t place = *std::exchange(transfer.place, std::nullopt);
  // The last one takes its place; what is forgotten may go with it.
  const std::shared_ptr<Transfer> forgotten = std::move(transfers_[place]);
  if (place + 1 != transfers_.size()) {
    transfers_[place] = std::move(transfers_.back());
    transfers_[place]->place = place;
  }
  transfers_.pop_back();
  return true;
}

const std::optional<Origin>& CurlTransport::origin_of(const std::string& url) {
  if (url != last_url_) {
    last_origin_ = parse_origin(url);
    last_url_ = url;
  }
  return last_origin_;
}

std::optional<Error> CurlTransport::check_headers(const HttpHeaders& headers) {
  if (headers == good_headers_) return std::nullopt;
  std::optional<Error> fault = unsendable_header(headers);
  if (!fault) good_headers_ = headers;
  return fault;
}

void CurlTransport::flush_resets(const ConnectionPorts& connection) {
  unflushed_.insert(connection);
  if (unflushed_.size() > 1) return;
  scheduler_.post([this, alive = alive_] {
    if (!*alive) return;
    const std::set<ConnectionPorts> connections = std::exchange(unflushed_, {});
    // What flushing brings forth may end transfers.
    std::vector<std::shared_ptr<Transfer>> on_them;
    for (const auto& transfer : transfers_) {
      if (transfer->is_on_one_of(connections)) on_them.push_back(transfer);
    }
    for (const auto& transfer : on_them) transfer->flush();
  });
}

void CurlTransport::ended(CURL* easy, CURLcode code) { static_cast<Transfer*>(CurlEasy::events_of(easy))->ended(code); }

}  // namespace antiphon::inline v0::transport
