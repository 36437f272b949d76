#include "transport/curl_multi.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace antiphon::inline v0::transport {

namespace {

/// What libcurl wants to do now it wanted to do before any time there is: the clock need not be asked.
constexpr auto at_once = std::chrono::steady_clock::time_point::min();

/// Of one end of a socket; nothing when it has none (yet).
std::optional<int> port_of(curl_socket_t socket, int (*end_of)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (end_of(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  return std::nullopt;
}

bool has_come(curl_socket_t socket, short what) {
  pollfd state{socket, what, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (what | POLLHUP | POLLERR)) != 0;
}

}  // namespace

CurlMulti::CurlMulti(SocketScheduler& scheduler, bool multiplex, Done done)
    : scheduler_(scheduler), multiplexes_(multiplex), done_(std::move(done)), multi_(curl_multi_init()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, multiplex ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING);
  // Left to itself libcurl keeps as many as four times the transfers it has at the moment.
  constexpr long most_idle_connections = 256;
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most_idle_connections);
}

CurlMulti::~CurlMulti() {
  *alive_ = false;
  ++depth_;
  // Before libcurl closes them: then their numbers may be somebody else's already.
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
  while (!sockets_.empty()) forget(sockets_.begin()->first);
  curl_multi_cleanup(multi_);
  if (armed_for_) scheduler_.cancel(timer_);
}

void CurlMulti::let_go(CURL* easy, const std::vector<curl_socket_t>& sockets) {
  for (const curl_socket_t socket : sockets) {
    const auto found = sockets_.find(socket);
    if (found != sockets_.end() && found->second.opener == easy) forget(socket);
  }
}

CURLMcode CurlMulti::add(CURL* easy) { return curl_multi_add_handle(multi_, easy); }

void CurlMulti::remove(CURL* easy) {
  ++depth_;
  curl_multi_remove_handle(multi_, easy);
  leave();
}

void CurlMulti::unpause(CURL* easy) {
  ++depth_;
  curl_easy_pause(easy, CURLPAUSE_CONT);
  leave();
}

void CurlMulti::flush(CURL* easy) {
  ++depth_;
  // Taking a pause back makes libcurl announce the stream's window, and send all that waits with it.
  curl_easy_pause(easy, CURLPAUSE_RECV);
  curl_easy_pause(easy, CURLPAUSE_CONT);
  leave();
}

bool CurlMulti::is_spent(const ConnectionPorts& ports, bool plain) {
  const auto what = static_cast<short>(plain ? POLLRDHUP | POLLIN : POLLRDHUP);
  if (!by_ports_.contains(ports)) learn_ports();
  const auto [first, last] = by_ports_.equal_range(ports);
  // A socket that was reset before has no peer any more, and so no ports. More than one have them only when the ends
  // are at several addresses: then a good one may be taken for the closed one.
  return first == last || std::any_of(first, last, [&](const auto& entry) { return has_come(entry.second, what); });
}

void CurlMulti::learn_ports() {
  for (auto& [socket, known] : sockets_) learn_ports(socket, known);
}

bool CurlMulti::learn_ports(curl_socket_t socket, Socket& known) {
  if (known.ports) return true;
  const auto local = port_of(socket, ::getsockname);
  const auto remote = port_of(socket, ::getpeername);
  if (!local || !remote) return false;
  known.ports = ConnectionPorts{*local, *remote};
  by_ports_.emplace(*known.ports, socket);
  return true;
}

int CurlMulti::on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*) {
  try {
    auto& multi = *static_cast<CurlMulti*>(self);
    what == CURL_POLL_REMOVE ? multi.rest(socket) : multi.watch(easy, socket, what);
    return 0;
  } catch (...) {
    // No memory, or the system takes no more sockets: nothing may pass through libcurl.
    return -1;
  }
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) {
  static_cast<CurlMulti*>(self)->schedule(timeout_ms);
  return 0;
}

curl_socket_t CurlMulti::open_socket(const curl_sockaddr& address) {
  const curl_socket_t opened = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (opened >= 0) forget(opened);
  return opened;
}

int CurlMulti::close_socket(void* self, curl_socket_t socket) {
  // Out of the loop before the number can be given to another socket.
  static_cast<CurlMulti*>(self)->forget(socket);
  return ::close(socket);
}

void CurlMulti::forget(curl_socket_t socket) {
  const auto found = sockets_.find(socket);
  if (found == sockets_.end()) return;
  if (const auto& ports = found->second.ports) {
    auto [first, last] = by_ports_.equal_range(*ports);
    by_ports_.erase(std::find_if(first, last, [socket](const auto& entry) { return entry.second == socket; }));
  }
  sockets_.erase(found);
}

void CurlMulti::watch(CURL* easy, curl_socket_t socket, int what) {
  static_assert(CURL_POLL_IN == SocketWatch::readable && CURL_POLL_OUT == SocketWatch::writable);
  static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
  std::unique_ptr<SocketWatch>& watch = sockets_.try_emplace(socket, Socket{easy}).first->second.watch;
  if (!watch) watch = scheduler_.watch(socket, [this, socket](int event) { act(socket, event); });
  watch->wait_for(what);
}

void CurlMulti::rest(curl_socket_t socket) {
  const auto found = sockets_.find(socket);
  if (found == sockets_.end()) return;
  // It is no connection, or closed already.
  if (!found->second.watch || !learn_ports(socket, found->second)) return forget(socket);
  found->second.watch->wait_for(0);
}

void CurlMulti::schedule(long timeout_ms) {
  if (timeout_ms < 0) {
    due_.reset();
    return;
  }
  if (timeout_ms == 0) {
    due_ = at_once;
    post_timer();
  } else {
    due_ = scheduler_.steady_now() + std::chrono::milliseconds(timeout_ms);
    arm_timer();
  }
}

/// "Now" comes with every request: the loop's queue is cheaper than a timer.
void CurlMulti::post_timer() {
  if (posted_) return;
  posted_ = true;
  scheduler_.post([this, alive = alive_] {
    if (!*alive) return;
    posted_ = false;
    if (due_ && (*due_ == at_once || *due_ <= scheduler_.steady_now())) {
      timer_fired();
    } else if (due_) {
      arm_timer();
    }
  });
}

void CurlMulti::arm_timer() {
  // A timer that is already set for an earlier time stays: it costs one look when it fires, not a change now.
  if (armed_for_ && *armed_for_ <= *due_) return;
  if (armed_for_) scheduler_.cancel(timer_);
  armed_for_ = due_;
  timer_ = scheduler_.sleep_until(*due_, [this] {
    armed_for_.reset();
    if (!due_) return;
    if (scheduler_.steady_now() < *due_) {
      arm_timer();
    } else {
      timer_fired();
    }
  });
}

void CurlMulti::timer_fired() {
  due_.reset();
  act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlMulti::act(curl_socket_t socket, int event) {
  ++depth_;
  int running = 0;
  curl_multi_socket_action(multi_, socket, event, &running);
  leave();
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) done_(message->easy_handle, message->data.result);
  }
}

void CurlMulti::leave() {
  if (--depth_ > 0) return;
  // A task may bring libcurl to call us back and so add to the list.
  while (!outside_.empty()) {
    std::vector<std::function<void()>> tasks;
    tasks.swap(outside_);
    for (const auto& task : tasks) task();
  }
}

}  // namespace antiphon::inline v0::transport
