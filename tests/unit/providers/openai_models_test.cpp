#include "providers/openai_models.hpp"

#include <gtest/gtest.h>

#include <string>

#include "providers/codec.hpp"
#include "providers/reasoning_effort.hpp"

namespace antiphon::tests {
namespace {

TEST(OpenAiModels, ReasoningIsToldByTheName) {
  for (const char* model : {"o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.1", "gpt-5-nano", "gpt-6.2-sol",
                            "gpt-10", "gpt-12.3-x"}) {
    EXPECT_TRUE(codec::classify_openai_model(model).reasoning) << model;
  }
  for (const char* model : {"gpt-4o", "gpt-4.1", "gpt-3.5-turbo", "gpt-5-chat-latest", "gpt-oss-20b", "omni", "o", "",
                            "chatgpt-4o-latest", "llama3.2", "gpt-"}) {
    EXPECT_FALSE(codec::classify_openai_model(model).reasoning) << model;
  }
}

TEST(OpenAiModels, APublisherBeforeTheNameIsOpenAi) {
  EXPECT_EQ(codec::openai_name("gpt-5"), "gpt-5");
  EXPECT_EQ(codec::openai_name("openai/gpt-5"), "gpt-5");
  EXPECT_EQ(codec::openai_name("deepseek/gpt-5"), "");
  EXPECT_EQ(codec::openai_name("hub/openai/gpt-5"), "");
}

TEST(OpenAiModels, EffortsOfTheirFamilies) {
  // providers.md 1.8, trap 88
  const auto nearest = [](const char* asked, const char* model) {
    return std::string(codec::nearest_effort(asked, codec::classify_openai_model(model).efforts));
  };
  EXPECT_EQ(nearest("minimal", "o3"), "low");
  EXPECT_EQ(nearest("xhigh", "o4-mini"), "high");
  EXPECT_EQ(nearest("none", "gpt-5"), "minimal");
  EXPECT_EQ(nearest("minimal", "gpt-5-nano"), "minimal");
  EXPECT_EQ(nearest("max", "gpt-5-mini"), "high");
  EXPECT_EQ(nearest("minimal", "gpt-5.1"), "none");
  EXPECT_EQ(nearest("xhigh", "gpt-5.1"), "high");
  EXPECT_EQ(nearest("max", "gpt-5.2"), "xhigh");
  EXPECT_EQ(nearest("xhigh", "gpt-5.5"), "xhigh");
  EXPECT_EQ(nearest("max", "gpt-5.6-sol"), "max");
  EXPECT_EQ(nearest("none", "gpt-6-luna"), "none");
  EXPECT_EQ(nearest("none", "gpt-6-astra"), "low");
  EXPECT_EQ(nearest("none", "gpt-6.1-terra"), "none");
  EXPECT_EQ(nearest("minimal", "gpt-6.1-sol"), "low");
  EXPECT_EQ(nearest("max", "gpt-6.2-astra"), "max");
  // Nothing is known of these.
  EXPECT_EQ(nearest("max", "gpt-7"), "max");
  EXPECT_EQ(nearest("default", "o3"), "default");
}

TEST(OpenAiChatDialect, ARowWithADomainHoldsThere) {
  const codec::Preset& openai = *codec::find_preset("openai");
  const auto is_openai = [&](const char* url) {
    return codec::openai_chat_dialect(codec::Target{&openai, "m", url}).openai_models;
  };
  for (const char* url :
       {"https://api.openai.com/v1", "https://eu.api.openai.com/v1", "https://API.OpenAI.com:443/v1"}) {
    EXPECT_TRUE(is_openai(url)) << url;
  }
  for (const char* url :
       {"http://127.0.0.1:8080/v1", "https://openai.com.evil.example/v1", "https://x.openai.azure.com",
        "https://notopenai.com", "", "https://gateway.example/api.openai.com", "https://openai.comx"}) {
    EXPECT_FALSE(is_openai(url)) << url;
  }
}

}  // namespace
}  // namespace antiphon::tests
