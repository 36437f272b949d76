#include <gtest/gtest.h>

#include <string>

#include "providers/codec.hpp"

namespace antiphon::tests {
namespace {

std::string listed(const char* protocol, std::string_view body) {
  std::string text;
  for (const ModelInfo& model : codec::find_codec(protocol)->models(body).models) {
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
  const auto models = codec::find_codec("ollama")->models(R"({"models":[{"name":"a", "size":1.0}]})").models;
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
  EXPECT_EQ(listed("openai-responses", R"({"object":"list","data":[{"id":"gpt-6"}]})"), "gpt-6=? ");
}

std::string next_page(const char* protocol, std::string_view body) {
  return codec::find_codec(protocol)->models(body).next;
}

// providers.md §3.10, §7.5
TEST(ModelList, NamesThePageBehindIt) {
  EXPECT_EQ(next_page("anthropic", R"({"data":[{"id":"b"}],"has_more":true,"first_id":"a","last_id":"b"})"), "b");
  EXPECT_EQ(next_page("anthropic", R"({"data":[{"id":"b"}],"has_more":false,"first_id":"a","last_id":"b"})"), "");
  EXPECT_EQ(next_page("anthropic", R"({"data":[{"id":"b"}],"last_id":"b"})"), "");
  EXPECT_EQ(next_page("gemini", R"({"models":[],"nextPageToken":"Cg=="})"), "Cg==");
  EXPECT_EQ(next_page("gemini", R"({"models":[]})"), "");
  EXPECT_EQ(next_page("cohere", R"({"models":[],"next_page_token":"x"})"), "x");
  EXPECT_EQ(next_page("cohere", R"({"models":[],"next_page_token":null})"), "");
  EXPECT_EQ(next_page("openai-chat", R"({"data":[{"id":"b"}],"last_id":"b"})"), "");
}

TEST(ModelList, MoreThatCannotBeAskedForIsAnError) {
  for (const char* body :
       {R"({"data":[{"id":"a"}],"has_more":true,"last_id":null})", R"({"data":[],"has_more":true})"}) {
    try {
      codec::find_codec("anthropic")->models(body);
      ADD_FAILURE() << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::protocol) << body;
      EXPECT_EQ(error.where(), "last_id") << body;
    }
  }
}

TEST(ModelList, ThePageBehindIsAskedFor) {
  const codec::Preset* preset = codec::find_preset("openai");
  const auto url = [&](const char* protocol, const char* base) {
    return codec::find_codec(protocol)->list_models({preset, "m", base}, "a/b=&c").url;
  };
  EXPECT_EQ(url("anthropic", "http://h"), "http://h/v1/models?limit=1000&after_id=a%2Fb%3D%26c");
  EXPECT_EQ(url("gemini", "http://h/v1beta"), "http://h/v1beta/models?pageSize=1000&pageToken=a%2Fb%3D%26c");
  EXPECT_EQ(url("cohere", "http://h"), "http://h/v1/models?page_size=1000&page_token=a%2Fb%3D%26c");
}

// providers.md §7.5: Bedrock lists the models of all makers; by Anthropic's protocol it can be asked for Claude alone.
TEST(ModelList, OfClaudeOnBedrockHasOnlyClaude) {
  const char* bedrock = R"({"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0","providerName":"Amazon"},
      {"modelId":"anthropic.claude-opus-4-1-20250805-v1:0","providerName":"Anthropic"},
      {"modelId":"cohere.embed-v4:0","providerName":"Cohere"}]})";
  EXPECT_EQ(listed("bedrock-anthropic", bedrock), "anthropic.claude-opus-4-1-20250805-v1:0=? ");
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
  const HttpRequest request = codec::find_codec("openai-chat")->list_models(openai, "");
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://api.openai.com/v1/models");
  const codec::Target ollama{codec::find_preset("ollama"), "m", "http://localhost:11434"};
  EXPECT_EQ(codec::find_codec("ollama")->list_models(ollama, "").url, "http://localhost:11434/api/tags");
}

}  // namespace
}  // namespace antiphon::tests
