#include "transport/own_loop.hpp"

#include <boost/asio/post.hpp>

namespace antiphon::inline v0::transport {

OwnLoop::OwnLoop() : AsioSchedulerBase(OwnContext::context), work_(OwnContext::context.get_executor()) {}

void OwnLoop::run() {
  thread_ = std::this_thread::get_id();
  OwnContext::context.run();
}

void OwnLoop::stop() {
  boost::asio::post(OwnContext::context, [this] {
    forget_timers();
    work_.reset();
  });
}

bool OwnLoop::on_thread() const noexcept { return thread_.load() == std::this_thread::get_id(); }

}  // namespace antiphon::inline v0::transport
