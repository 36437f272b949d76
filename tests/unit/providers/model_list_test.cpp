#include <gtest/gtest.h>

#include <string>

#include "providers/codec.hpp"
#include "providers/openai_models.hpp"

namespace antiphon::tests {
namespace {

std::string listed(const char* protocol, std::string_view body) {
  std::string text;
  for (const ModelInfo& model : codec::find_codec(protocol)->models(body)) {
    text += model.id() + "=" + to_string(model.context_window()) + " ";
  }
  return text;
}

TEST(ModelList, OfOpenAiAndCompatibleServers) {
  EXPECT_EQ(listed("openai-chat", R"({"object":"list","data":[{"id":"gpt-4o","object":"model"},{"id":"b"}]})"),
            "gpt-4o=? b=? ");
  EXPECT_EQ(listed("openai-chat", R"({"data":[{"id":"vllm","max_model_len":8192},{"id":"groq","context_window":5},
      {"id":"or","context_length":6},{"id":"llama","meta":{"n_ctx_train":7}},{"id":"mistral","max_context_length":8}]})"),
            "vllm=8192 groq=5 or=6 llama=7 mistral=8 ");
  EXPECT_EQ(listed("openai-chat", R"([{"id":"together"}])"), "together=? ");
  EXPECT_EQ(listed("openai-chat", R"({"data":null})"), "");
  EXPECT_EQ(listed("openai-chat", R"({"data":[{"id":7},{},1,{"id":"ok"}]})"), "ok=? ");
}

TEST(ModelList, OfOllama) {
  EXPECT_EQ(listed("ollama", R"({"models":[{"name":"a:latest","model":"a:latest","size":1},{"name":"old"}]})"),
            "a:latest=? old=? ");
  const auto models = codec::find_codec("ollama")->models(R"({"models":[{"name":"a", "size":1.0}]})");
  EXPECT_EQ(models.at(0).raw().text(), R"({"name":"a", "size":1.0})");
}

TEST(ModelList, WhatIsNoListIsAnError) {
  for (const char* body : {"", "<html>", "{}", R"({"data":{}})", R"({"error":{"message":"no"}})", "7"}) {
    for (const char* protocol : {"openai-chat", "ollama"}) {
      EXPECT_THROW(codec::find_codec(protocol)->models(body), Error) << body;
    }
  }
}

TEST(ModelList, IsAskedForAtItsAddress) {
  const codec::Target openai{codec::find_preset("openai"), "m", "https://api.openai.com/v1"};
  const HttpRequest request = codec::find_codec("openai-chat")->list_models(openai);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://api.openai.com/v1/models");
  const codec::Target ollama{codec::find_preset("ollama"), "m", "http://localhost:11434"};
  EXPECT_EQ(codec::find_codec("ollama")->list_models(ollama).url, "http://localhost:11434/api/tags");
}

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

TEST(OpenAiModels, HostsOfOpenAi) {
  for (const char* url :
       {"https://api.openai.com/v1", "https://eu.api.openai.com/v1", "https://API.OpenAI.com:443/v1"}) {
    EXPECT_TRUE(codec::is_openai_host(url)) << url;
  }
  for (const char* url :
       {"http://127.0.0.1:8080/v1", "https://openai.com.evil.example/v1", "https://x.openai.azure.com",
        "https://notopenai.com", "", "https://gateway.example/api.openai.com"}) {
    EXPECT_FALSE(codec::is_openai_host(url)) << url;
  }
}

}  // namespace
}  // namespace antiphon::tests
