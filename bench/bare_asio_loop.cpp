#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <unordered_map>

#include "bare_loop.hpp"

namespace antiphon::bench {

namespace {

using boost::asio::posix::descriptor_base;
using Clock = std::chrono::steady_clock;

class AsioLoop : public BareLoop {
 public:
  explicit AsioLoop(CURLM* multi) : multi_(multi) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &AsioLoop::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &AsioLoop::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  }
  ~AsioLoop() override {
    // They are libcurl's to close.
    for (auto& [socket, watch] : watches_) watch->descriptor.release();
  }
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  void turn() override { context_.run_one(); }

 private:
  struct Watch {
    Watch(boost::asio::io_context& context, curl_socket_t socket) : descriptor(context, socket) {}
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor;
    int wanted = 0;
    int waiting = 0;
    unsigned registration = 0;
    bool once_for_writing = false;
  };

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    auto& loop = *static_cast<AsioLoop*>(self);
    std::shared_ptr<Watch>& watch = loop.watches_[socket];
    if (!watch) watch = std::make_shared<Watch>(loop.context_, socket);
    watch->wanted = what == CURL_POLL_REMOVE ? 0 : what;
    loop.arm(watch);
    return 0;
  }

  void arm(const std::shared_ptr<Watch>& watch) {
    if (watch->once_for_writing && watch->wanted == CURL_POLL_IN) register_afresh(*watch);
    for (const int event : {CURL_POLL_IN, CURL_POLL_OUT}) {
      if (watch->wanted & ~watch->waiting & event) wait(watch, event);
    }
  }

  /// Asio goes on asking for what was once waited for, and a socket can nearly always be written.
  static void register_afresh(Watch& watch) {
    const int socket = watch.descriptor.release();
    ++watch.registration;
    watch.waiting = 0;
    watch.once_for_writing = false;
    watch.descriptor.assign(socket);
  }

  void wait(const std::shared_ptr<Watch>& watch, int event) {
    watch->waiting |= event;
    watch->once_for_writing = watch->once_for_writing || event == CURL_POLL_OUT;
    watch->descriptor.async_wait(
        event == CURL_POLL_OUT ? descriptor_base::wait_write : descriptor_base::wait_read,
        [this, watch, event, registration = watch->registration](boost::system::error_code error) {
          if (registration != watch->registration) return;
          watch->waiting &= ~event;
          if (!error && (watch->wanted & event)) ready(watch, event);
        });
  }

  void ready(const std::shared_ptr<Watch>& watch, int event) {
    int running = 0;
    curl_multi_socket_action(multi_, watch->descriptor.native_handle(), event, &running);
    arm(watch);
  }

  static int on_timer(CURLM*, long ms, void* self) {
    static_cast<AsioLoop*>(self)->schedule(ms);
    return 0;
  }

  void schedule(long ms) {
    due_ = ms < 0    ? Clock::time_point::max()
           : ms == 0 ? Clock::time_point::min()
                     : Clock::now() + std::chrono::milliseconds(ms);
    if (ms == 0 && !posted_) {
      posted_ = true;
      boost::asio::post(context_, [this] {
        posted_ = false;
        if (due_ == Clock::time_point::min()) fire();
      });
    }
    if (ms > 0 && due_ < armed_for_) arm_timer();
  }

  void arm_timer() {
    armed_for_ = due_;
    timer_.expires_at(due_);
    timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      armed_for_ = Clock::time_point::max();
      if (due_ == Clock::time_point::max()) return;
      if (due_ <= Clock::now()) {
        fire();
      } else {
        arm_timer();
      }
    });
  }

  void fire() {
    due_ = Clock::time_point::max();
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }

  CURLM* multi_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, boost::asio::io_context::executor_type>
      timer_{context_};
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  Clock::time_point due_ = Clock::time_point::max();
  Clock::time_point armed_for_ = Clock::time_point::max();
  bool posted_ = false;
};

}  // namespace

std::unique_ptr<BareLoop> asio_loop(CURLM* multi) { return std::make_unique<AsioLoop>(multi); }

}  // namespace antiphon::bench
