#include "providers/rsa_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <antiphon/error.hpp>

namespace antiphon::inline v0::codec {

struct RsaKey::Key {
  explicit Key(EVP_PKEY* taken) : key(taken) {}
  ~Key() { EVP_PKEY_free(key); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  EVP_PKEY* key;
};

namespace {

/// OpenSSL would ask on the terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) { return -1; }

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Error cannot_sign() {
  ERR_clear_error();
  return Error(ErrorKind::internal, "OpenSSL cannot sign with the private key");
}

}  // namespace

RsaKey RsaKey::from_pem(std::string_view pem) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : nullptr;
  if (!key) {
    ERR_clear_error();
    throw Error(ErrorKind::invalid_config, "it is not an unencrypted private key in PEM form");
  }
  auto owner = std::make_shared<const Key>(key);
  if (!EVP_PKEY_is_a(key, "RSA")) throw Error(ErrorKind::invalid_config, "it is not an RSA key");
  return RsaKey(std::move(owner));
}

std::string RsaKey::sign(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) != 1) {
    throw cannot_sign();
  }
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, data, bytes.size()) != 1) throw cannot_sign();
  signature.resize(size);
  return signature;
}

}  // namespace antiphon::inline v0::codec
