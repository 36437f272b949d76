#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "channel.hpp"

namespace antiphon::inline v0::simulator {

/// Certificate, key and what is offered by ALPN; for a self-made certificate also the file of the authority that
/// signed it, removed at the end.
class TlsContext {
 public:
  /// Empty file names: makes its own certificate for localhost, 127.0.0.1 and ::1. Throws `ScenarioError`.
  TlsContext(const std::string& certificate_file, const std::string& key_file, bool http2);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  SSL_CTX* get() const { return context_; }
  const std::string& ca_file() const { return ca_file_; }

 private:
  void load(const std::string& certificate_file, const std::string& key_file);

  SSL_CTX* context_;
  std::string ca_file_;
  std::string protocols_;  // as ALPN has them
};

class TlsChannel : public Channel {
 public:
  /// `first` was read already.
  TlsChannel(Socket socket, std::shared_ptr<Meter> meter, const TlsContext& context, std::string_view first);
  ~TlsChannel() override;

  Task<bool> handshake();
  /// What ALPN chose; empty for nothing.
  std::string protocol() const;

  Task<bool> read(std::string& into) override;
  Task<bool> write(std::string_view bytes) override;
  Task<void> finish() override;

 private:
  Task<bool> fill();
  Task<bool> flush();

  SSL* ssl_;
  BIO* in_;   // owned by ssl_
  BIO* out_;  // owned by ssl_
  Timer flushed_;
  bool flushing_ = false;
};

}  // namespace antiphon::inline v0::simulator
