#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "client.hpp"
#include "support/source_files.hpp"

namespace antiphon::test {
namespace {

struct Wrong {
  const char* json;
  const char* message;
};

class WrongScenario : public testing::TestWithParam<Wrong> {};

TEST_P(WrongScenario, IsAnErrorThatNamesThePlace) {
  try {
    Scenario::from_json(GetParam().json);
    FAIL() << "was taken: " << GetParam().json;
  } catch (const ScenarioError& error) {
    EXPECT_STREQ(error.what(), GetParam().message);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongScenario,
    testing::Values(
        Wrong{"[]", "expected object"}, Wrong{R"({"prot": 1})", "prot: unknown key"},
        Wrong{"{\n \"port\": }", "no JSON at line 2, column 10: syntax error"},
        Wrong{"{} {}", "no JSON at line 1, column 4: extra data"},
        Wrong{"{", "no JSON at line 1, column 2: incomplete JSON"},
        Wrong{R"({"port": 65536})", "port: expected an integer from 0 to 65535"},
        Wrong{R"({"port": "1"})", "port: expected integer"}, Wrong{R"({"port": 1.5})", "port: expected integer"},
        Wrong{R"({"tls": {"certificate": "a"}})", "tls: expected the files certificate and key"},
        Wrong{R"({"tls": {"key": "a", "client_certificates": true}})", "tls: expected the files certificate and key"},
        Wrong{R"({"models": [1]})", "models/0: expected string"}, Wrong{R"({"rules": {}})", "rules: expected array"},
        Wrong{R"({"rules": [{}, {}, {"fault": {"cut_after_bytes": "x"}}]})",
              "rules/2/fault/cut_after_bytes: expected integer"},
        Wrong{R"({"rules": [{"fault": {"cut_after": 1}}]})", "rules/0/fault/cut_after: unknown key"},
        Wrong{R"({"rules": [{"fault": {"cut_by": "axe"}}]})",
              "rules/0/fault/cut_by: expected one of fin, rst, stream, refused, goaway"},
        Wrong{R"({"rules": [{"fault": {"wrong_frame": {"crc": "both"}}}]})",
              "rules/0/fault/wrong_frame/crc: expected one of prelude, message"},
        Wrong{R"({"rules": [{"error": {"retry_after": "1s"}}]})", "rules/0/error/retry_after: expected seconds"},
        Wrong{R"({"rules": [{"error": {"details": {}}}]})", "rules/0/error/details: expected array"},
        Wrong{R"({"rules": [{"fault": {"gzip": true, "content_length_off_by": 1}}]})",
              "rules/0/fault/content_length_off_by: cannot be had together with gzip or close_delimited"},
        Wrong{R"({"rules": [{"match": {"protocol": "gopher"}}]})",
              "rules/0/match/protocol: expected one of anthropic, bedrock-claude, bedrock, cohere, gemini, ollama, "
              "openai-responses, openai-chat"},
        Wrong{R"({"rules": [{"match": {"header": {"a": 1}}}]})",
              "rules/0/match/header/a: expected string, or null for a header that must be absent"},
        Wrong{R"({"rules": [{"match": {"nth": 0}}]})",
              "rules/0/match/nth: expected an integer from 1 to 4611686018427387904"},
        Wrong{R"({"rules": [{"headers": {"a": "b\r\nc: d"}}]})",
              "rules/0/headers/a: line ends and NUL do not belong into a header"},
        Wrong{R"({"rules": [{"raw": {}}]})", "rules/0/raw: expected one of body, base64, events and http"},
        Wrong{R"({"rules": [{"raw": {"base64": "?"}}]})", "rules/0/raw/base64: no Base64"},
        Wrong{R"({"rules": [{"answer": {}, "html": ""}]})",
              "rules/0/answer: answer, raw, error, html and redirect exclude each other"},
        Wrong{R"({"rules": [{"answer": {"text": "a", "chunks": []}}]})",
              "rules/0/answer/chunks: text and chunks exclude each other"},
        Wrong{R"({"rules": [{"answer": {"choices": [{}, {"tool_calls": [{"id": 1}]}]}}]})",
              "rules/0/answer/choices/1/tool_calls/0/id: expected string"},
        Wrong{R"({"rules": [{"answer": {"text": "a", "blocks": [{"text": "b"}]}}]})",
              "rules/0/answer/blocks: blocks exclude text, chunks, generate, reasoning, refusal and tool_calls"},
        Wrong{R"({"rules": [{"answer": {"blocks": []}}]})", "rules/0/answer/blocks: expected array of at least one"},
        Wrong{R"({"rules": [{"answer": {"blocks": [{"text": "a"}, {"text": "b", "refusal": "c"}]}}]})",
              "rules/0/answer/blocks/1: expected one of text, reasoning, hidden_reasoning, refusal, "
              "tool_call and extra"},
        Wrong{R"({"rules": [{"answer": {"blocks": [{"refusal": "a", "signature": "b"}]}}]})",
              "rules/0/answer/blocks/0/signature: unknown key"},
        Wrong{R"({"rules": [{"answer": {"blocks": [{"extra": "{"}]}}]})",
              "rules/0/answer/blocks/0/extra: no JSON at line 1, column 2: incomplete JSON"},
        Wrong{R"({"rules": [{"answer": {"blocks": [{"extra": [1]}]}}]})",
              "rules/0/answer/blocks/0/extra: expected object, or its JSON as a string"},
        Wrong{R"({"rules": [{"answer": {"blocks": [{"hidden_reasoning": false}]}}]})",
              "rules/0/answer/blocks/0/hidden_reasoning: expected string"},
        Wrong{R"({"rules": [{"answer": {"blocks": [{"text": "a", "citations": {}}]}}]})",
              "rules/0/answer/blocks/0/citations: expected array"},
        Wrong{R"({"rules": [{"answer": {"tokens": {"input": 1}}}]})", "rules/0/answer/tokens/input: unknown key"},
        Wrong{R"({"rules": [{"answer": {"failed": {"kode": "x"}}}]})", "rules/0/answer/failed/kode: unknown key"},
        Wrong{R"({"rules": [{"fault": {"restart_after_events": 0}}]})",
              "rules/0/fault/restart_after_events: expected an integer from 1 to 4611686018427387904"},
        Wrong{R"({"rules": [{"timing": {"before_head_ms": -1}}]})",
              "rules/0/timing/before_head_ms: expected an integer from 0 to 86400000"},
        Wrong{R"({"rules": [{"rate_limit": {"requests": {"reset": 1}}}]})",
              "rules/0/rate_limit/requests/reset: expected string"}));

TEST(Scenario, ARuleNamesItsPlaceToo) {
  Scenario scenario;
  scenario.rule("{}");
  try {
    scenario.rule(R"({"times": 0})");
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_STREQ(error.what(), "rules/1/times: expected an integer from 1 to 4611686018427387904");
  }
  try {
    scenario.rule("{");
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_STREQ(error.what(), "rules/1: no JSON at line 1, column 2: incomplete JSON");
  }
}

TEST(Scenario, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_THROW(Scenario::from_json(std::string(100000, '[')), ScenarioError);
}

TEST(Scenario, CopiesAreIndependent) {
  const Scenario none;
  Scenario one = none;
  one.rule(R"({"status": 418})");
  Simulator plain(none);
  Simulator changed(one);
  EXPECT_EQ(ask(plain, openai_chat("hi")).status, 200);
  EXPECT_EQ(ask(changed, openai_chat("hi")).status, 418);
}

TEST(Scenario, ComesFromAFile) {
  const std::string path = testing::TempDir() + "antiphon_scenario.json";
  std::ofstream(path) << R"({"rules": [{"status": 418}]})";
  Simulator simulator(Scenario::from_file(path));
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 418);
  std::ofstream(path) << "{";
  try {
    Scenario::from_file(path);
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_EQ(error.what(), path + ": no JSON at line 1, column 2: incomplete JSON");
  }
  std::remove(path.c_str());
  EXPECT_THROW(Scenario::from_file(path), ScenarioError);
}

TEST(Scenario, EveryExampleOfItsDescriptionIsOne) {
  std::string kind;
  std::string text;
  int examples = 0;
  for (const std::string& line : test::source_lines("docs/simulator.md")) {
    if (line.rfind("```", 0) != 0) {
      text += line + '\n';
      continue;
    }
    if (kind == "```json rule") {
      EXPECT_NO_THROW(Scenario().rule(text)) << text;
    } else if (kind == "```json scenario") {
      EXPECT_NO_THROW(Scenario::from_json(text)) << text;
    }
    examples += kind.rfind("```json", 0) == 0;
    kind = kind.empty() ? line : "";
    text.clear();
  }
  EXPECT_GT(examples, 30);
}

TEST(Rules, ApplyInOrderAndAsOftenAsTheySay) {
  Simulator simulator(Scenario()
                          .rule(R"({"times": 2, "status": 501})")
                          .rule(R"({"times": 1, "status": 502})")
                          .rule(R"({"match": {"nth": 2}, "status": 503})"));
  std::vector<int> statuses;
  for (int i = 0; i < 6; ++i) statuses.push_back(ask(simulator, openai_chat("hi")).status);
  EXPECT_EQ(statuses, (std::vector<int>{501, 501, 502, 200, 503, 200}));
  std::vector<int> rules;
  for (const RecordedRequest& request : simulator.requests()) rules.push_back(request.rule);
  EXPECT_EQ(rules, (std::vector<int>{0, 0, 1, -1, 2, -1}));
  simulator.reset();
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 501);
}

TEST(Rules, MatchByEverythingTheyCan) {
  struct Case {
    const char* match;
    std::string fits;
    std::string other;
  };
  const std::string chat = openai_chat("hi");
  const std::vector<Case> cases{
      {R"({"path": "/v1/models"})", request_text("GET", "/v1/models?a=b"), request_text("GET", "/v1/modelsx")},
      {R"({"path": "/v1/*"})", chat, ollama_chat("hi")},
      {R"({"protocol": "ollama"})", ollama_chat("hi"), chat},
      {R"({"protocol": "openai-chat"})", chat, ollama_chat("hi")},
      {R"({"protocol": "openai-chat"})", request_text("POST", "/v1/embeddings", "{}"), ollama_chat("hi")},
      {R"({"protocol": "gemini"})", request_text("GET", "/v1beta/models"), chat},
      {R"({"protocol": "cohere"})", request_text("POST", "/v2/chat", "{}"), chat},
      {R"({"protocol": "bedrock"})", request_text("GET", "/foundation-models", "", "Authorization: Bearer x\r\n"),
       chat},
      {R"({"model": "gemini-x", "stream": true})",
       request_text("POST", "/v1beta/models/gemini-x:streamGenerateContent",
                    R"({"contents":[{"parts":[{"text":"a"}]}]})"),
       request_text("POST", "/v1beta/models/gemini-x:generateContent", R"({"contents":[{"parts":[{"text":"a"}]}]})")},
      {R"({"protocol": "openai-responses"})", responses_chat("hi"), chat},
      {R"({"protocol": "anthropic"})", anthropic_chat("hi"), responses_chat("hi")},
      {R"({"protocol": "anthropic"})", request_text("GET", "/v1/models", "", "anthropic-version: 2023-06-01\r\n"),
       request_text("GET", "/v1/models")},
      {R"({"model": "m"})", chat,
       request_text("POST", "/v1/chat/completions", R"({"model":"n","messages":[{"role":"user","content":"m"}]})")},
      {R"({"stream": true})", openai_chat("hi", R"(,"stream":true)"), chat},
      {R"({"stream": true})", ollama_chat("hi"), ollama_chat("hi", R"(,"stream":false)")},
      {R"({"body_contains": "needle"})", openai_chat("a needle"), chat},
      {R"({"header": {"X-A": "b"}})", request_text("GET", "/v1/models", "", "x-a: b\r\n"),
       request_text("GET", "/v1/models", "", "x-a: c\r\n")},
      {R"({"header": {"x-a": null}})", chat, request_text("GET", "/v1/models", "", "X-A: b\r\n")}};
  for (const Case& each : cases) {
    Simulator simulator(rule(std::string(R"({"status": 418, "match": )") + each.match + "}"));
    EXPECT_EQ(ask(simulator, each.fits).status, 418) << each.match;
    EXPECT_NE(ask(simulator, each.other).status, 418) << each.match;
  }
}

TEST(Rules, AReplacedScenarioCountsFromZero) {
  Simulator simulator(rule(R"({"times": 1, "status": 501})"));
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 501);
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 200);
  simulator.set_scenario(rule(R"({"times": 1, "status": 502})"));
  EXPECT_EQ(ask(simulator, openai_chat("hi")).status, 502);
  for (const Scenario& fixed : {Scenario().port(1), Scenario().tls(true), Scenario().http2(false)}) {
    EXPECT_THROW(simulator.set_scenario(fixed), ScenarioError);
  }
}

TEST(Simulator, APortThatIsTakenIsAnError) {
  Simulator first;
  try {
    Simulator second(Scenario().port(first.port()));
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_NE(std::string(error.what()).find("port: cannot listen on " + std::to_string(first.port())),
              std::string::npos);
  }
}

TEST(Simulator, ListensOnBothLoopbackAddresses) {
  Simulator simulator;
  Client client(simulator.port(), 6);
  client.send(request_text("GET", "/v1/models"));
  EXPECT_EQ(read_answer(client).status, 200);
}

}  // namespace
}  // namespace antiphon::test
