#pragma once

#include <string>
#include <string_view>

#include <antiphon/http.hpp>

#include "core/ascii.hpp"

namespace antiphon::test {

/// A request as it came.
struct Received {
  std::string method;
  std::string target;
  HttpHeaders headers;
  std::string body;
};

inline Received parse_request(const std::string& text) {
  Received received;
  const auto head_end = text.find("\r\n\r\n");
  received.body = text.substr(head_end + 4);
  std::string_view head = std::string_view(text).substr(0, head_end);
  const std::string_view line = head.substr(0, head.find("\r\n"));
  received.method = line.substr(0, line.find(' '));
  received.target = line.substr(received.method.size() + 1, line.rfind(' ') - received.method.size() - 1);
  while (head.find("\r\n") != head.npos) {
    head.remove_prefix(head.find("\r\n") + 2);
    const std::string_view field = head.substr(0, head.find("\r\n"));
    const auto colon = field.find(':');
    received.headers.add(std::string(field.substr(0, colon)), std::string(ascii::trim(field.substr(colon + 1))));
  }
  return received;
}

}  // namespace antiphon::test
