#include <gtest/gtest.h>

#include <string>

#include "providers/codec.hpp"

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

// providers.md §3.10, §7.5
TEST(ModelList, OfTheOtherProtocols) {
  const char* anthropic = R"({"data":[{"id":"claude-a","type":"model","display_name":"A","max_input_tokens":200000,
      "max_tokens":64000,"lifecycle":"active"}],"has_more":false,"first_id":"claude-a","last_id":"claude-a"})";
  EXPECT_EQ(listed("anthropic", anthropic), "claude-a=200000 ");
  const char* gemini = R"({"models":[{"name":"models/gemini-a","inputTokenLimit":1048576,"outputTokenLimit":"65536",
      "supportedGenerationMethods":["generateContent"]},{"name":"tunedModels/b"},{"name":"models/"}],"nextPageToken":"x"})";
  EXPECT_EQ(listed("gemini", gemini), "gemini-a=1048576 tunedModels/b=? ");
  const char* cohere = R"({"models":[{"name":"command-a","endpoints":["chat"],"context_length":256000.0}],)"
                       R"("next_page_token":"x"})";
  EXPECT_EQ(listed("cohere", cohere), "command-a=256000 ");
  const char* bedrock = R"({"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0","providerName":"Amazon"}]})";
  EXPECT_EQ(listed("bedrock", bedrock), "amazon.nova-pro-v1:0=? ");
  EXPECT_EQ(listed("bedrock-anthropic", bedrock), "amazon.nova-pro-v1:0=? ");
  EXPECT_EQ(listed("openai-responses", R"({"object":"list","data":[{"id":"gpt-6"}]})"), "gpt-6=? ");
}

TEST(ModelList, WhatIsNoListIsAnError) {
  for (const char* body : {"", "<html>", "{}", R"({"data":{}})", R"({"error":{"message":"no"}})", "7"}) {
    for (const std::string& protocol : codec::codec_names()) {
      EXPECT_THROW(codec::find_codec(protocol)->models(body), Error) << protocol << ": " << body;
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

}  // namespace
}  // namespace antiphon::tests
