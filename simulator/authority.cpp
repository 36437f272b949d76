#include "authority.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <new>

#include "fields.hpp"

namespace antiphon::inline v0::simulator {
namespace {

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (!extension) fail_with_openssl("certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Valid from yesterday for a year; not signed yet.
Identity make_identity(const char* name, long serial) {
  constexpr long day = 86400;
  Identity identity{Certificate(X509_new()), Key(EVP_EC_gen("P-256"))};
  if (!identity.certificate) throw std::bad_alloc();
  if (!identity.key) fail_with_openssl("making a key");
  X509* certificate = identity.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -day);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * day);
  X509_set_pubkey(certificate, identity.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return identity;
}

void sign(const Identity& signed_one, const Identity& issuer) {
  X509_set_issuer_name(signed_one.certificate.get(), X509_get_subject_name(issuer.certificate.get()));
  if (X509_sign(signed_one.certificate.get(), issuer.key.get(), EVP_sha256()) == 0) {
    fail_with_openssl("signing the certificate");
  }
}

Identity make_leaf(const char* name, long serial, const char* usage, const char* names, const Identity& issuer) {
  Identity leaf = make_identity(name, serial);
  if (names) extend(leaf.certificate.get(), issuer.certificate.get(), NID_subject_alt_name, names);
  extend(leaf.certificate.get(), issuer.certificate.get(), NID_ext_key_usage, usage);
  extend(leaf.certificate.get(), issuer.certificate.get(), NID_authority_key_identifier, "keyid:always");
  sign(leaf, issuer);
  return leaf;
}

}  // namespace

void fail_with_openssl(const std::string& what) {
  std::string reason(256, '\0');
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  fail_at("tls", what + ": " + reason.c_str());
}

Authority::Authority() : own_(make_identity("Antiphon simulator authority", 1)) {
  X509* certificate = own_.certificate.get();
  extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(certificate, certificate, NID_subject_key_identifier, "hash");
  sign(own_, own_);
}

Identity Authority::server() const {
  return make_leaf("localhost", 2, "serverAuth", "DNS:localhost,IP:127.0.0.1,IP:::1", own_);
}

Identity Authority::client() const { return make_leaf("Antiphon simulator client", 3, "clientAuth", nullptr, own_); }

PemFile::PemFile(X509* certificate, EVP_PKEY* key)
    : path_((std::filesystem::temp_directory_path() / "antiphon-simulator-XXXXXX").string()) {
  const int descriptor = ::mkstemp(path_.data());
  if (descriptor < 0) fail_at(path_, "cannot be written");
  FILE* file = ::fdopen(descriptor, "w");
  bool written = PEM_write_X509(file, certificate) == 1;
  if (key) written = written && PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (std::fclose(file) != 0 || !written) fail_at(path_, "cannot be written");
}

PemFile::~PemFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace antiphon::inline v0::simulator
