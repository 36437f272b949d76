// Images and documents that were uploaded to a provider before, by the ids of their files (providers.md §1.3, §2.3,
// §3.3, §4.3).

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "each_protocol.hpp"
#include "encoded.hpp"

namespace antiphon::tests {
namespace {

EncodedRequest with_upload(const std::string& provider, const Part& file, const Options& options = Options().strict()) {
  return encode(ModelConfig("m", ProviderId(provider)).base_url("http://h"), one(file), options, false);
}

void expect_content(const EncodedRequest& request, const char* pointer, const char* expected) {
  boost::system::error_code none;
  const boost::json::value body = parse_json(request.http.body);
  const boost::json::value* found = body.find_pointer(pointer, none);
  ASSERT_TRUE(found) << request.http.body;
  expect_json(expected, *found);
}

Part uploaded_to(const char* provider, PartKind kind = PartKind::document) {
  return Part::uploaded(provider, "file-1", kind);
}

/// The part is named in a warning and its id is nowhere; with `strict` it is the error.
void expect_left_out(const std::string& provider, const Part& file) {
  const EncodedRequest request = with_upload(provider, file, Options());
  EXPECT_EQ(warned(request), std::vector<std::string>{"messages/0/content/0"}) << provider;
  EXPECT_EQ(request.http.body.find(file.id()), std::string::npos) << provider << ": " << request.http.body;
  EXPECT_EQ(request.http.headers.get("anthropic-beta"), "") << provider;
  try {
    with_upload(provider, file);
    ADD_FAILURE() << provider;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported) << provider;
    EXPECT_EQ(error.where(), "messages/0/content/0") << provider;
  }
}

TEST(UploadedFile, OpenAiHasDocumentsByIdInBothApis) {
  for (const char* provider : {"openai", "azure"}) {
    expect_content(with_upload(provider, uploaded_to("openai")), "/messages/0/content",
                   R"([{"type":"file","file":{"file_id":"file-1"}}])");
  }
  expect_content(with_upload("openai-responses", uploaded_to("openai")), "/input/0/content",
                 R"([{"type":"input_file","file_id":"file-1"}])");
}

TEST(UploadedFile, ImagesByIdAreOfResponses) {
  const Part image = uploaded_to("openai", PartKind::image);
  expect_content(with_upload("openai-responses", image), "/input/0/content",
                 R"([{"type":"input_image","file_id":"file-1"}])");
  expect_left_out("openai", image);
}

TEST(UploadedFile, AnthropicHasBothAndABetaForThem) {
  const EncodedRequest document = with_upload("anthropic", uploaded_to("anthropic"));
  expect_content(document, "/messages/0/content",
                 R"([{"type":"document","source":{"type":"file","file_id":"file-1"}}])");
  EXPECT_EQ(document.http.headers.get("anthropic-beta"), "files-api-2025-04-14");
  const Part seen = Part::tool_result("c", {uploaded_to("anthropic", PartKind::image)});
  const Messages messages = Messages().user("a").add(Message(Role::assistant).add(Part::tool_call("c", "f", "{}")));
  const ModelConfig claude("m", providers::anthropic);
  Options options;
  options.option("anthropic-beta", Json(R"("a-beta")"));
  const EncodedRequest result = encode(claude, Messages(messages).add(Message(Role::tool).add(seen)), options, false);
  expect_content(result, "/messages/2/content/0/content",
                 R"([{"type":"image","source":{"type":"file","file_id":"file-1"}}])");
  EXPECT_EQ(result.http.headers.get("anthropic-beta"), "a-beta,files-api-2025-04-14");
  EXPECT_EQ(encode(claude, "a", Options(), false).http.headers.get("anthropic-beta"), "");
}

// There files have addresses.
TEST(UploadedFile, GoogleAndAmazonHaveAddresses) {
  expect_content(with_upload("gemini", Part::document_url("https://generativelanguage.googleapis.com/v1beta/files/a")),
                 "/contents/0/parts",
                 R"([{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/a"}}])");
  expect_content(with_upload("bedrock", Part::image_url("s3://b/a.png")), "/messages/0/content",
                 R"([{"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/a.png"}}}}])");
}

TEST(UploadedFile, NobodyElseHasIt) {
  for (const std::string& provider : provider_of_each_protocol()) {
    for (const PartKind kind : {PartKind::image, PartKind::document}) {
      expect_left_out(provider, uploaded_to("elsewhere", kind));
    }
  }
}

TEST(UploadedFile, WhereThereAreNoIdsItIsLeftOut) {
  for (const char* provider : {"gemini", "bedrock", "bedrock-anthropic", "anthropic-vertex", "cohere", "ollama"}) {
    for (const PartKind kind : {PartKind::image, PartKind::document}) {
      expect_left_out(provider, uploaded_to(provider, kind));
    }
  }
}

TEST(UploadedFile, WhatStandsBesideItIsSent) {
  for (const std::string& provider : provider_of_each_protocol()) {
    const ModelConfig config = ModelConfig("m", ProviderId(provider)).base_url("http://h");
    Message question(Role::user);
    question.add(uploaded_to("elsewhere")).add(Part::text("What is in it?"));
    const EncodedRequest request = encode(config, Messages().add(question), Options(), false);
    EXPECT_EQ(warned(request), std::vector<std::string>{"messages/0/content/0"}) << provider;
    EXPECT_NE(request.http.body.find("What is in it?"), std::string::npos) << provider;
  }
}

TEST(UploadedFile, InTheResultOfAToolItIsLeftOutToo) {
  const Part result = Part::tool_result("c", {Part::text("seen"), uploaded_to("elsewhere", PartKind::image)});
  for (const std::string& provider : provider_of_each_protocol()) {
    const ModelConfig config = ModelConfig(provider == "gemini" ? "gemini-3-pro" : "m", ProviderId(provider));
    const EncodedRequest request =
        encode(ModelConfig(config).base_url("http://h"), Messages(answered(result)), Options(), false);
    const std::vector<std::string> places = warned(request);
    EXPECT_EQ(std::count(places.begin(), places.end(), "messages/1/content/0"), 1) << provider;
    EXPECT_NE(request.http.body.find("seen"), std::string::npos) << provider << ": " << request.http.body;
    EXPECT_EQ(request.http.body.find("file-1"), std::string::npos) << provider << ": " << request.http.body;
  }
}

TEST(UploadedFile, AsAnAttachmentItHasThePlaceOfOne) {
  for (const std::string& provider : provider_of_each_protocol()) {
    Options options;
    options.attach(uploaded_to("elsewhere"));
    const ModelConfig config = ModelConfig("m", ProviderId(provider)).base_url("http://h");
    EXPECT_EQ(warned(encode(config, "a", options, false)), std::vector<std::string>{"attachments/0"}) << provider;
  }
}

TEST(UploadedFile, IsAnImageOrADocumentOfSomebody) {
  EXPECT_EQ(uploaded_to("openai").provider(), "openai");
  EXPECT_EQ(uploaded_to("openai").id(), "file-1");
  EXPECT_THROW(Part::uploaded("openai", "file-1", PartKind::audio), Error);
  EXPECT_THROW(Part::uploaded("", "file-1"), Error);
  EXPECT_THROW(Part::uploaded("openai", ""), Error);
}

}  // namespace
}  // namespace antiphon::tests
