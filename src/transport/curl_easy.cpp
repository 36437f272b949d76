#include "transport/curl_easy.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "transport/curl_multi.hpp"

namespace antiphon::inline v0::transport {

namespace {

// Exceptions must not pass through libcurl: whatever an event throws ends the transfer.
template <class F>
bool guarded(F&& event) noexcept {
  try {
    return event();
  } catch (...) {
    return false;
  }
}

void append(curl_slist*& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list, text.c_str());
  if (!longer) throw std::bad_alloc();
  list = longer;
}

std::string text_of(CURL* easy, CURLINFO info) {
  const char* text = nullptr;
  curl_easy_getinfo(easy, info, &text);
  return text ? text : "";
}

/// Keeps what is wanted, and whether that is something new.
template <class Kept, class T>
bool changes(Kept& kept, const T& wanted) {
  if (kept == wanted) return false;
  kept = wanted;
  return true;
}

bool reads_gzip() {
  static const bool reads = (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_LIBZ) != 0;
  return reads;
}

/// The line, without which libcurl would write one of its own, and that twice; one without a value asks for nothing. A
/// stream is wanted piece by piece, and what stands between would hold pieces back to press them together.
std::string_view accept_encoding(const HttpRequest& request) {
  if (!reads_gzip() || request.headers.find("accept-encoding")) return "";
  if (request.streaming) return "Accept-Encoding: identity";
  return request.large_answer ? "Accept-Encoding: gzip" : "Accept-Encoding:";
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

std::size_t CurlEasy::on_header(char* text, std::size_t, std::size_t size, void* self) {
  CurlEvents& events = *static_cast<CurlEasy*>(self)->events_;
  return guarded([&] { return events.header_line(std::string_view(text, size)); }) ? size : 0;
}

std::size_t CurlEasy::on_body(char* text, std::size_t, std::size_t size, void* self) {
  try {
    return static_cast<CurlEasy*>(self)->events_->body_piece(std::string_view(text, size)) ? size
                                                                                           : CURL_WRITEFUNC_PAUSE;
  } catch (...) {
    return 0;
  }
}

CurlEvents* CurlEasy::events_of(CURL* easy) {
  char* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return reinterpret_cast<CurlEasy*>(self)->events_;
}

int CurlEasy::about_to_send(void* self, char*, char*, int remote_port, int local_port) {
  const auto& easy = *static_cast<const CurlEasy*>(self);
  long new_connections = 0;
  curl_easy_getinfo(easy.easy_, CURLINFO_NUM_CONNECTS, &new_connections);
  const ConnectionPorts ports{local_port, remote_port};
  const bool may_send = guarded([&] { return easy.events_->about_to_send(ports, new_connections == 0); });
  return may_send ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

CurlEasy::CurlEasy(CurlMulti& multi, long buffer_bytes)
    : multi_(multi), parsed_url_(curl_url()), easy_(curl_easy_init()) {
  if (!easy_ || !parsed_url_) throw std::bad_alloc();
  constexpr long a_day_ms = 24L * 60 * 60 * 1000;
  default_ca_file_ = text_of(easy_, CURLINFO_CAINFO);
  default_ca_path_ = text_of(easy_, CURLINFO_CAPATH);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  // Ours are the only timeouts: they go through the scheduler.
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, a_day_ms);
  // Some NATs forget a connection that was silent for a minute, and a model may think for longer.
  constexpr long keep_alive_seconds = 45;
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPIDLE, keep_alive_seconds);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPINTVL, keep_alive_seconds);
  curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
  // What comes compressed is read, whatever was asked for.
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, buffer_bytes);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Were a look-up ever left to libcurl, giving it up must not block the loop.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &CurlEasy::about_to_send);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlEasy::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlEasy::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlEasy::open_socket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, &CurlMulti::close_socket);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &multi);
}

curl_socket_t CurlEasy::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& easy = *static_cast<CurlEasy*>(self);
  const curl_socket_t opened = easy.multi_.open_socket(*address);
  if (opened < 0) {
    easy.socket_errno_ = errno;
    return CURL_SOCKET_BAD;
  }
  easy.opened_.push_back(opened);
  return opened;
}

bool CurlEasy::has_connected() const {
  return std::any_of(opened_.begin(), opened_.end(), [](curl_socket_t socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  });
}

CurlEasy::~CurlEasy() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(header_list_);
  curl_slist_free_all(resolve_);
}

void CurlEasy::prepare(const HttpRequest& request, const std::string& proxy, const std::vector<std::string>& resolve,
                       CurlEvents& events) {
  error_[0] = '\0';
  socket_errno_ = 0;
  opened_.clear();
  if (changes(url_, request.url)) prepare_url();
  events_ = &events;
  prepare_method(request);
  prepare_headers(request);
  if (changes(version_, request.version)) {
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION,
                     request.version == HttpVersion::http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS);
  }
  if (changes(proxy_, proxy)) curl_easy_setopt(easy_, CURLOPT_PROXY, proxy.c_str());
  prepare_tls(request.tls);
  for (const std::string& entry : resolve) append(resolve_, entry);
  if (resolve_) curl_easy_setopt(easy_, CURLOPT_RESOLVE, resolve_);
}

/// libcurl reads and writes a URL anew for each transfer, unless it is given one that was read already.
void CurlEasy::prepare_url() {
  curl_easy_setopt(easy_, CURLOPT_URL, url_.c_str());
  // One that cannot be read is left to the transfer, which says so.
  constexpr unsigned as_transfers_read_it = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME;
  const bool good = curl_url_set(parsed_url_.get(), CURLUPART_URL, url_.c_str(), as_transfers_read_it) == CURLUE_OK;
  curl_easy_setopt(easy_, CURLOPT_CURLU, good ? parsed_url_.get() : nullptr);
}

void CurlEasy::prepare_method(const HttpRequest& request) {
  const bool usual = request.method == "GET" || request.method == "POST";
  if (changes(method_, request.method)) {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, usual ? nullptr : request.method.c_str());
    curl_easy_setopt(easy_, request.method == "GET" ? CURLOPT_HTTPGET : CURLOPT_POST, 1L);
  }
  if (request.method == "GET") return;
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request.body.data());
}

void CurlEasy::prepare_headers(const HttpRequest& request) {
  const std::string_view encoding = accept_encoding(request);
  const bool other_kind = changes(accept_encoding_, encoding);
  if (header_list_ && !other_kind && headers_ == request.headers) return;
  curl_slist* list = nullptr;
  if (!encoding.empty()) append(list, std::string(encoding));
  for (const auto& [name, value] : request.headers) append(list, value.empty() ? name + ";" : name + ": " + value);
  append(list, "Expect:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list);
  curl_slist_free_all(std::exchange(header_list_, list));
  headers_ = request.headers;
}

void CurlEasy::prepare_tls(const TlsOptions& tls) {
  if (tls == tls_) return;
  const bool own_authorities = !tls.ca_file().empty();
  curl_easy_setopt(easy_, CURLOPT_CAINFO, or_null(own_authorities ? tls.ca_file() : default_ca_file_));
  curl_easy_setopt(easy_, CURLOPT_CAPATH, own_authorities ? nullptr : or_null(default_ca_path_));
  curl_easy_setopt(easy_, CURLOPT_SSLCERT, or_null(tls.client_certificate()));
  curl_easy_setopt(easy_, CURLOPT_SSLKEY, or_null(tls.client_key()));
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, tls.verify() ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, tls.verify() ? 2L : 0L);
  curl_easy_setopt(easy_, CURLOPT_PROXY_CAINFO, or_null(own_authorities ? tls.ca_file() : default_ca_file_));
  curl_easy_setopt(easy_, CURLOPT_PROXY_CAPATH, own_authorities ? nullptr : or_null(default_ca_path_));
  curl_easy_setopt(easy_, CURLOPT_PROXY_SSL_VERIFYPEER, tls.verify() ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_PROXY_SSL_VERIFYHOST, tls.verify() ? 2L : 0L);
  tls_ = tls;
}

void CurlEasy::close_connection() {
  closes_ = true;
  curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
}

void CurlEasy::may_keep_connection() {
  if (std::exchange(closes_, false)) curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 0L);
}

void CurlEasy::connect_afresh() {
  may_keep_connection();
  afresh_ = true;
  curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
}

long CurlEasy::proxy_status() const {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &status);
  return status;
}

void CurlEasy::finish() {
  // Setting it for a GET would make that a POST.
  if (method_ != "GET") curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
  may_keep_connection();
  if (std::exchange(afresh_, false)) curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 0L);
  if (!resolve_) return;
  curl_easy_setopt(easy_, CURLOPT_RESOLVE, nullptr);
  curl_slist_free_all(std::exchange(resolve_, nullptr));
}

}  // namespace antiphon::inline v0::transport
