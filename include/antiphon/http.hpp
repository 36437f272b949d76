#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/tls_options.hpp>

namespace antiphon::inline v0 {

/// Header fields in their order. Names are compared without case.
class ANTIPHON_EXPORT HttpHeaders {
 public:
  using Field = std::pair<std::string, std::string>;

  HttpHeaders& add(std::string name, std::string value);
  /// Replaces every field of that name.
  HttpHeaders& set(std::string name, std::string value);
  void remove(std::string_view name);
  /// First field of that name; null when there is none.
  const std::string* find(std::string_view name) const;
  /// The same, or empty.
  std::string_view get(std::string_view name) const;
  bool empty() const;
  std::size_t size() const;
  const Field* begin() const;
  const Field* end() const;
  void clear();

  /// The same fields in the same order, names written alike.
  friend bool operator==(const HttpHeaders&, const HttpHeaders&) = default;

 private:
  std::vector<Field> fields_;
};

enum class HttpVersion {
  automatic,  ///< HTTP/2 over TLS when the server offers it, else HTTP/1.1
  http1,      ///< HTTP/1.1 only
};

/// What is sent to a provider.
class ANTIPHON_EXPORT HttpRequest {
 public:
  std::string method = "POST";
  std::string url;
  HttpHeaders headers;
  std::string body;
  /// Fails with `ErrorKind::invalid_request` when the host is, or its name stands for, an address that is not of the
  /// public internet. A proxy that looks names up by itself is not asked what it finds.
  bool public_only = false;
  /// The answer will be read piece by piece and may be paused: the transport gives it a connection of its own.
  bool streaming = false;
  /// The answer may be large: it is asked for compressed. Others are not, because unfolding them costs more than the
  /// few bytes that it saves.
  bool large_answer = false;
  HttpVersion version = HttpVersion::automatic;
  /// Proxy URL; nothing takes the proxy of the environment (`https_proxy`, `no_proxy`, …), empty takes none.
  std::optional<std::string> proxy;
  TlsOptions tls;

  HttpRequest();
};

/// Status line and headers of an answer.
class ANTIPHON_EXPORT HttpHead {
 public:
  int status = 0;
  HttpHeaders headers;

  HttpHead();
};

/// A whole answer.
class ANTIPHON_EXPORT HttpResponse {
 public:
  int status = 0;
  HttpHeaders headers;
  std::string body;

  HttpResponse();
};

enum class Flow { go_on, pause };

/// Receives one answer. Every function is called on the scheduler's thread, in this order: `connected` at most once,
/// `head` at most once, `bytes` any number of times, `end` exactly once and last. They must not throw.
class ANTIPHON_EXPORT HttpSink {
 public:
  virtual ~HttpSink();
  /// A connection is there and the request is about to be sent.
  virtual void connected() = 0;
  virtual void head(HttpHead head) = 0;
  /// A piece of the body, decompressed. After `Flow::pause` no more comes until `HttpCall::resume`, except what had
  /// been taken from the socket already; the sender is held back.
  virtual Flow bytes(std::string_view piece) = 0;
  /// The answer is complete, or `error` says why it is not. Nothing follows.
  virtual void end(std::optional<Error> error) = 0;
};

/// A request under way. Functions are called on the scheduler's thread and may be called again without harm.
/// Destroying it before its end cancels it, and the sink hears nothing more.
class ANTIPHON_EXPORT HttpCall {
 public:
  virtual ~HttpCall();
  /// Goes on after `Flow::pause`.
  virtual void resume() = 0;
  /// Closes the connection, or resets the HTTP/2 stream. The sink gets its `end` with `ErrorKind::cancelled`, never
  /// from inside this call.
  virtual void cancel() = 0;
};

/// Sends HTTP requests: the only place where this library talks to the network. Yours may take its place
/// (`EngineOptions::transport`).
///
/// It sends a request at most once, follows no redirect, and has no timeouts of its own. `start` is called on the
/// scheduler's thread and calls the sink only after it returned; the sink lives until its `end`, or until the call is
/// destroyed. A transport with threads of its own posts to the scheduler.
class ANTIPHON_EXPORT HttpTransport {
 public:
  virtual ~HttpTransport();
  virtual std::unique_ptr<HttpCall> start(HttpRequest request, HttpSink& sink) = 0;
};

}  // namespace antiphon::inline v0
