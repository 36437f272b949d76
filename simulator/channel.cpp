#include "channel.hpp"

#include <array>

namespace antiphon::inline v0::simulator {
namespace {

class PlainChannel : public Channel {
 public:
  PlainChannel(Socket socket, std::shared_ptr<Meter> meter, std::string first)
      : Channel(std::move(socket), std::move(meter)), first_(std::move(first)) {}

  Task<bool> read(std::string& into) override {
    if (!first_.empty()) {
      into += std::exchange(first_, std::string());
      co_return true;
    }
    const std::size_t size = co_await read_socket(buffer_.data(), buffer_.size());
    into.append(buffer_.data(), size);
    co_return size > 0;
  }

  Task<bool> write(std::string_view bytes) override { return write_socket(bytes, true); }

  Task<void> finish() override {
    send_fin();
    co_return;
  }

 private:
  std::string first_;
  std::array<char, 8192> buffer_;
};

}  // namespace

Channel::Channel(Socket socket, std::shared_ptr<Meter> meter) : socket_(std::move(socket)), meter_(std::move(meter)) {}

Task<std::size_t> Channel::read_socket(char* data, std::size_t size) {
  const auto [error, count] = co_await socket_.async_read_some(asio::buffer(data, size), as_result);
  co_return error ? 0 : count;
}

Task<bool> Channel::write_socket(std::string_view bytes, bool counted) {
  while (!bytes.empty()) {
    const auto [error, count] = co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()), as_result);
    if (error) co_return false;
    if (counted) meter_->wrote(count);
    bytes.remove_prefix(count);
  }
  co_return true;
}

void Channel::send_fin() {
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Channel::cut(bool with_reset) {
  boost::system::error_code ignored;
  if (with_reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

std::shared_ptr<Channel> make_plain_channel(Socket socket, std::shared_ptr<Meter> meter, std::string first) {
  return std::make_shared<PlainChannel>(std::move(socket), std::move(meter), std::move(first));
}

}  // namespace antiphon::inline v0::simulator
