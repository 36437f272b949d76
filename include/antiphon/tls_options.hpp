#pragma once

#include <string>
#include <utility>

namespace antiphon::inline v0 {

/// How the server's identity is checked and ours is shown. Certificates are verified unless you say otherwise; an
/// `https://` proxy is checked like the server.
class TlsOptions {
 public:
  /// File of certificates (PEM) to trust instead of the system's.
  TlsOptions& ca_file(std::string path) { return ca_file_ = std::move(path), *this; }
  /// Our certificate (PEM), for servers that ask for one.
  TlsOptions& client_certificate(std::string path) { return client_certificate_ = std::move(path), *this; }
  /// Its private key (PEM).
  TlsOptions& client_key(std::string path) { return client_key_ = std::move(path), *this; }
  /// Whether certificate and host name are checked. On by default; off is for tests only.
  TlsOptions& verify(bool value) { return verify_ = value, *this; }

  const std::string& ca_file() const { return ca_file_; }
  const std::string& client_certificate() const { return client_certificate_; }
  const std::string& client_key() const { return client_key_; }
  bool verify() const { return verify_; }

  friend bool operator==(const TlsOptions&, const TlsOptions&) = default;

 private:
  std::string ca_file_;
  std::string client_certificate_;
  std::string client_key_;
  bool verify_ = true;
};

}  // namespace antiphon::inline v0
