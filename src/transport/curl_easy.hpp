#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <curl/curl.h>

#include <antiphon/http.hpp>

namespace antiphon::inline v0::transport {

class CurlMulti;

/// What libcurl calls while a transfer runs.
class CurlEvents {
 public:
  virtual ~CurlEvents() = default;
  /// False forbids sending.
  virtual bool about_to_send() = 0;
  /// False ends the transfer.
  virtual bool header_line(std::string_view line) = 0;
  /// False holds the piece and the sender back.
  virtual bool body_piece(std::string_view piece) = 0;
};

/// One libcurl easy handle, set up for our way of using it and used again for many transfers. An option is only set
/// when it changes: setting them all costs more than the transfer's own bookkeeping.
class CurlEasy {
 public:
  CurlEasy(CurlMulti& multi, long buffer_bytes);
  ~CurlEasy();
  CurlEasy(const CurlEasy&) = delete;
  CurlEasy& operator=(const CurlEasy&) = delete;

  /// `request` must stay as it is until `finish`; `resolve` are entries of CURLOPT_RESOLVE.
  void prepare(const HttpRequest& request, const std::string& proxy, const std::vector<std::string>& resolve,
               CurlEvents& events);
  /// Lets go of the request's body. What the next request to the same place needs again stays.
  void finish();

  CURL* get() const { return easy_; }
  const char* error_text() const { return error_; }
  /// Why the last transfer could open no socket; 0 when it could.
  int socket_errno() const { return socket_errno_; }

 private:
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  void prepare_method(const HttpRequest& request);
  void prepare_headers(const HttpRequest& request);
  void prepare_tls(const TlsOptions& tls);

  CurlMulti& multi_;
  CURL* easy_;
  curl_slist* header_list_ = nullptr;
  curl_slist* resolve_ = nullptr;
  // What the handle is set to.
  std::string url_;
  HttpHeaders headers_;
  std::string method_;
  std::optional<bool> streaming_;
  std::optional<HttpVersion> version_;
  std::string proxy_;
  TlsOptions tls_;
  std::string default_ca_file_;
  std::string default_ca_path_;
  int socket_errno_ = 0;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace antiphon::inline v0::transport
