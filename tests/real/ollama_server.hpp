#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <antiphon/antiphon.hpp>

#include "support/parsed.hpp"
#include "support/raw_server.hpp"

namespace antiphon_tests {

/// Where tests/real/run_ollama serves the model.
inline std::string ollama_url() {
  const char* url = std::getenv("ANTIPHON_REAL_OLLAMA_URL");
  if (!url)
    throw std::runtime_error("ANTIPHON_REAL_OLLAMA_URL is not set: start these tests with tests/real/run_ollama");
  return url;
}

inline int ollama_port() { return std::stoi(ollama_url().substr(ollama_url().rfind(':') + 1)); }

inline antiphon::Provider ollama_at(const std::string& url, const std::string& model = "smol") {
  return antiphon::create_provider(antiphon::ModelConfig(model, antiphon::providers::ollama).base_url(url));
}

inline antiphon::Provider ollama() { return ollama_at(ollama_url()); }

/// The same server by OpenAI's protocol.
inline antiphon::Provider ollama_by_openai(const std::string& model = "smol") {
  return antiphon::create_provider(
      antiphon::ModelConfig(model, antiphon::providers::openai).base_url(ollama_url() + "/v1").api_key("none"));
}

/// Always the same answer, short enough for a slow machine, and not waited for without end.
inline antiphon::Options brief(int tokens = 16) {
  return antiphon::Options().temperature(0).seed(1).max_tokens(tokens).deadline(std::chrono::minutes(3));
}

/// What the server itself says, past the library: the body of its answer.
inline antiphon::test::Parsed ask_ollama(std::string_view method, std::string_view path, std::string_view body = "") {
  antiphon::test::RawConnection connection(antiphon::test::connect_to_loopback(ollama_port()));
  // HTTP/1.0: the body ends with the connection.
  connection.write(std::string(method) + " " + std::string(path) + " HTTP/1.0\r\nhost: 127.0.0.1\r\ncontent-length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  std::string answer;
  for (std::string piece; !(piece = connection.read_some()).empty();) answer += piece;
  const std::size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos) throw std::runtime_error("no answer of the server to " + std::string(path));
  return antiphon::test::Parsed(answer.substr(head + 4));
}

}  // namespace antiphon_tests
