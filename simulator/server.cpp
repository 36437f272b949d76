#include "server.hpp"

#include <sys/resource.h>

#include <array>

#include "exchange.hpp"
#include "fields.hpp"
#include "http1.hpp"
#include "http2.hpp"

namespace antiphon::inline v0::simulator {
namespace {

/// A connection that says nothing for so long is a client's: whoever controls the simulator speaks at once.
constexpr std::chrono::milliseconds silence{500};

const std::string no_file;

void raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Server::Server(const std::shared_ptr<const ScenarioData>& scenario)
    : rules_(scenario),
      control_(
          recorder_, [this](auto changed) { replace(std::move(changed)); }, [this] { reset(); }),
      io_(1) {
  raise_open_files();
  if (scenario->tls.value_or(false)) {
    tls_ = std::make_unique<TlsContext>(scenario->tls_settings, scenario->http2.value_or(true));
  }
  listen(scenario->port.value_or(0));
  for (const auto& acceptor : acceptors_) asio::co_spawn(io_, accept(*acceptor), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

Server::~Server() {
  io_.stop();
  thread_.join();
}

const std::string& Server::ca_file() const { return tls_ ? tls_->ca_file() : no_file; }

const std::string& Server::client_file() const { return tls_ ? tls_->client_file() : no_file; }

void Server::listen(int port) {
  constexpr int attempts = 20;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    acceptors_.clear();
    listen_on("127.0.0.1", port, true);
    port_ = acceptors_.front()->local_endpoint().port();
    // A free port of IPv4 may be taken in IPv6: then another one is tried, if it may be another.
    if (listen_on("::1", port_, false) || port != 0) return;
  }
}

/// False when another program listens there. Without `required` a machine without that address is no failure.
bool Server::listen_on(const char* address, int port, bool required) {
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address), static_cast<asio::ip::port_type>(port));
  auto acceptor = std::make_unique<Acceptor>(io_.get_executor());
  boost::system::error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor->set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) {
    acceptors_.push_back(std::move(acceptor));
    return true;
  }
  if (required) fail_at("port", "cannot listen on " + std::to_string(port) + ": " + error.message());
  return error != asio::error::address_in_use;
}

Task<void> Server::accept(Acceptor& acceptor) {
  constexpr std::chrono::milliseconds pause{10};
  Timer timer(io_.get_executor());
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(as_result);
    if (!error) {
      asio::co_spawn(io_, welcome(std::move(socket)), asio::detached);
      continue;
    }
    if (error == asio::error::operation_aborted) co_return;
    timer.expires_after(pause);  // most likely out of file descriptors
    co_await timer.async_wait(as_result);
  }
}

void Server::watch_silence(std::weak_ptr<Meter> meter) {
  auto timer = std::make_shared<Timer>(io_.get_executor(), silence);
  timer->async_wait([timer, meter = std::move(meter)](boost::system::error_code) {
    const auto there = meter.lock();
    if (there && !there->is_decided()) there->count();
  });
}

Task<void> Server::welcome(Socket socket) {
  constexpr char tls_handshake = 0x16;
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  auto meter = std::make_shared<Meter>(recorder_);
  watch_silence(meter);
  std::string first;
  if (tls_) {
    std::array<char, 4096> buffer;
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
    if (error) co_return;
    first.assign(buffer.data(), size);
  }
  if (first.empty() || first.front() != tls_handshake) {
    auto channel = make_plain_channel(std::move(socket), std::move(meter), std::move(first));
    const auto connection = std::make_shared<Http1Connection>(std::move(channel), *this, tls_ != nullptr);
    co_await connection->run();
    co_return;
  }
  const auto channel = std::make_shared<TlsChannel>(std::move(socket), std::move(meter), *tls_, first);
  if (!co_await channel->handshake()) co_return;
  if (channel->protocol() == "h2") {
    const auto connection = std::make_shared<Http2Connection>(channel, *this);
    co_await connection->run();
    co_return;
  }
  const auto connection = std::make_shared<Http1Connection>(channel, *this, false);
  co_await connection->run();
}

Task<void> Server::serve(std::shared_ptr<const RecordedRequest> request, Outlet& outlet) {
  if (is_control(request->target)) {
    co_await control_.serve(*request, outlet);
    co_return;
  }
  Plan plan;
  {
    const std::lock_guard lock(rules_mutex_);
    plan = make_plan(*request, ++numbered_, rules_);
  }
  const std::uint64_t number = recorder_.request(request, plan.rule);
  Exchange exchange(std::move(plan), *request, number, outlet, recorder_);
  co_await exchange.run();
}

void Server::turn_away(std::shared_ptr<const RecordedRequest> request) { recorder_.turned_away(std::move(request)); }

void Server::replace(std::shared_ptr<const ScenarioData> scenario) {
  const std::string problem = "cannot be changed while the simulator runs";
  if (scenario->port) fail_at("port", problem);
  if (scenario->tls) fail_at("tls", problem);
  if (scenario->http2) fail_at("http2", problem);
  const std::lock_guard lock(rules_mutex_);
  rules_ = RuleBook(std::move(scenario));
}

void Server::reset() {
  const std::lock_guard lock(rules_mutex_);
  rules_.restart();
  recorder_.reset();
}

}  // namespace antiphon::inline v0::simulator
