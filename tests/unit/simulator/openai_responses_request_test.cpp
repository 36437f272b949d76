#include <gtest/gtest.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

// providers.md §2.2 to §2.4: what the provider refuses. Place and code are told apart.

Answer send_responses(std::string_view body) {
  Simulator simulator;
  return ask(simulator, request_text("POST", "/v1/responses", body));
}

struct ResponsesRefusedBody {
  const char* body;
  const char* code;
  const char* param;
  int status = 400;
};

class ResponsesRefusal : public testing::TestWithParam<ResponsesRefusedBody> {};

TEST_P(ResponsesRefusal, LooksLikeTheRealOne) {
  const Answer answer = send_responses(GetParam().body);
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  const Json json(answer.body);
  EXPECT_EQ(json.text("/error/type"), "invalid_request_error");
  EXPECT_FALSE(json.text("/error/message").empty());
  const auto check = [&](const char* place, const char* expected) {
    if (*expected) {
      EXPECT_EQ(json.text(place), expected) << answer.body;
    } else {
      EXPECT_TRUE(json.is_null(place)) << answer.body;
    }
  };
  check("/error/code", GetParam().code);
  check("/error/param", GetParam().param);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, ResponsesRefusal,
    testing::Values(
        ResponsesRefusedBody{"{", "", ""}, ResponsesRefusedBody{"[]", "invalid_type", "body"},
        ResponsesRefusedBody{R"({"input":"a"})", "missing_required_parameter", "model"},
        ResponsesRefusedBody{R"({"model":"m"})", "missing_required_parameter", "input"},
        ResponsesRefusedBody{R"({"model":"missing","input":"a"})", "model_not_found", "", 404},
        ResponsesRefusedBody{R"({"model":"m","input":5})", "invalid_type", "input"},
        // The names of Chat Completions.
        ResponsesRefusedBody{R"({"model":"m","input":"a","max_tokens":16})", "unsupported_parameter", "max_tokens"},
        ResponsesRefusedBody{R"({"model":"m","messages":[{"role":"user","content":"a"}]})", "unsupported_parameter",
                             "messages"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","response_format":{"type":"text"}})", "unsupported_parameter",
                             "response_format"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","n":2})", "unknown_parameter", "n"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","stop":["x"]})", "unknown_parameter", "stop"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","max_output_tokens":15})", "integer_below_min_value",
                             "max_output_tokens"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","temperature":2.5})", "decimal_above_max_value",
                             "temperature"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","stream":"yes"})", "invalid_type", "stream"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","stream_options":{"include_obfuscation":true}})", "",
                             "stream_options"},
        // Trap 100: usage comes without being asked for.
        ResponsesRefusedBody{R"({"model":"m","input":"a","stream":true,"stream_options":{"include_usage":true}})",
                             "unknown_parameter", "stream_options.include_usage"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","include":["everything"]})", "invalid_value", "include[0]"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","truncation":"some"})", "invalid_value", "truncation"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","metadata":{"a":1}})", "invalid_type", "metadata.a"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","background":true,"store":false})", "", "background"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","previous_response_id":"resp_a","conversation":"c"})",
                             "mutually_exclusive_parameters", "previous_response_id"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","previous_response_id":"resp_a"})",
                             "previous_response_not_found", "previous_response_id"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","context_management":[{"type":"compaction","compact_threshold":10}]})",
            "integer_below_min_value", "context_management[0].compact_threshold"}));

// §1.8, traps 85 and 88.
INSTANTIATE_TEST_SUITE_P(
    Models, ResponsesRefusal,
    testing::Values(
        ResponsesRefusedBody{R"({"model":"o4-mini","input":"a","temperature":1})", "unsupported_parameter",
                             "temperature"},
        ResponsesRefusedBody{R"({"model":"gpt-5","input":"a","top_p":1})", "unsupported_parameter", "top_p"},
        ResponsesRefusedBody{R"({"model":"gpt-5.1","input":"a","temperature":1,"reasoning":{"effort":"low"}})",
                             "unsupported_parameter", "temperature"},
        ResponsesRefusedBody{R"({"model":"gpt-4o","input":"a","reasoning":{"effort":"low"}})", "unsupported_parameter",
                             "reasoning.effort"},
        ResponsesRefusedBody{R"({"model":"o3","input":"a","reasoning":{"effort":"none"}})", "unsupported_value",
                             "reasoning.effort"},
        ResponsesRefusedBody{R"({"model":"gpt-6.2-sol","input":"a","reasoning":{"effort":"none"}})",
                             "unsupported_value", "reasoning.effort"},
        ResponsesRefusedBody{R"({"model":"gpt-5.1","input":"a","reasoning":{"effort":"xhigh"}})", "unsupported_value",
                             "reasoning.effort"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","reasoning":{"effort":"huge"}})", "invalid_value",
                             "reasoning.effort"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","reasoning":{"budget":1}})", "unknown_parameter",
                             "reasoning.budget"}));

INSTANTIATE_TEST_SUITE_P(
    Items, ResponsesRefusal,
    testing::Values(
        ResponsesRefusedBody{R"({"model":"m","input":[{"content":"a"}]})", "missing_required_parameter",
                             "input[0].type"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"type":"odd"}]})", "invalid_value", "input[0].type"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"tool","content":"a"}]})", "invalid_value",
                             "input[0].role"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"user"}]})", "missing_required_parameter",
                             "input[0].content"},
        // The parts of Chat Completions.
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"user","content":[{"type":"text","text":"a"}]}]})",
                             "invalid_value", "input[0].content[0].type"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"role":"assistant","content":[{"type":"input_text","text":"a"}]}]})",
            "invalid_value", "input[0].content[0].type"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"user","content":[{"type":"output_text","text":"a"}]}]})",
                             "invalid_value", "input[0].content[0].type"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"assistant","content":"a","tool_calls":[]}]})",
                             "unknown_parameter", "input[0].tool_calls"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"message","id":"abc","role":"assistant","content":"a"}]})",
            "invalid_value", "input[0].id"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"assistant","phase":"middle","content":"a"}]})",
                             "invalid_value", "input[0].phase"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"type":"item_reference","id":"msg_x"}]})", "", "input", 404},
        ResponsesRefusedBody{R"({"model":"m","input":[{"type":"compaction_trigger"},{"role":"user","content":"a"}]})",
                             "", "input[0].type"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"type":"compaction","encrypted_content":"gAAAAx"}]})",
                             "invalid_encrypted_content", ""}));

INSTANTIATE_TEST_SUITE_P(
    Files, ResponsesRefusal,
    testing::Values(
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":{"url":"https://e.com"}}]}]})",
            "invalid_type", "input[0].content[0].image_url"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,*"}]}]})",
            "invalid_image_url", "input[0].content[0].image_url"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image"}]}]})", "",
                             "input[0].content[0]"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_data":"QUJD","filename":"a"}]}]})",
            "invalid_value", "input[0].content[0].file_data"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_data":"data:application/pdf;base64,QUJD"}]}]})",
            "missing_required_parameter", "input[0].content[0].filename"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_id":"f","file_url":"https://e.com"}]}]})",
            "", "input[0].content[0]"}));

// Traps 71 to 73, and §2.3: `call_id` links, `id` names the item.
INSTANTIATE_TEST_SUITE_P(
    Calls, ResponsesRefusal,
    testing::Values(
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"role":"user","content":"b"}]})",
            "", "input"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"type":"function_call_output","call_id":"a","output":"b"}]})",
                             "", "input"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"custom_tool_call","call_id":"a","name":"f","input":"x"},{"type":"function_call_output","call_id":"a","output":"b"}]})",
            "", "input"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"function_call","id":"call_1","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a","output":"b"}]})",
            "invalid_value", "input[0].id"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"function_call","call_id":"a","name":"f","arguments":{}},{"type":"function_call_output","call_id":"a","output":"b"}]})",
            "invalid_type", "input[0].arguments"},
        ResponsesRefusedBody{R"({"model":"m","input":[{"type":"function_call","name":"f","arguments":"{}"}]})",
                             "missing_required_parameter", "input[0].call_id"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"function_call","call_id":"a","name":"a.b","arguments":"{}"}]})",
            "invalid_value", "input[0].name"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"function_call","call_id":"0123456789012345678901234567890123456789012345678901234567890123x","name":"f","arguments":"{}"}]})",
            "string_above_max_length", "input[0].call_id"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a"}]})",
            "missing_required_parameter", "input[1].output"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"reasoning","id":"rs_1"},{"role":"assistant","content":"a"}]})",
            "missing_required_parameter", "input[0].summary"},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"reasoning","id":"rs_1","summary":[]},{"role":"assistant","content":"a"}]})",
            "", "input", 404},
        ResponsesRefusedBody{
            R"({"model":"m","store":false,"input":[{"type":"reasoning","id":"rs_1","summary":[]},{"role":"assistant","content":"a"}]})",
            "", "input", 404},
        ResponsesRefusedBody{
            R"({"model":"m","input":[{"type":"reasoning","summary":[],"encrypted_content":"gAAAAQUJD"},{"role":"assistant","content":"a"}]})",
            "invalid_encrypted_content", ""}));

INSTANTIATE_TEST_SUITE_P(
    Tools, ResponsesRefusal,
    testing::Values(
        // The nested form of Chat Completions.
        ResponsesRefusedBody{R"({"model":"m","input":"a","tools":[{"type":"function","function":{"name":"f"}}]})",
                             "unknown_parameter", "tools[0].function"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","tools":[{"type":"function","parameters":{}}]})",
                             "missing_required_parameter", "tools[0].name"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","tools":[{"type":"function","name":"f"}]})",
                             "missing_required_parameter", "tools[0].parameters"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","tools":[{"type":"function","name":"a.b","parameters":{}}]})",
                             "invalid_value", "tools[0].name"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"web_search_20250305","name":"web_search"}]})",
            "invalid_value", "tools[0].type"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","tool_choice":"required"})", "", "tool_choice"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"function","name":"f","parameters":{}}],"tool_choice":"any"})",
            "invalid_value", "tool_choice"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"function","name":"f","parameters":{}}],"tool_choice":{"type":"function","function":{"name":"f"}}})",
            "missing_required_parameter", "tool_choice.name"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"function","name":"f","parameters":{}}],"tool_choice":{"type":"function","name":"g"}})",
            "", "tool_choice"},
        // Trap 78: strict mode wants every property.
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}},"required":[]}}]})",
            "invalid_function_parameters", "tools[0].parameters"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","additionalProperties":false,"properties":{"a":{"type":"object"}},"required":["a"]}}]})",
            "invalid_function_parameters", "tools[0].parameters.properties.a"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","tools":[{"type":"custom","name":"f","format":{"type":"grammar","grammar":{"syntax":"lark"}}}]})",
            "missing_required_parameter", "tools[0].format.definition"}));

INSTANTIATE_TEST_SUITE_P(
    Text, ResponsesRefusal,
    testing::Values(
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","text":{"format":{"type":"json_schema","json_schema":{"name":"x","schema":{}}}}})",
            "missing_required_parameter", "text.format.name"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","text":{"format":{"type":"json_schema","name":"x"}}})",
                             "missing_required_parameter", "text.format.schema"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","text":{"format":{"type":"json_schema","name":"x y","schema":{}}}})",
            "invalid_value", "text.format.name"},
        ResponsesRefusedBody{
            R"({"model":"m","input":"a","text":{"format":{"type":"json_schema","name":"x","strict":true,"schema":{"type":"array"}}}})",
            "invalid_json_schema", "text.format.schema"},
        // Trap 103.
        ResponsesRefusedBody{R"({"model":"m","input":"a","text":{"format":{"type":"json_object"}}})", "", "input"},
        ResponsesRefusedBody{R"({"model":"m","input":"a","text":{"verbosity":"some"}})", "invalid_value",
                             "text.verbosity"}));

// What is right must be taken: all that the library may send.
TEST(ResponsesRequest, TakesEverythingThatTheProviderTakes) {
  const Answer answer = send_responses(
      R"({"model":"gpt-6-luna","instructions":"be brief, in JSON","store":false,"include":["reasoning.encrypted_content","web_search_call.action.sources"],
    "max_output_tokens":16,"max_tool_calls":3,"reasoning":{"effort":"low","summary":"detailed","context":"auto","mode":"standard"},
    "text":{"format":{"type":"json_object"},"verbosity":"low"},"parallel_tool_calls":false,"service_tier":"flex","stream":false,
    "truncation":"auto","prompt_cache_key":"k","prompt_cache_options":{"mode":"implicit"},"metadata":{"a":"b"},"safety_identifier":"s","user":"u",
    "context_management":[{"type":"compaction","compact_threshold":1000}],"image":{"context_compression":"enabled"},
    "tools":[{"type":"function","name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"a":{"type":["string","null"]},
                "b":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["a","b"],"additionalProperties":false,
                "$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}},"required":["next"],"additionalProperties":false}}}},
             {"type":"function","name":"g","parameters":null},{"type":"custom","name":"sql"},{"type":"web_search","filters":{"allowed_domains":["a.com"]}},
             {"type":"mcp","server_label":"s","server_url":"https://e.com"}],
    "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]},
    "input":[{"role":"developer","content":"a"},{"type":"message","role":"user","content":[{"type":"input_text","text":"b"},
        {"type":"input_image","image_url":"https://example.com/a.png","detail":"original"},
        {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"},{"type":"input_file","file_url":"https://example.com/a.pdf"}]},
      {"type":"message","id":"msg_1","role":"assistant","status":"completed","phase":"commentary","content":[{"type":"output_text","text":"c","annotations":[]},{"type":"refusal","refusal":"d"}]},
      {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}},
      {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call","id":"fc_2","call_id":"b","name":"g","arguments":"","status":"completed"},
      {"type":"custom_tool_call","call_id":"c","name":"sql","input":"SELECT 1"},
      {"type":"function_call_output","call_id":"b","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"data:image/png;base64,QUJD"}]},
      {"type":"function_call_output","call_id":"a","output":"y"},{"type":"custom_tool_call_output","call_id":"c","output":"z"},
      {"type":"configuration_update","reasoning":{"effort":"high"}},{"role":"user","content":"more"},{"type":"compaction_trigger"}]})");
  EXPECT_EQ(answer.status, 200) << answer.body;
}

// The outputs of a stored answer's calls come without the calls.
TEST(ResponsesRequest, GoesOnFromAStoredAnswer) {
  Simulator simulator;
  const Json first(ask(simulator, responses_chat("hi")).body);
  const Answer answer = ask(
      simulator,
      request_text(
          "POST", "/v1/responses",
          R"({"model":"m","input":[{"type":"function_call_output","call_id":"a","output":"b"}],"previous_response_id":")" +
              first.text("/id") + "\"}"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json(answer.body).text("/previous_response_id"), first.text("/id"));
}

}  // namespace
}  // namespace antiphon::test
