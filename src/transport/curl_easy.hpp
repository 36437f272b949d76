#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include <antiphon/http.hpp>

namespace antiphon::inline v0::transport {

class CurlMulti;

/// Both ends of a connection: what libcurl tells of it at the last moment.
struct ConnectionPorts {
  int local = 0;
  int remote = 0;

  friend auto operator<=>(const ConnectionPorts&, const ConnectionPorts&) = default;
};

/// What libcurl calls while a transfer runs.
class CurlEvents {
 public:
  virtual ~CurlEvents() = default;
  /// False forbids sending. `reused`: the connection has carried another request before.
  virtual bool about_to_send(const ConnectionPorts& ports, bool reused) = 0;
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

  /// What is left of this transfer must not keep its connection open, unless others are on it.
  void close_connection();
  /// The next try shall take no connection that is there already.
  void connect_afresh();

  CURL* get() const { return easy_; }
  /// What hears of the transfer that this handle of ours carries.
  static CurlEvents* events_of(CURL* easy);
  const char* error_text() const { return error_; }
  /// Why the last transfer could open no socket; 0 when it could.
  int socket_errno() const { return socket_errno_; }
  /// Whether this transfer has opened a socket, and whether TCP has connected one: libcurl knows of a connection only
  /// when TLS stands as well.
  bool has_opened() const { return !opened_.empty(); }
  bool has_connected() const;
  /// Sockets that this transfer opened, of which libcurl may have closed some.
  const std::vector<curl_socket_t>& opened() const { return opened_; }
  /// What a proxy answered to CONNECT; 0 when it was not asked.
  long proxy_status() const;

 private:
  static std::size_t on_header(char* text, std::size_t, std::size_t size, void* self);
  static std::size_t on_body(char* text, std::size_t, std::size_t size, void* self);
  static int about_to_send(void* self, char* remote_address, char* local_address, int remote_port, int local_port);
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  void may_keep_connection();
  void prepare_url();
  void prepare_method(const HttpRequest& request);
  void prepare_headers(const HttpRequest& request);
  void prepare_tls(const TlsOptions& tls);

  struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
  };

  CurlMulti& multi_;
  std::unique_ptr<CURLU, FreeUrl> parsed_url_;
  CURL* easy_;
  CurlEvents* events_ = nullptr;
  curl_slist* header_list_ = nullptr;
  curl_slist* resolve_ = nullptr;
  // What the handle is set to.
  std::string url_;
  HttpHeaders headers_;
  std::string method_;
  std::string_view accept_encoding_;  ///< one of a few literals
  std::optional<HttpVersion> version_;
  std::string proxy_;
  TlsOptions tls_;
  std::string default_ca_file_;
  std::string default_ca_path_;
  bool closes_ = false;
  bool afresh_ = false;
  int socket_errno_ = 0;
  std::vector<curl_socket_t> opened_;  ///< by this transfer; libcurl may have closed some
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace antiphon::inline v0::transport
