#include "transport/curl_error.hpp"

#include <string>
#include <system_error>

namespace antiphon::inline v0::transport {

namespace {

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return ErrorKind::invalid_config;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return ErrorKind::dns;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
      return ErrorKind::tls;
    case CURLE_PROXY:
      return ErrorKind::proxy;
    case CURLE_PARTIAL_FILE:
      return ErrorKind::truncated;
    case CURLE_UNSUPPORTED_PROTOCOL:  // only http and https come here: the answer is not HTTP
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP_RETURNED_ERROR:
      return ErrorKind::protocol;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
      return ErrorKind::internal;
    default:
      return ErrorKind::connection;
  }
}

std::string_view place_of(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CERTPROBLEM:
      return "tls.client_certificate";
    case CURLE_SSL_CACERT_BADFILE:
      return "tls.ca_file";
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return "proxy";
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return "base_url";
    default:
      return {};
  }
}

/// A server may say after its handshake that it does not like our certificate; libcurl calls that a failed read.
bool is_tls_alert(CURLcode code, std::string_view detail) {
  return (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) && detail.find("SSL routines") != detail.npos &&
         detail.find(" alert ") != detail.npos;
}

/// OpenSSL's words for bytes that are no TLS: the first ones are taken for a version.
bool is_no_tls(std::string_view detail) { return detail.find("wrong version number") != detail.npos; }

}  // namespace

Error to_error(CURLcode code, std::string_view detail, int socket_errno) {
  std::string message(detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail);
  // libcurl says "could not connect" for this too; the difference matters to whoever has to mend it.
  if (socket_errno != 0) {
    message = "no socket could be opened: " + std::generic_category().message(socket_errno);
  }
  if (is_no_tls(detail)) message = "there is no TLS at that address, perhaps plain http: " + message;
  Error error(is_tls_alert(code, detail) ? ErrorKind::tls : kind_of(code), std::move(message));
  if (const auto place = place_of(code); !place.empty()) error.where(std::string(place));
  return error;
}

}  // namespace antiphon::inline v0::transport
