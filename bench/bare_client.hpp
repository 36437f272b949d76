#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bare_loop.hpp"

namespace antiphon::bench {

/// What one writes without a library: libcurl's multi_socket, tuned as well as we know how, an SSE scan for line ends,
/// simdjson for the fields. The same bytes go out and come in. No retry, no timeouts, no errors, no types: the floor
/// that we are measured against.
class BareClient {
 public:
  using MakeLoop = std::unique_ptr<BareLoop> (*)(CURLM* multi);

  explicit BareClient(MakeLoop make_loop);
  ~BareClient();
  BareClient(const BareClient&) = delete;
  BareClient& operator=(const BareClient&) = delete;

  /// Makes `count` whole-answer chats, `in_flight` at a time; gives the bytes of content that came.
  std::size_t chats(const std::string& url, const std::string& body, int count, int in_flight);
  /// Reads `count` streams at once to their ends; gives the number of content chunks.
  std::size_t streams(const std::string& url, const std::string& body, int count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace antiphon::bench
