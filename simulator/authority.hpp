#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace antiphon::inline v0::simulator {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

/// Throws `ScenarioError` with OpenSSL's reason.
[[noreturn]] void fail_with_openssl(const std::string& what);

/// A certificate and its private key.
struct Identity {
  Certificate certificate;
  Key key;
};

/// Signs certificates that live as long as the simulator. Throws `ScenarioError`.
class Authority {
 public:
  Authority();

  /// For localhost, 127.0.0.1 and ::1.
  Identity server() const;
  Identity client() const;
  X509* certificate() const { return own_.certificate.get(); }

 private:
  Identity own_;
};

/// A file (PEM) of its own, removed with the object.
class PemFile {
 public:
  explicit PemFile(X509* certificate, EVP_PKEY* key = nullptr);
  ~PemFile();
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace antiphon::inline v0::simulator
