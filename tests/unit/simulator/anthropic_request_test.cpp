#include <gtest/gtest.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

// providers.md §3.1 to §3.6: what the provider refuses. A wrong request is told its place.

Answer send_messages(std::string_view body, std::string_view version = "2023-06-01") {
  Simulator simulator;
  return ask(simulator, anthropic_request(body, "anthropic-version: " + std::string(version) + "\r\n"));
}

void expect_refusal(const Answer& answer, const std::string& beginning) {
  EXPECT_EQ(answer.status, 400) << answer.body;
  const Json json(answer.body);
  EXPECT_EQ(json.text("/type"), "error");
  EXPECT_EQ(json.text("/error/type"), "invalid_request_error");
  EXPECT_EQ(json.text("/error/message").substr(0, beginning.size()), beginning);
  EXPECT_EQ(json.text("/request_id"), answer.header("request-id"));
}

struct MessagesRefusal {
  const char* body;
  const char* message;
};

class AnthropicRefusal : public testing::TestWithParam<MessagesRefusal> {};

TEST_P(AnthropicRefusal, NamesThePlace) { expect_refusal(send_messages(GetParam().body), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Fields, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{"{", "The body is no JSON"}, MessagesRefusal{"[]", "body: Input should be an object"},
        MessagesRefusal{R"({"max_tokens":9,"messages":[{"role":"user","content":"a"}]})", "model: Field required"},
        MessagesRefusal{R"({"model":"m","messages":[{"role":"user","content":"a"}]})", "max_tokens: Field required"},
        MessagesRefusal{R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"a"}]})",
                        "max_tokens: Input should be greater than or equal to 1"},
        MessagesRefusal{R"({"model":"claude-haiku-4-5","max_tokens":64001,"messages":[{"role":"user","content":"a"}]})",
                        "max_tokens: 64001 > 64000"},
        MessagesRefusal{R"({"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"a"}]})",
                        "max_tokens: Input should be an integer"},
        MessagesRefusal{R"({"model":"m","max_tokens":9})", "messages: Field required"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[]})", "messages: At least one"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"n":2,"messages":[{"role":"user","content":"a"}]})",
                        "n: Extra inputs are not permitted"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"response_format":{},"messages":[{"role":"user","content":"a"}]})",
            "response_format: Extra inputs are not permitted"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"mcp_servers":[],"messages":[{"role":"user","content":"a"}]})",
                        "mcp_servers: Extra inputs are not permitted"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"stop_sequences":["  "],"messages":[{"role":"user","content":"a"}]})",
            "stop_sequences: Each stop sequence"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"temperature":1.1,"messages":[{"role":"user","content":"a"}]})",
                        "temperature: Input should be less than or equal to"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"stream":1,"messages":[{"role":"user","content":"a"}]})",
                        "stream: Input should be a boolean"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"metadata":{"x":"y"},"messages":[{"role":"user","content":"a"}]})",
            "metadata.x: Extra inputs"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"service_tier":"fast","messages":[{"role":"user","content":"a"}]})",
            "service_tier: Input should be 'auto', 'standard_only'"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":""}],"messages":[{"role":"user","content":"a"}]})",
            "system.0.text: text content blocks must be non-empty"}));

INSTANTIATE_TEST_SUITE_P(
    Sampling, AnthropicRefusal,
    testing::Values(
        // Trap 87.
        MessagesRefusal{
            R"({"model":"claude-sonnet-4-5","max_tokens":9,"temperature":1,"top_p":1,"messages":[{"role":"user","content":"a"}]})",
            "top_p: "},
        // Trap 86.
        MessagesRefusal{
            R"({"model":"claude-opus-4-7","max_tokens":9,"temperature":0.5,"messages":[{"role":"user","content":"a"}]})",
            "temperature: "},
        MessagesRefusal{
            R"({"model":"claude-opus-4-7","max_tokens":9,"top_k":5,"messages":[{"role":"user","content":"a"}]})",
            "top_k: "},
        MessagesRefusal{
            R"({"model":"claude-opus-4-7","max_tokens":9,"top_p":0.5,"messages":[{"role":"user","content":"a"}]})",
            "top_p: "}));

INSTANTIATE_TEST_SUITE_P(
    Thinking, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{
            R"({"model":"m","max_tokens":9000,"thinking":{"type":"enabled"},"messages":[{"role":"user","content":"a"}]})",
            "thinking.budget_tokens: Field required"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":1000},"messages":[{"role":"user","content":"a"}]})",
            "thinking.budget_tokens: Input should be greater than or equal to 1024"},
        // Trap 94.
        MessagesRefusal{
            R"({"model":"m","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"a"}]})",
            "thinking.budget_tokens: `max_tokens` must be greater"},
        MessagesRefusal{
            R"({"model":"claude-opus-4-7","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"a"}]})",
            "thinking.type: "},
        MessagesRefusal{
            R"({"model":"claude-haiku-4-5","max_tokens":9000,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"a"}]})",
            "thinking.type: "},
        MessagesRefusal{
            R"({"model":"claude-opus-5-5","max_tokens":9000,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"a"}]})",
            "thinking.type: "},
        MessagesRefusal{
            R"({"model":"claude-opus-5-5","max_tokens":9000,"thinking":{"type":"between_tools"},"messages":[{"role":"user","content":"a"}]})",
            "thinking.type: "},
        MessagesRefusal{
            R"({"model":"claude-opus-5","max_tokens":9000,"thinking":{"type":"disabled"},"output_config":{"effort":"max"},"messages":[{"role":"user","content":"a"}]})",
            "thinking: Thinking cannot be disabled at effort max"},
        MessagesRefusal{
            R"({"model":"claude-opus-4-6","max_tokens":9,"output_config":{"effort":"xhigh"},"messages":[{"role":"user","content":"a"}]})",
            "output_config.effort: "},
        MessagesRefusal{
            R"({"model":"claude-sonnet-4-5","max_tokens":9,"output_config":{"effort":"low"},"messages":[{"role":"user","content":"a"}]})",
            "output_config.effort: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"a"},
                {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]})",
            "messages.2: With thinking"}));

INSTANTIATE_TEST_SUITE_P(
    Messages, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"system","content":"a"}]})",
                        "messages.0.role: Input should be 'user', 'assistant'"},
        // Trap 92.
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":"a"}]})",
                        "messages.0.role: The first message must be"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"user","name":"x","content":"a"}]})",
                        "messages.0.name: Extra inputs"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"user"}]})",
                        "messages.0.content: Field required"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[]}]})",
                        "messages.0.content: The content must not be empty"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":""}]})",
                        "messages.0.content: The content must not be empty"},
        // Trap 75.
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]})",
            "messages.0.content.0.text: text content blocks must be non-empty"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":" "}]}]})",
            "messages.1.content.0.text: The last text block"},
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
                        "messages.0.content.0.type: A message of the role user has no block of this type: 'image_url'"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"image","source":{"type":"url","url":"https://e.com"}}]},{"role":"user","content":"a"}]})",
            "messages.1.content.0.type: A message of the role assistant"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","citation":[]}]}]})",
            "messages.0.content.0.citation: Extra inputs"},
        // Trap 93.
        MessagesRefusal{
            R"({"model":"claude-opus-4-6","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]})",
            "messages.1.role: The last message must be the user's"}));

INSTANTIATE_TEST_SUITE_P(
    Files, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image"}]}]})",
                        "messages.0.content.0.source: Field required"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"QQ=="}}]}]})",
            "messages.0.content.0.source.media_type: Input should be 'image/jpeg'"},
        // Trap 105: the type must be that of the bytes. These are a PNG's.
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"iVBORw0KGgo="}}]}]})",
            "messages.0.content.0.source.media_type: The image is of the type image/png"},
        // Trap 106.
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD\nQUJD"}}]}]})",
            "messages.0.content.0.source.data: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"data:image/png;base64,QUJD"}}]}]})",
            "messages.0.content.0.source.data: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"data:image/png;base64,QQ=="}}]}]})",
            "messages.0.content.0.source.url: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"QQ=="}}]}]})",
            "messages.0.content.0.source.media_type: Input should be 'application/pdf'"}));

// Traps 71 to 73: calls and results belong together.
INSTANTIATE_TEST_SUITE_P(
    Calls, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a.b","name":"f","input":{}}]},{"role":"user","content":"c"}]})",
            "messages.1.content.0.id: String should match pattern"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]},{"role":"user","content":"c"}]})",
            "messages.1.content.0.input: Input should be an object"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},{"role":"user","content":"c"}]})",
            "messages.2: `tool_use` ids without `tool_result` blocks"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}]})",
            "messages.1: `tool_use` ids without `tool_result` blocks"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"f","input":{}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"b"}]}]})",
            "messages.2: `tool_use` ids without `tool_result` blocks in this message: b"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},
                {"role":"user","content":[{"type":"text","text":"first"},{"type":"tool_result","tool_use_id":"a"}]}]})",
            "messages.2.content.1: `tool_result` blocks must come first"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]})",
            "messages.0.content.0: This `tool_result` has no `tool_use`"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}}]},{"role":"user","content":"c"}]})",
            "messages.1: A server tool's use has no result: s"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"web_search_tool_result","tool_use_id":"s","content":[]}]},{"role":"user","content":"c"}]})",
            "messages.1.content.0.tool_use_id: "}));

INSTANTIATE_TEST_SUITE_P(
    Tools, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f"}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0.input_schema: Field required"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":{}}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0.input_schema.type: Field required"},
        // Trap 77.
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"a.b","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0.name: String should match pattern"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0: Input tag 'function' found"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","parameters":{},"input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0.parameters: Extra inputs"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}},{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"a"}]})",
            "tools.1.name: Tool names must be unique"},
        MessagesRefusal{
            R"({"model":"claude-opus-5-5","max_tokens":9,"tools":[{"type":"computer_20251124","name":"computer"}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0.type: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tool_choice":{"type":"auto"},"messages":[{"role":"user","content":"a"}]})",
            "tool_choice: tool_choice may only be specified while providing tools"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":"auto","messages":[{"role":"user","content":"a"}]})",
            "tool_choice: Input should be an object"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"g"},"messages":[{"role":"user","content":"a"}]})",
            "tool_choice.name: Tool 'g' not found"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"none","disable_parallel_tool_use":true},"messages":[{"role":"user","content":"a"}]})",
            "tool_choice.disable_parallel_tool_use: Extra inputs"},
        // Trap 80.
        MessagesRefusal{
            R"({"model":"m","max_tokens":9000,"thinking":{"type":"adaptive"},"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"a"}]})",
            "tool_choice.type: Thinking may not be enabled"},
        MessagesRefusal{
            R"({"model":"claude-sonnet-5-5","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"a"}]})",
            "tool_choice.type: Thinking may not be enabled"}));

// §3.6 and trap 78: the subset of JSON Schema.
INSTANTIATE_TEST_SUITE_P(
    Schemas, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","json_schema":{}}},"messages":[{"role":"user","content":"a"}]})",
            "output_config.format.json_schema: Extra inputs"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_object"}},"messages":[{"role":"user","content":"a"}]})",
            "output_config.format.type: Input should be 'json_schema'"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{}}}},"messages":[{"role":"user","content":"a"}]})",
            "output_config.format.schema: For 'object' type, 'additionalProperties'"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false,"properties":{"a":{"type":"integer","minimum":1}},"required":["a"]}}},"messages":[{"role":"user","content":"a"}]})",
            "output_config.format.schema.properties.a.minimum: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","schema":{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","additionalProperties":false,"properties":{"b":{"$ref":"#/$defs/a"}}}}}}},"messages":[{"role":"user","content":"a"}]})",
            "output_config.format.schema.$defs.a.properties.b.$ref: Recursive"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"tools":[{"name":"f","strict":true,"input_schema":{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}}],"messages":[{"role":"user","content":"a"}]})",
            "tools.0.input_schema: For 'object' type"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","schema":{"type":"string"}}},"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]})",
            "messages.1.role: The last message must be"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","schema":{"type":"string"}}},"messages":[{"role":"user","content":[{"type":"document","citations":{"enabled":true},"source":{"type":"text","media_type":"text/plain","data":"a"}}]}]})",
            "messages.0.content.0.citations.enabled: "}));

INSTANTIATE_TEST_SUITE_P(
    Cache, AnthropicRefusal,
    testing::Values(
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"forever"}}]}]})",
            "messages.0.content.0.cache_control.type: "},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"2h"}}]}]})",
            "messages.0.content.0.cache_control.ttl: Input should be '5m', '1h'"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]})",
            "messages.0.content.0.cache_control.ttl: A ttl of 1h must come before"},
        MessagesRefusal{
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
                {"type":"text","text":"b","cache_control":{"type":"ephemeral"}},{"type":"text","text":"c","cache_control":{"type":"ephemeral"}},
                {"type":"text","text":"d","cache_control":{"type":"ephemeral"}},{"type":"text","text":"e","cache_control":{"type":"ephemeral"}}]}]})",
            "messages.0.content.4.cache_control: At most 4 blocks"}));

// §3.1: what the version of 2026 changed.
TEST(AnthropicVersion, DecidesWhatIsTaken) {
  const auto both = [](const std::string& body, int old_status, int new_status, const std::string& message) {
    EXPECT_EQ(send_messages(body).status, old_status) << body;
    const Answer answer = send_messages(body, "2026-10-21");
    EXPECT_EQ(answer.status, new_status) << answer.body;
    if (new_status != 200) expect_refusal(answer, message);
  };
  both(R"({"model":"m","max_tokens":9,"temperature":1,"messages":[{"role":"user","content":"a"}]})", 200, 400,
       "temperature: Extra inputs are not permitted");
  both(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"system","content":"b"}]})",
       400, 200, "");
  const std::string document = R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"}})";
  both(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[)" +
           document + R"(]},{"role":"user","content":"b"}]})",
       200, 400, "messages.1.content.0.type: ");
  both(
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","citations":[{"type":"x"}]}]}]})",
      200, 400, "messages.0.content.0.citations: ");
  expect_refusal(
      send_messages(
          R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"system","content":"c"},{"role":"user","content":"d"}]})",
          "2026-10-21"),
      "messages.2.role: A system message may stand only behind");
}

// What is right must be taken: all that the library may send, in one request.
TEST(AnthropicRequest, TakesEverythingThatTheProviderTakes) {
  Simulator simulator;
  const std::string body =
      R"({"model":"m","max_tokens":9000,"stream":false,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],
    "stop_sequences":["x"],"thinking":{"type":"enabled","budget_tokens":1024,"display":"summarized"},"temperature":1,
    "metadata":{"user_id":"u"},"service_tier":"auto","speed":"standard","inference_geo":"us","container":"c","diagnostics":{"previous_message_id":"msg_1"},
    "mcp_servers":[],"context_management":{"edits":[]},"output_config":{"effort":"high"},
    "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"type":"custom","input_examples":[],"eager_input_streaming":true},
             {"type":"web_search_20260318","name":"web_search","max_uses":2},{"type":"bash_20250124","name":"bash"},{"type":"mcp_toolset","mcp_server_name":"s"}],
    "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
    "messages":[
      {"role":"user","content":"one"},{"role":"user","content":[{"type":"text","text":"two"},
        {"type":"image","source":{"type":"file","file_id":"f"},"transformations":{"oversized_image":"downsize"}},
        {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"},"title":"t","context":"c","citations":{"enabled":true}},
        {"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"}]}},
        {"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}},
        {"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}],"citations":{"enabled":true}}]},
      {"role":"assistant","content":[THINKING,{"type":"text","text":"a","citations":[{"type":"char_location"}]},
        {"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},
        {"type":"tool_use","id":"a","name":"f","input":{"x":1},"caller":{"type":"direct"}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"cache_control":{"type":"ephemeral"},"content":[
        {"type":"text","text":"t"},{"type":"image","source":{"type":"url","url":"https://example.com/b.png"}},{"type":"tool_reference","tool_name":"f"}]},
        {"type":"text","text":"more"}]}]})";
  const Json thought(ask(simulator, anthropic_chat("hi", R"(,"thinking":{"type":"adaptive"})")).body);
  std::string whole = body;
  whole.replace(whole.find("THINKING"), 8, thought.minified("/content/0"));
  const Answer answer =
      ask(simulator, anthropic_request(whole, "anthropic-version: 2023-06-01\r\nanthropic-beta: a,b\r\n"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json(answer.body).text("/content/0/type"), "thinking");
}

TEST(AnthropicRequest, GoesOnAfterAPause) {
  EXPECT_EQ(
      send_messages(
          R"({"model":"claude-opus-4-6","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[
    {"type":"server_tool_use","id":"s","name":"web_search","input":{}}]}]})")
          .status,
      200);
}

TEST(AnthropicRequest, HasABoundOfItsSize) {
  const std::string text(33u << 20, 'a');
  const Answer answer =
      send_messages(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":")" + text + "\"}]}");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(Json(answer.body).text("/error/type"), "request_too_large");
}

}  // namespace
}  // namespace antiphon::test
