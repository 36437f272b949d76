#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "fields.hpp"
#include "tls.hpp"

namespace antiphon::inline v0::simulator {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

[[noreturn]] void fail_with_openssl(const std::string& what) {
  std::string reason(256, '\0');
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  fail_at("tls", what + ": " + reason.c_str());
}

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (!extension) fail_with_openssl("certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Valid from yesterday for a year: it lives as long as the simulator.
Certificate make_certificate(const char* name, long serial, EVP_PKEY* key) {
  constexpr long day = 86400;
  Certificate certificate(X509_new());
  if (!certificate) throw std::bad_alloc();
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 365 * day);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  if (X509_sign(certificate, key, EVP_sha256()) == 0) fail_with_openssl("signing the certificate");
}

std::string write_to_temporary_file(X509* certificate) {
  std::string path = (std::filesystem::temp_directory_path() / "antiphon-simulator-ca-XXXXXX").string();
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) fail_at(path, "cannot be written");
  FILE* file = ::fdopen(descriptor, "w");
  const bool written = PEM_write_X509(file, certificate) == 1;
  if (std::fclose(file) != 0 || !written) fail_at(path, "cannot be written");
  return path;
}

/// Gives the context a certificate of its own and returns the file of the authority.
std::string use_own_certificate(SSL_CTX* context) {
  const Key ca_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  if (!ca_key || !key) fail_with_openssl("making a key");
  const Certificate ca = make_certificate("Antiphon simulator authority", 1, ca_key.get());
  extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  sign(ca.get(), ca.get(), ca_key.get());
  const Certificate own = make_certificate("localhost", 2, key.get());
  extend(own.get(), ca.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  extend(own.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  extend(own.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
  sign(own.get(), ca.get(), ca_key.get());
  if (SSL_CTX_use_certificate(context, own.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    fail_with_openssl("using the certificate");
  }
  return write_to_temporary_file(ca.get());
}

/// Takes the first of ours that the client offers too.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned in_length, void* ours) {
  const auto& wanted = *static_cast<const std::string*>(ours);
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(&chosen, out_length, reinterpret_cast<const unsigned char*>(wanted.data()),
                                           static_cast<unsigned>(wanted.size()), in, in_length);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

TlsContext::TlsContext(const std::string& certificate_file, const std::string& key_file, bool http2)
    : context_(SSL_CTX_new(TLS_server_method())), protocols_(http2 ? "\x02h2\x08http/1.1" : "\x08http/1.1") {
  if (!context_) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context_, choose_protocol, &protocols_);
  try {
    load(certificate_file, key_file);
  } catch (...) {
    SSL_CTX_free(context_);
    throw;
  }
}

void TlsContext::load(const std::string& certificate_file, const std::string& key_file) {
  if (certificate_file.empty()) {
    ca_file_ = use_own_certificate(context_);
    return;
  }
  if (SSL_CTX_use_certificate_chain_file(context_, certificate_file.c_str()) != 1) fail_with_openssl(certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context_, key_file.c_str(), SSL_FILETYPE_PEM) != 1) fail_with_openssl(key_file);
  if (SSL_CTX_check_private_key(context_) != 1) fail_with_openssl(key_file);
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
  std::error_code ignored;
  if (!ca_file_.empty()) std::filesystem::remove(ca_file_, ignored);
}

}  // namespace antiphon::inline v0::simulator
