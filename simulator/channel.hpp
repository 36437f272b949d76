#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "asio.hpp"
#include "recorder.hpp"

namespace antiphon::inline v0::simulator {

/// The bytes of one connection, with or without TLS. One coroutine reads, another writes.
class Channel {
 public:
  Channel(Socket socket, std::shared_ptr<Meter> meter);
  virtual ~Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Appends what arrives; false at the end, however it came.
  virtual Task<bool> read(std::string& into) = 0;
  /// True when the system took all of it.
  virtual Task<bool> write(std::string_view bytes) = 0;
  /// Says good-bye as the protocols want it and sends FIN; reading goes on.
  virtual Task<void> finish() = 0;
  /// Closes the socket now: with FIN, or with RST.
  void cut(bool with_reset);

  Meter& meter() { return *meter_; }
  Executor executor() { return socket_.get_executor(); }

 protected:
  Task<std::size_t> read_socket(char* data, std::size_t size);
  Task<bool> write_socket(std::string_view bytes, bool counted);
  void send_fin();

 private:
  Socket socket_;
  std::shared_ptr<Meter> meter_;
};

/// `first` was read already.
std::shared_ptr<Channel> make_plain_channel(Socket socket, std::shared_ptr<Meter> meter, std::string first);

}  // namespace antiphon::inline v0::simulator
