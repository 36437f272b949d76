#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace antiphon::test {

/// A key pair made for this run.
class KeyPair {
 public:
  static KeyPair rsa() { return KeyPair(EVP_RSA_gen(2048)); }
  static KeyPair elliptic() { return KeyPair(EVP_EC_gen("P-256")); }

  /// The private key as PKCS#8 in PEM form; with a password it is encrypted.
  std::string pem(const char* password = nullptr) const {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    const int size = password ? static_cast<int>(std::string_view(password).size()) : 0;
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), password ? EVP_aes_256_cbc() : nullptr, password, size,
                                  nullptr, nullptr);
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(length));
  }
  /// Whether the bytes were signed with the private key (RS256).
  bool verifies(std::string_view bytes, std::string_view signature) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                            reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
  }

 private:
  explicit KeyPair(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {
    if (!key) throw std::runtime_error("OpenSSL makes no key");
  }
  std::shared_ptr<EVP_PKEY> key_;
};

/// One for all tests: making it takes a while.
inline const KeyPair& shared_rsa_key() {
  static const KeyPair key = KeyPair::rsa();
  return key;
}

}  // namespace antiphon::test
