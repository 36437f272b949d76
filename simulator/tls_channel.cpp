#include <openssl/bio.h>
#include <openssl/err.h>

#include <array>

#include "tls.hpp"

namespace antiphon::inline v0::simulator {

// TLS on memory buffers: reading and writing share one SSL object, and a byte counts as written when the socket took
// its record.

TlsChannel::TlsChannel(Socket socket, std::shared_ptr<Meter> meter, const TlsContext& context, std::string_view first)
    : Channel(std::move(socket), std::move(meter)),
      ssl_(SSL_new(context.get())),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())),
      flushed_(executor()) {
  if (!ssl_ || !in_ || !out_) throw std::bad_alloc();
  SSL_set_bio(ssl_, in_, out_);
  SSL_set_accept_state(ssl_);
  SSL_set_mode(ssl_, SSL_MODE_RELEASE_BUFFERS);
  BIO_write(in_, first.data(), static_cast<int>(first.size()));
}

TlsChannel::~TlsChannel() { SSL_free(ssl_); }

std::string TlsChannel::protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_, &name, &length);
  return std::string(reinterpret_cast<const char*>(name), length);
}

/// Reads records from the socket.
Task<bool> TlsChannel::fill() {
  std::array<char, 8192> buffer;
  const std::size_t size = co_await read_socket(buffer.data(), buffer.size());
  if (size > 0) BIO_write(in_, buffer.data(), static_cast<int>(size));
  co_return size > 0;
}

/// Writes the records that are ready. Reader and writer both come here: one at a time.
Task<bool> TlsChannel::flush() {
  while (flushing_) {
    flushed_.expires_at(Clock::time_point::max());
    co_await flushed_.async_wait(as_result);
  }
  flushing_ = true;
  bool taken = true;
  std::string records;
  while (taken && BIO_ctrl_pending(out_) > 0) {
    records.resize(BIO_ctrl_pending(out_));
    BIO_read(out_, records.data(), static_cast<int>(records.size()));
    taken = co_await write_socket(records, false);
  }
  flushing_ = false;
  flushed_.cancel();
  co_return taken;
}

Task<bool> TlsChannel::handshake() {
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    const int reason = SSL_get_error(ssl_, result);
    if (!co_await flush()) co_return false;
    if (result == 1) co_return true;
    if (reason != SSL_ERROR_WANT_READ) break;
    if (!co_await fill()) co_return false;
  }
  // What the client has sent by now is read, for otherwise the system resets the connection and the alert is lost.
  send_fin();
  while (co_await fill()) BIO_reset(in_);
  co_return false;
}

Task<bool> TlsChannel::read(std::string& into) {
  std::array<char, 8192> buffer;
  while (true) {
    ERR_clear_error();
    const int size = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (size > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(size));
      co_return true;
    }
    if (SSL_get_error(ssl_, size) != SSL_ERROR_WANT_READ) co_return false;
    if (!flushing_) co_await flush();
    if (!co_await fill()) co_return false;
  }
}

Task<bool> TlsChannel::write(std::string_view bytes) {
  constexpr std::size_t record = 16384;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, record);
    ERR_clear_error();
    if (SSL_write(ssl_, part.data(), static_cast<int>(part.size())) <= 0) co_return false;
    if (!co_await flush()) co_return false;
    meter().wrote(part.size());
    bytes.remove_prefix(part.size());
  }
  co_return true;
}

Task<void> TlsChannel::finish() {
  SSL_shutdown(ssl_);
  co_await flush();
  send_fin();
}

}  // namespace antiphon::inline v0::simulator
