#include <sys/epoll.h>
#include <unistd.h>

#include "bare_loop.hpp"

namespace antiphon::bench {

namespace {

class EpollLoop : public BareLoop {
 public:
  explicit EpollLoop(CURLM* multi) : multi_(multi) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &EpollLoop::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &EpollLoop::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  }
  ~EpollLoop() override { close(epoll_); }
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;

  void turn() override {
    epoll_event events[64];
    int running = 0;
    const int count = timeout_ms_ == 0 ? 0 : epoll_wait(epoll_, events, 64, static_cast<int>(timeout_ms_));
    if (count <= 0) {
      timeout_ms_ = -1;
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (int i = 0; i < count; ++i) {
      const int bits = (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                       (events[i].events & ~static_cast<unsigned>(EPOLLOUT) ? CURL_CSELECT_IN : 0);
      curl_multi_socket_action(multi_, events[i].data.fd, bits, &running);
    }
  }

 private:
  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto& loop = *static_cast<EpollLoop*>(self);
    epoll_event event{};
    event.data.fd = socket;
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    } else if (known) {
      epoll_ctl(loop.epoll_, EPOLL_CTL_MOD, socket, &event);
    } else {
      epoll_ctl(loop.epoll_, EPOLL_CTL_ADD, socket, &event);
      curl_multi_assign(loop.multi_, socket, self);
    }
    return 0;
  }
  static int on_timer(CURLM*, long ms, void* self) {
    static_cast<EpollLoop*>(self)->timeout_ms_ = ms;
    return 0;
  }

  CURLM* multi_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  long timeout_ms_ = -1;
};

}  // namespace

std::unique_ptr<BareLoop> epoll_loop(CURLM* multi) { return std::make_unique<EpollLoop>(multi); }

}  // namespace antiphon::bench
