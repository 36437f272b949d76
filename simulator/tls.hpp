#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "authority.hpp"
#include "channel.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Certificate, key, what is offered by ALPN, and whom clients must be vouched for by.
class TlsContext {
 public:
  /// Without files: makes its own certificate for localhost, 127.0.0.1 and ::1. Throws `ScenarioError`.
  TlsContext(const TlsSettings& settings, bool http2);

  SSL_CTX* get() const { return context_.get(); }
  /// Of the authority of a certificate made here; empty for one from files. Removed at the end.
  const std::string& ca_file() const { return path_of(ca_file_); }
  /// A certificate for clients and its key; empty when none is asked for. Removed at the end.
  const std::string& client_file() const { return path_of(client_file_); }

 private:
  void use_own_certificate(const Authority& authority);
  void use_files(const TlsSettings& settings);
  void ask_clients(const Authority& authority);
  static const std::string& path_of(const std::optional<PemFile>& file);

  std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> context_;
  std::optional<PemFile> ca_file_;
  std::optional<PemFile> client_file_;
  std::string protocols_;  // as ALPN has them
};

class TlsChannel : public Channel {
 public:
  /// `first` was read already.
  TlsChannel(Socket socket, std::shared_ptr<Meter> meter, const TlsContext& context, std::string_view first);
  ~TlsChannel() override;

  /// False when it failed; the client was told why.
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
