#include <new>

#include "tls.hpp"

namespace antiphon::inline v0::simulator {
namespace {

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

TlsContext::TlsContext(const TlsSettings& settings, bool http2)
    : context_(SSL_CTX_new(TLS_server_method())), protocols_(http2 ? "\x02h2\x08http/1.1" : "\x08http/1.1") {
  if (!context_) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, &protocols_);
  const Authority authority;
  if (settings.certificate_file.empty()) {
    use_own_certificate(authority);
  } else {
    use_files(settings);
  }
  if (settings.client_certificates) ask_clients(authority);
}

void TlsContext::use_own_certificate(const Authority& authority) {
  const Identity own = authority.server();
  if (SSL_CTX_use_certificate(context_.get(), own.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), own.key.get()) != 1) {
    fail_with_openssl("using the certificate");
  }
  ca_file_.emplace(authority.certificate());
}

void TlsContext::use_files(const TlsSettings& settings) {
  const std::string& certificate = settings.certificate_file;
  const std::string& key = settings.key_file;
  if (SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str()) != 1) fail_with_openssl(certificate);
  if (SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) fail_with_openssl(key);
  if (SSL_CTX_check_private_key(context_.get()) != 1) fail_with_openssl(key);
}

void TlsContext::ask_clients(const Authority& authority) {
  const Identity client = authority.client();
  client_file_.emplace(client.certificate.get(), client.key.get());
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.certificate());
  SSL_CTX_add_client_CA(context_.get(), authority.certificate());
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // A session taken up again would need an id of ours once clients are verified.
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context_.get(), 0);
}

const std::string& TlsContext::path_of(const std::optional<PemFile>& file) {
  static const std::string none;
  return file ? file->path() : none;
}

}  // namespace antiphon::inline v0::simulator
