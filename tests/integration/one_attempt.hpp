#pragma once

#include <gtest/gtest.h>

#include <string>

#include <antiphon/antiphon.hpp>

#include "support/failure.hpp"

namespace antiphon::test {

/// The model of a server that speaks as OpenAI does, asked once.
inline ModelConfig config_for(const std::string& url) {
  return ModelConfig("m-1", providers::openai)
      .base_url(url)
      .api_key(planted_key)
      .retry_config(RetryConfig().max_attempts(1));
}

/// Both ways of asking; each has connections of its own.
inline void expect_answers(const Provider& provider) {
  EXPECT_FALSE(provider.chat("Hi").content().empty());
  EXPECT_FALSE(provider.stream("Hi").collect().content().empty());
}

}  // namespace antiphon::test
