#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <antiphon/provider.hpp>

namespace antiphon_tests {

/// The model that tests/real/run serves, by one of OpenAI's protocols.
inline antiphon::Provider real_model(std::string_view provider = antiphon::providers::openai) {
  const char* url = std::getenv("ANTIPHON_REAL_URL");
  if (url == nullptr) throw std::runtime_error("ANTIPHON_REAL_URL is not set: start these tests with tests/real/run");
  return antiphon::create_provider(antiphon::ModelConfig("SmolLM2-135M-Instruct", antiphon::ProviderId(provider))
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

/// The protocols of the engine, by the names of the providers that speak them.
inline auto real_protocols() {
  return testing::Values(antiphon::providers::openai, antiphon::providers::openai_responses,
                         antiphon::providers::anthropic);
}

/// For the names of tests: letters alone.
inline std::string protocol_name(const testing::TestParamInfo<std::string_view>& protocol) {
  std::string name(protocol.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// The same model by one of them.
inline antiphon::Provider real_model_by(std::string_view provider) {
  return provider == antiphon::providers::anthropic ? real_model_of_anthropic() : real_model(provider);
}

}  // namespace antiphon_tests
