#include <gtest/gtest.h>

#include "client.hpp"
#include "frames.hpp"

// What Bedrock answers: providers.md §6.13 and §6.16.

namespace antiphon::test {
namespace {

const std::string nova_path = "/model/amazon.nova-pro-v1%3A0/";
const char* const bearer = "Authorization: Bearer key\r\n";

std::string converse_body(std::string_view user, std::string_view more = "") {
  std::string body = R"({"messages":[{"role":"user","content":[{"text":")";
  return body.append(user).append("\"}]}]").append(more).append("}");
}

Answer post_converse(const Simulator& simulator, const std::string& path, std::string_view body) {
  return ask(simulator, request_text("POST", path, body, bearer));
}

Answer converse(const Simulator& simulator, std::string_view body) {
  return post_converse(simulator, nova_path + "converse", body);
}

Answer converse_stream(const Simulator& simulator, std::string_view body) {
  return post_converse(simulator, nova_path + "converse-stream", body);
}

/// Names and payloads, without the padding.
std::vector<std::string> converse_events(const Answer& answer) {
  std::vector<std::string> events;
  for (const Frame& frame : frames_of(answer.body)) {
    std::string payload = frame.payload;
    const auto padding = payload.rfind("\"p\":\"");
    if (padding != std::string::npos) payload = payload.substr(0, padding - (payload[padding - 1] == ',')) + '}';
    events.push_back(frame.header(":event-type") + frame.header(":exception-type") + ' ' + payload);
  }
  return events;
}

std::string converse_text(const Answer& answer) {
  std::string text;
  for (const Frame& frame : frames_of(answer.body)) {
    const Json json(frame.payload);
    if (json.has("/delta/text")) text += json.text("/delta/text");
  }
  return text;
}

const char* const converse_weather =
    R"(,"toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"d","inputSchema":{"json":{"type":"object",)"
    R"("properties":{"city":{"const":"Oslo"}},"required":["city"]}}}}]})";
const char* const converse_thinking = R"(,"additionalModelRequestFields":{"thinking":{"type":"enabled"}})";

TEST(BedrockAnswer, HasTheFieldsOfTheRealOne) {
  Simulator simulator;
  const Answer answer = converse(simulator, converse_body("hi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("x-amzn-requestid").size(), 36u);
  EXPECT_EQ(converse(simulator, converse_body("hi")).body, answer.body);
  const Json json(answer.body);
  EXPECT_EQ(json.text("/output/message/role"), "assistant");
  EXPECT_NE(json.text("/output/message/content/0/text").find("\"hi\""), std::string::npos);
  EXPECT_EQ(json.text("/stopReason"), "end_turn");
  EXPECT_EQ(json.number("/usage/totalTokens"), json.number("/usage/inputTokens") + json.number("/usage/outputTokens"));
  EXPECT_GT(json.number("/metrics/latencyMs"), 0);
}

TEST(BedrockAnswer, StreamsTheSameTextInFrames) {
  Simulator simulator;
  const Json whole(converse(simulator, converse_body("hi")).body);
  const Answer answer = converse_stream(simulator, converse_body("hi"));
  EXPECT_EQ(answer.header("content-type"), "application/vnd.amazon.eventstream");
  EXPECT_EQ(answer.header("cache-control"), "");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(converse_text(answer), whole.text("/output/message/content/0/text"));
  const auto events = converse_events(answer);
  EXPECT_EQ(events[0], R"(messageStart {"role":"assistant"})");
  EXPECT_EQ(events[1], R"(contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"You"}})");  // no start (trap 55)
  EXPECT_EQ(events[events.size() - 3], R"(contentBlockStop {"contentBlockIndex":0})");
  EXPECT_EQ(events[events.size() - 2], R"(messageStop {"stopReason":"end_turn"})");
  EXPECT_EQ(events.back().substr(0, 9), "metadata ");
  const auto frames = frames_of(answer.body);
  EXPECT_EQ(frames[0].header(":content-type"), "application/json");
  EXPECT_EQ(frames[0].header(":message-type"), "event");
  EXPECT_FALSE(Json(frames[0].payload).text("/p").empty());  // padding (trap 45)
  EXPECT_EQ(Json(frames.back().payload).minified("/usage"), whole.minified("/usage"));
  EXPECT_EQ(frames_of(converse_stream(simulator, converse_body("hi")).body).size(), frames.size());
}

TEST(BedrockAnswer, ThinksInBlocksOfItsOwn) {
  Simulator simulator;
  const Json whole(converse(simulator, converse_body("hi", converse_thinking)).body);
  const std::string place = "/output/message/content/0/reasoningContent/reasoningText";
  EXPECT_FALSE(whole.text(place + "/text").empty());
  EXPECT_FALSE(whole.text(place + "/signature").empty());
  std::string text;
  std::string signature;
  for (const Frame& frame : frames_of(converse_stream(simulator, converse_body("hi", converse_thinking)).body)) {
    const Json json(frame.payload);
    if (json.has("/delta/reasoningContent/text")) text += json.text("/delta/reasoningContent/text");
    if (json.has("/delta/reasoningContent/signature")) signature = json.text("/delta/reasoningContent/signature");
    EXPECT_TRUE(!json.has("/delta/text") || json.number("/contentBlockIndex") == 1);
  }
  EXPECT_EQ(text, whole.text(place + "/text"));
  EXPECT_EQ(signature, whole.text(place + "/signature"));
}

TEST(BedrockAnswer, CallsTools) {
  Simulator simulator;
  const Json whole(converse(simulator, converse_body("weather?", converse_weather)).body);
  EXPECT_EQ(whole.text("/stopReason"), "tool_use");
  EXPECT_EQ(whole.text("/output/message/content/0/toolUse/name"), "weather");
  EXPECT_EQ(whole.minified("/output/message/content/0/toolUse/input"), R"({"city":"Oslo"})");
  const std::string id = whole.text("/output/message/content/0/toolUse/toolUseId");
  EXPECT_EQ(id.substr(0, 8), "tooluse_");
  const auto events = converse_events(converse_stream(simulator, converse_body("weather?", converse_weather)));
  EXPECT_EQ(events[1], R"(contentBlockStart {"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":")" + id +
                           R"(","name":"weather"}}})");
  EXPECT_EQ(events[2],
            R"(contentBlockDelta {"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"city\":\"Oslo\"}"}}})");
}

TEST(BedrockAnswer, SpeaksOfTheToolResult) {
  Simulator simulator;
  const std::string history =
      R"({"messages":[{"role":"user","content":[{"text":"weather?"}]},{"role":"assistant","content":[{"toolUse":)"
      R"({"toolUseId":"a","name":"weather","input":{}}},{"toolUse":{"toolUseId":"b","name":"weather","input":{}}}]},)"
      R"({"role":"user","content":[{"toolResult":{"toolUseId":"b","content":[{"json":{"rain":true}}],"status":"success"}},)"
      R"({"toolResult":{"toolUseId":"a","content":[{"text":"sun"}]}}]}])";
  const Json json(converse(simulator, history + converse_weather + "}").body);
  EXPECT_EQ(json.text("/output/message/content/0/text").substr(0, 35), "The tool answered: {\"rain\":true}sun");
}

TEST(BedrockAnswer, HonoursItsConfiguration) {
  Simulator simulator;
  const Json cut(converse(simulator, converse_body("hi", R"(,"inferenceConfig":{"maxTokens":2})")).body);
  EXPECT_EQ(cut.text("/stopReason"), "max_tokens");
  EXPECT_EQ(cut.number("/usage/outputTokens"), 2);
  const Json stopped(
      converse(simulator, converse_body("hi", R"(,"inferenceConfig":{"stopSequences":["said"]},)"
                                              R"("additionalModelResponseFieldPaths":["/stop_sequence"])"))
          .body);
  EXPECT_EQ(stopped.text("/stopReason"), "stop_sequence");
  EXPECT_EQ(stopped.text("/additionalModelResponseFields/stop_sequence"), "said");
  const Json schema(
      converse(simulator, converse_body("hi", R"(,"outputConfig":{"textFormat":{"type":"json_schema","structure":)"
                                              R"({"jsonSchema":{"schema":"{\"const\":[1]}","name":"x"}}}})"))
          .body);
  EXPECT_EQ(schema.text("/output/message/content/0/text"), "[1]");
  const Json service(
      converse(simulator,
               converse_body("hi", R"(,"performanceConfig":{"latency":"optimized"},"serviceTier":{"type":"flex"})"))
          .body);
  EXPECT_EQ(service.text("/performanceConfig/latency"), "optimized");
  EXPECT_EQ(service.text("/serviceTier/type"), "flex");
}

TEST(BedrockAnswer, TakesDeepSchemas) {
  Simulator simulator;
  const Answer answer = converse(
      simulator, converse_body("hi", R"(,"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":)"
                                     R"({"schema":"{\"const\":)" +
                                         deep_json + R"(}","name":"x"}}}})"));
  EXPECT_EQ(Json(answer.body).text("/output/message/content/0/text"), deep_json);
}

TEST(BedrockAnswer, CountsTheCacheBeside) {
  Simulator simulator;
  const std::string body =
      R"({"system":[{"text":"a long instruction that is kept"},{"cachePoint":{"type":"default"}}],)" +
      converse_body("hi").substr(1);
  const Json json(converse(simulator, body).body);
  EXPECT_GT(json.number("/usage/cacheReadInputTokens"), 0);
  EXPECT_EQ(json.number("/usage/inputTokens") + json.number("/usage/cacheReadInputTokens"),
            json.number("/usage/inputTokens") + 8);  // 31 bytes of system
  Simulator scripted(rule(R"({"answer": {"tokens": {"prompt": 100, "cached": 60, "cache_write": 30}}})"));
  const Json usage(converse(scripted, converse_body("hi")).body);
  EXPECT_EQ(usage.number("/usage/inputTokens"), 10);  // without what a cache held (trap 109)
  EXPECT_EQ(usage.number("/usage/cacheReadInputTokens"), 60);
  EXPECT_EQ(usage.number("/usage/cacheWriteInputTokens"), 30);
}

TEST(BedrockAnswer, SaysWhatTheScriptSays) {
  Simulator simulator(rule(R"({"answer": {"finish_reason": "guardrail_intervened", "usage": {"odd": 1}, "blocks": [
      {"hidden_reasoning": "b3du"}, {"text": ["one", " two"]}, {"tool_call": {"id": "x", "name": "f", "arguments": "{broken"}},
      {"extra": {"image": {"format": "png"}}}]}})"));
  const Answer whole = converse(simulator, converse_body("hi"));
  EXPECT_EQ(
      whole.body.find(R"({"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"redactedContent":)"
                      R"("b3du"}},{"text":"one two"},{"toolUse":{"toolUseId":"x","name":"f","input":{broken}},)"
                      R"({"image":{"format":"png"}}]}},"stopReason":"guardrail_intervened","usage":{"odd":1},)"),
      0u)
      << whole.body;
  const auto events = converse_events(converse_stream(simulator, converse_body("hi")));
  EXPECT_EQ(events[1],
            R"(contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"b3du"}}})");
  EXPECT_EQ(events[2], R"(contentBlockStop {"contentBlockIndex":0})");
  EXPECT_EQ(events[4], R"(contentBlockDelta {"contentBlockIndex":1,"delta":{"text":" two"}})");
  EXPECT_EQ(events[7], R"(contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{broken"}}})");
  EXPECT_EQ(events[9], R"(contentBlockDelta {"contentBlockIndex":3,"delta":{"image":{"format":"png"}}})");
  Simulator without(rule(R"({"answer": {"usage": null, "finish_reason": null}})"));
  EXPECT_FALSE(Json(converse(without, converse_body("hi")).body).has("/usage"));
  EXPECT_EQ(converse_events(converse_stream(without, converse_body("hi"))).back(), "messageStop {}");
}

TEST(BedrockAnswer, MakesContentOnTheFly) {
  Simulator simulator(rule(R"({"answer": {"generate": {"chunks": 3, "chunk_bytes": 5}}})"));
  EXPECT_EQ(Json(converse(simulator, converse_body("hi")).body).text("/output/message/content/0/text"),
            "0 0 01 1 12 2 2");
  EXPECT_EQ(converse_text(converse_stream(simulator, converse_body("hi"))), "0 0 01 1 12 2 2");
}

TEST(BedrockAnswer, WantsItsReasoningBackAsItWas) {
  Simulator simulator;
  const Json first(converse(simulator, converse_body("hi", converse_thinking)).body);
  const std::string block = first.minified("/output/message/content/0");
  const auto again = [&](const std::string& reasoning) {
    return converse(simulator,
                    R"({"messages":[{"role":"user","content":[{"text":"hi"}]},{"role":"assistant","content":[)" +
                        reasoning + R"(,{"text":"x"}]},{"role":"user","content":[{"text":"more"}]}]})");
  };
  EXPECT_EQ(again(block).status, 200);
  std::string changed = block;
  changed.replace(changed.find("The user"), 3, "She");
  const Answer refused = again(changed);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("signature"), std::string::npos);
}

TEST(Bedrock, TakesIdsAsTheyAreOrEncoded) {
  Simulator simulator(Scenario().model("us.x-v1:0").model("arn:aws:bedrock:us-west-2:1:inference-profile/abc"));
  for (const char* path : {"/model/us.x-v1:0/converse", "/model/us.x-v1%3A0/converse",
                           "/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A1%3Ainference-profile%2Fabc/converse"}) {
    EXPECT_EQ(post_converse(simulator, path, converse_body("hi")).status, 200) << path;
  }
  const Answer missing = converse(simulator, converse_body("hi"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("x-amzn-errortype").substr(0, 26), "ResourceNotFoundException:");
}

TEST(Bedrock, ListsItsModelsAndProfiles) {
  Simulator simulator(Scenario().model("amazon.a-v1:0").model("eu.amazon.a-v1:0"));
  const auto get = [&](const char* path) { return ask(simulator, request_text("GET", path, "", bearer)); };
  const Json models(get("/foundation-models").body);
  EXPECT_EQ(models.text("/modelSummaries/0/modelId"), "amazon.a-v1:0");
  EXPECT_EQ(models.text("/modelSummaries/0/providerName"), "amazon");
  EXPECT_FALSE(models.has("/modelSummaries/1"));
  EXPECT_EQ(Json(get("/inference-profiles").body).text("/inferenceProfileSummaries/0/inferenceProfileId"),
            "eu.amazon.a-v1:0");
  EXPECT_EQ(Json(get("/foundation-models/amazon.a-v1%3A0").body).text("/modelDetails/modelId"), "amazon.a-v1:0");
  EXPECT_EQ(get("/foundation-models/other").status, 404);
}

TEST(Bedrock, CountsTokens) {
  Simulator simulator;
  const Json count(
      post_converse(simulator, nova_path + "count-tokens", R"({"input":{"converse":)" + converse_body("hi") + "}}")
          .body);
  EXPECT_EQ(count.number("/inputTokens"),
            Json(converse(simulator, converse_body("hi")).body).number("/usage/inputTokens"));
  EXPECT_EQ(post_converse(simulator, nova_path + "count-tokens", converse_body("hi")).status, 400);
  EXPECT_EQ(post_converse(simulator, nova_path + "sing", "{}").status, 404);
}

TEST(BedrockError, NamesItselfInAHeader) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 1, "status": 429, "error": {"message": "slow down"}})")
                          .rule(R"({"times": 1, "status": 503, "error": {"type": "serviceUnavailableException"}})")
                          .rule(R"({"status": 403, "error": {"type": "ExpiredTokenException"}})"));
  const Answer throttled = converse(simulator, converse_body("hi"));
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(throttled.body, R"({"message":"slow down"})");
  EXPECT_EQ(throttled.header("retry-after"), "");
  EXPECT_EQ(throttled.header("x-amzn-errortype").substr(0, 25), "ThrottlingException:http:");
  EXPECT_EQ(converse_stream(simulator, converse_body("hi")).header("x-amzn-errortype").substr(0, 28),
            "ServiceUnavailableException:");
  const Answer expired = converse(simulator, converse_body("hi"));
  EXPECT_EQ(expired.header("x-amzn-errortype").substr(0, 22), "ExpiredTokenException:");
  EXPECT_TRUE(Json(expired.body).has("/Message"));
}

TEST(BedrockError, IsAnExceptionWithinAStream) {
  Simulator simulator(
      Scenario()
          .rule(
              R"({"times": 1, "fault": {"error_in_stream": {"after_events": 2, "type": "throttlingException", "message": "m"}}})")
          .rule(R"({"fault": {"error_in_stream": {"status": 424}}})"));
  const auto frames = frames_of(converse_stream(simulator, converse_body("hi")).body);
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[2].header(":message-type"), "exception");
  EXPECT_EQ(frames[2].header(":exception-type"), "throttlingException");
  EXPECT_EQ(frames[2].payload, R"({"message":"m"})");
  EXPECT_EQ(frames_of(converse_stream(simulator, converse_body("hi")).body)[0].header(":exception-type"),
            "modelStreamErrorException");
}

/// Frames of raw events, and what providers.md's vectors say they are.
TEST(BedrockFrame, IsAsTheVectorsHaveIt) {
  struct Vector {
    const char* event;
    const char* hex;
  };
  const std::vector<Vector> vectors{{R"({"messageStart": {"role": "assistant"}})",
                                     "000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3"
                                     "a636f6e74656e742d74797065070010"
                                     "6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b227"
                                     "26f6c65223a22617373697374616e74"
                                     "227d6fa8c599"},
                                    {R"({"messageStop": {"stopReason": "tool_use"}})",
                                     "0000007a00000051ca2c46650b3a6576656e742d7479706507000b6d65737361676553746f700d3a6"
                                     "36f6e74656e742d7479706507001061"
                                     "70706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22737"
                                     "46f70526561736f6e223a22746f6f6c"
                                     "5f757365227d9dcb2981"},
                                    {R"({"throttlingException": {"message": "Too many requests"}})",
                                     "00000090000000618e91a9b70f3a657863657074696f6e2d747970650700137468726f74746c696e6"
                                     "7457863657074696f6e0d3a636f6e74"
                                     "656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d7479706"
                                     "5070009657863657074696f6e7b226d"
                                     "657373616765223a22546f6f206d616e79207265717565737473227de67f8005"}};
  std::string events;
  std::string expected;
  for (const Vector& vector : vectors) {
    events += (events.empty() ? "" : ", ") + std::string(vector.event);
    expected += bytes_of_hex(vector.hex);
  }
  Simulator simulator(rule(R"({"raw": {"events": [)" + events + "]}}"));
  EXPECT_EQ(converse_stream(simulator, converse_body("hi")).body, expected);
}

TEST(BedrockFrame, TakesDeepEvents) {
  Simulator simulator(rule(R"({"raw": {"events": [{"messageStart": {"role": )" + deep_json + "}}]}}"));
  const auto frames = frames_of(converse_stream(simulator, converse_body("hi")).body);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header(":event-type"), "messageStart");
  EXPECT_EQ(frames[0].payload, R"({"role":)" + deep_json + '}');
}

TEST(BedrockFault, Frames) {
  const auto body = [](const std::string& fault) {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one"]}, "fault": {"wrong_frame": )" + fault + "}}"));
    return converse_stream(simulator, converse_body("hi")).body;
  };
  const auto problem = [&](const std::string& fault) {
    try {
      frames_of(body(fault));
      return std::string();
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
  };
  const std::string plain = body(R"({"event": 99, "crc": "message"})");
  EXPECT_EQ(frames_of(plain).size(), 5u);
  EXPECT_EQ(problem(R"({"event": 1, "crc": "prelude"})"), "frame: wrong CRC of the prelude");
  EXPECT_EQ(problem(R"({"event": 1, "crc": "message"})"), "frame: wrong CRC of the message");
  EXPECT_EQ(problem(R"({"total_length_off_by": -4})"), "frame: wrong CRC of the message");
  EXPECT_EQ(problem(R"({"event": 4, "total_length_off_by": 1000})"), "frame: wrong length");
  EXPECT_EQ(problem(R"({"headers_length_off_by": 1000000})"), "frame: wrong length");
  // Everything else stays as it is: the checksums fit the wrong lengths.
  const std::string longer = body(R"({"total_length_off_by": 16})");
  EXPECT_EQ(longer.size(), plain.size());
  EXPECT_EQ(problem(R"({"headers_length_off_by": -1})"), "frame: headers too short");
}

TEST(BedrockFault, Content) {
  const auto frames = [](const std::string& fault) {
    Simulator simulator(rule(R"({"answer": {"chunks": ["one", " two"]}, "fault": )" + fault + "}"));
    return frames_of(converse_stream(simulator, converse_body("hi")).body);
  };
  const std::size_t usual = frames("{}").size();
  EXPECT_NE(frames(R"({"broken_utf8": {"event": 1}})")[1].payload.find("\"text\":\"\xff\xfeone"), std::string::npos);
  EXPECT_THROW(Json broken(frames(R"({"broken_json": 1})")[1].payload), std::runtime_error);
  EXPECT_EQ(frames(R"({"missing_finish": true})").size(), usual - 1);
  EXPECT_EQ(frames(R"({"repeat_finish": 1, "repeat_usage": true})").size(), usual + 2);
  EXPECT_EQ(frames(R"({"unknown_events": true})")[0].header(":event-type"), "simulatorUnknown");
  EXPECT_NE(frames(R"({"unknown_fields": true})")[1].payload.find(R"("delta":{"simulator_unknown")"),
            std::string::npos);
  EXPECT_EQ(frames(R"({"data_after_done": "{\"late\": {}}"})").back().header(":event-type"), "late");
}

TEST(BedrockFault, WaitsInSilence) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["one", "two"]}, "timing": {"between_chunks_ms": 20, "ping_every_ms": 1}})"));
  EXPECT_EQ(converse_text(converse_stream(simulator, converse_body("hi"))), "onetwo");
}

struct ConverseRefusal {
  const char* body;
  const char* message;
};

class BedrockRefusal : public testing::TestWithParam<ConverseRefusal> {};

TEST_P(BedrockRefusal, LooksLikeTheRealOne) {
  Simulator simulator;
  const Answer answer = converse(simulator, GetParam().body);
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_EQ(answer.header("x-amzn-errortype").substr(0, 20), "ValidationException:");
  const std::string message = Json(answer.body).text("/message");
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Body, BedrockRefusal,
    testing::Values(
        ConverseRefusal{"{", "no JSON"}, ConverseRefusal{"[]", "an object"}, ConverseRefusal{"{}", "messages"},
        ConverseRefusal{R"({"messages":[{"role":"assistant","content":[{"text":"a"}]}]})",
                        "must start with a user message"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"user","content":[{"text":"a"}]}]})",
            "alternate"},
        ConverseRefusal{R"({"messages":[{"role":"system","content":[{"text":"a"}]}]})", "role"},
        ConverseRefusal{R"({"messages":[{"role":"user","content":"a"}]})", "messages.0.content"},
        ConverseRefusal{R"({"messages":[{"role":"user","content":[]}]})", "is empty"},
        ConverseRefusal{R"({"messages":[{"role":"user","content":[{"text":" "}]}]})", "messages.0.content.0 is blank"},
        ConverseRefusal{R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]})", "exactly one"},
        ConverseRefusal{R"({"messages":[{"role":"user","content":[{"sound":{}}]}]})", "'sound'"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"image":{"format":"jpg","source":{"bytes":"QQ=="}}}]}]})",
            "format"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"data:,"}}}]}]})",
            "Base64"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"/9j/4AAQ"}}}]}]})",
            "is no png"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"a_b.pdf","source":{"bytes":"QQ=="}}}]}]})",
            "letters, digits"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"a","source":{"bytes":"QQ=="}}}]}]})",
            "needs a text block"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"toolUse":{"toolUseId":"a","name":"f","input":{}}}]}]})",
            "does not belong"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a","name":"f","input":"{}"}}]}]})",
            "input"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a b","name":"f","input":{}}}]}]})",
            "toolUseId"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a","name":"f.g","input":{}}}]}]})",
            "name"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a","name":"f","input":{}}}]}]})",
            "Expected toolResult blocks"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a","name":"f","input":{}}}]},{"role":"user","content":[{"text":"b"}]}]})",
            "for the following Ids: a"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"text":"b"}]}}]}]})",
            "no toolUse block"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a","name":"f","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[]}}]}]})",
            "cannot be empty"},
        ConverseRefusal{
            R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":)"
            R"({"toolUseId":"a","name":"f","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"a",)"
            R"("content":[{"text":"b"}]}}]}]})",
            "toolConfig field must be defined"}));

INSTANTIATE_TEST_SUITE_P(
    Rest, BedrockRefusal, testing::ValuesIn([] {
      static std::vector<std::string> bodies;
      const std::vector<std::pair<const char*, const char*>> rest{
          {R"("system":"be brief")", "system"},
          {R"("system":[{"text":""}])", "is blank"},
          {R"("inferenceConfig":{"maxTokens":0})", "maxTokens"},
          {R"("inferenceConfig":{"temperature":1.5})", "temperature"},
          {R"("inferenceConfig":{"stopSequences":[""]})", "stopSequences"},
          {R"("toolConfig":{"tools":[]})", "length greater than or equal to 1"},
          {R"("toolConfig":{"tools":[{"toolSpec":{"name":"a.b","inputSchema":{"json":{"type":"object"}}}}]})", "name"},
          {R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","description":"","inputSchema":{"json":{"type":"object"}}}}]})",
           "description"},
          {R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"type":"object"}}}]})", "json"},
          {R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"string"}}}}]})",
           "must be object"},
          {R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object"}}}}],"toolChoice":{}})",
           "exactly one of auto"},
          {R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object"}}}}],)"
           R"("toolChoice":{"tool":{"name":"b"}}})",
           "not in toolConfig"},
          {R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{"}}}})",
           "schema"},
          {R"("performanceConfig":{"latency":"fast"})", "latency"},
          {R"("additionalModelResponseFieldPaths":["stop"])", "JSON pointers"}};
      std::vector<ConverseRefusal> refusals;
      bodies.reserve(rest.size());
      for (const auto& [more, message] : rest) {
        bodies.push_back(converse_body("hi", "," + std::string(more)));
        refusals.push_back(ConverseRefusal{bodies.back().c_str(), message});
      }
      return refusals;
    }()));

}  // namespace
}  // namespace antiphon::test
