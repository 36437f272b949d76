#pragma once

#include <chrono>
#include <cstddef>

namespace antiphon::inline v0 {

/// How an image, audio or document that a message gives by its URL is fetched for a provider that takes its bytes
/// alone. It takes part in a call when `Options::fetch_urls` gets one; without it nothing is fetched, and what a
/// provider cannot take by URL is left out, with a warning that names the option, or an error with `Options::strict`.
///
/// Each file is fetched once in a call, one after the other, however often the call is tried; a link of a
/// `FallbackProvider` only has those fetched that its provider needs. The server gets a plain GET: no key, no header,
/// no client certificate of the provider. What arrives must be of the part's kind: its first bytes count, not what the
/// server says of it. A failure is not tried again; `Error::where()` names the part (`messages/2/content/1/url`).
///
/// A value out of its range makes the call fail with `ErrorKind::invalid_request` that names it. As a value it may be
/// shared by threads.
class FetchPolicy {
 public:
  using Duration = std::chrono::nanoseconds;

  FetchPolicy() = default;
  /// Nothing is fetched, whatever the model or the provider has set.
  static FetchPolicy off() {
    FetchPolicy policy;
    policy.allowed_ = false;
    return policy;
  }

  /// Largest file, at least 1. Default 20 MiB.
  FetchPolicy& max_bytes(std::size_t value) { return max_bytes_ = value, *this; }
  /// All files of one call together, at least 1. Default 64 MiB.
  FetchPolicy& max_total_bytes(std::size_t value) { return max_total_bytes_ = value, *this; }
  /// For one file with all its redirects, more than zero. Default 30 s. Cancelling and the deadline of the call end it
  /// sooner.
  FetchPolicy& timeout(Duration value) { return timeout_ = value, *this; }
  /// How often a server may send on to another address, at least 0. Default 5. Never from https to http, nor to
  /// anything but these two.
  FetchPolicy& max_redirects(int value) { return max_redirects_ = value, *this; }
  /// Whether files may come from this machine, a private network, or another address that is not of the public
  /// internet. Default no. Addresses in URLs and redirects are looked at before anything is sent, those that names
  /// stand for when they were looked up. Two cases are not seen: a proxy looks names up by itself, and a transport of
  /// your own may not know `HttpRequest::public_only`.
  FetchPolicy& private_addresses(bool value = true) { return private_addresses_ = value, *this; }

  bool allowed() const { return allowed_; }
  std::size_t max_bytes() const { return max_bytes_; }
  std::size_t max_total_bytes() const { return max_total_bytes_; }
  Duration timeout() const { return timeout_; }
  int max_redirects() const { return max_redirects_; }
  bool private_addresses() const { return private_addresses_; }

  friend bool operator==(const FetchPolicy&, const FetchPolicy&) = default;

 private:
  bool allowed_ = true;
  std::size_t max_bytes_ = std::size_t{20} << 20;
  std::size_t max_total_bytes_ = std::size_t{64} << 20;
  Duration timeout_ = std::chrono::seconds(30);
  int max_redirects_ = 5;
  bool private_addresses_ = false;
};

}  // namespace antiphon::inline v0
