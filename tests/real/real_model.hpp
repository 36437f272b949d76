#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <antiphon/provider.hpp>

namespace antiphon_tests {

/// The model that tests/real/run serves, by OpenAI's protocol.
inline antiphon::Provider real_model() {
  const char* url = std::getenv("ANTIPHON_REAL_URL");
  if (url == nullptr) throw std::runtime_error("ANTIPHON_REAL_URL is not set: start these tests with tests/real/run");
  return antiphon::create_provider(antiphon::ModelConfig("SmolLM2-135M-Instruct", antiphon::providers::openai)
                                       .base_url(std::string(url) + "/v1")
                                       .api_key("none"));
}

/// The same model by Anthropic's protocol.
inline antiphon::Provider real_model_of_anthropic() {
  const char* url = std::getenv("ANTIPHON_REAL_URL");
  if (url == nullptr) throw std::runtime_error("ANTIPHON_REAL_URL is not set: start these tests with tests/real/run");
  return antiphon::create_provider(
      antiphon::ModelConfig("SmolLM2-135M-Instruct", antiphon::providers::anthropic).base_url(url).api_key("none"));
}

}  // namespace antiphon_tests
