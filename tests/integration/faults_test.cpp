// Each fault of the simulator, by each way there is: how the call ends, what had arrived, and that the fault leaves
// nothing behind.

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "support/failure.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* whole_text = "one two three four five";

/// How an answer ends: well, or with one of these.
using Ends = std::vector<ErrorKind>;
const Ends well;
const Ends timeout{ErrorKind::timeout};
const Ends cut{ErrorKind::truncated};
const Ends unanswered{ErrorKind::connection};
const Ends too_large{ErrorKind::response_too_large};
const Ends garbled{ErrorKind::protocol};
// A reset may overtake what was sent before it.
const Ends reset{ErrorKind::truncated, ErrorKind::connection};

struct Fault {
  const char* name;
  /// Members of a rule; the answer is `whole_text` unless they say otherwise.
  const char* rule;
  Ends stream;
  Ends whole;
  /// Whether something of a stream that fails was handed out before.
  bool arrives = false;
  const char* protocol = "";  ///< only this one
  const char* way = "";       ///< only this one
};

// The stream's pieces are one to five words; each event of OpenAI's form has more than 100 bytes, of Ollama's more
// than 60.
const Fault faults[] = {
    {"delay before headers", R"("timing": {"before_head_ms": 40})", well, well},
    {"delay before the body", R"("timing": {"before_body_ms": 40})", well, well},
    {"delay between chunks", R"("timing": {"between_chunks_ms": 20})", well, well},
    // A stream is silent for longer than its reader waits, but for the pings.
    {"pings", R"("timing": {"before_body_ms": 60, "between_chunks_ms": 200, "ping_every_ms": 10})", well, well},
    {"no answer", R"("timing": {"never_answer": true})", timeout, timeout},
    {"no body", R"("timing": {"stop_after_bytes": 0})", timeout, timeout},
    {"stops after two chunks", R"("timing": {"stop_after_chunks": 2})", timeout, well, true},
    {"stops inside an event", R"("timing": {"stop_after_bytes": 700})", timeout, well, true, "openai"},
    {"closed before headers", R"("fault": {"cut_before_headers": true})", unanswered, unanswered},
    {"reset before headers", R"("fault": {"cut_before_headers": true, "cut_by": "rst"})", unanswered, unanswered},
    {"stream reset before headers", R"("fault": {"cut_before_headers": true, "cut_by": "stream"})", unanswered,
     unanswered},
    {"refused", R"("fault": {"cut_before_headers": true, "cut_by": "refused"})", unanswered, unanswered},
    {"gone away", R"("fault": {"cut_before_headers": true, "cut_by": "goaway"})", unanswered, unanswered},
    {"closed behind headers", R"("fault": {"cut_after_bytes": 0})", reset, reset},
    {"closed in the body", R"("fault": {"cut_after_bytes": 50})", cut, cut},
    {"closed after content", R"("fault": {"cut_after_bytes": 700})", cut, well, true, "openai"},
    {"reset in the body", R"("fault": {"cut_after_bytes": 50, "cut_by": "rst"})", reset, reset},
    {"stream reset after content", R"("fault": {"cut_after_bytes": 700, "cut_by": "stream"})", cut, well, true,
     "openai"},
    {"length too long", R"("fault": {"content_length_off_by": 10})", well, cut},
    {"length too short", R"("fault": {"content_length_off_by": -40})", garbled, garbled, true, "openai", "Plain"},
    {"no length", R"("fault": {"close_delimited": true})", well, well},
    {"endless", R"("fault": {"endless": true})", too_large, too_large, true},
    {"one byte per write", R"("fault": {"bytes_per_write": 1})", well, well},
    {"large headers", R"("fault": {"huge_headers": 50000})", well, well},
    {"headers too large", R"("fault": {"huge_headers": 400000})", too_large, too_large, false, "", "Plain"},
    {"a header without end", R"("fault": {"endless_header": true})", too_large, too_large, false, "", "Plain"},
    {"gzip", R"("fault": {"gzip": true})", well, well},
    {"a whole answer in place of a stream", R"("fault": {"ignore_stream": true})", well, well},
    {"crlf", R"("fault": {"line_end": "crlf"})", well, well},
    {"cr", R"("fault": {"line_end": "cr"})", well, well, false, "openai"},
    {"byte order mark", R"("fault": {"bom": true})", well, well},
    {"comments", R"("fault": {"comment": "still here"})", well, well},
    {"no blank behind data:", R"("fault": {"data_without_space": true})", well, well},
    {"several data lines", R"("fault": {"data_lines": 3})", well, well},
    {"no blank line at the end", R"("fault": {"missing_blank_line": true})", well, well},
    {"no line end at the end", R"("fault": {"missing_line_end": true})", well, well},
    {"an error at once",
     R"("fault": {"error_in_stream": {"after_events": 0, "type": "server_error", "message": "boom"}})",
     {ErrorKind::server_error},
     well},
    {"an error in the middle",
     R"("fault": {"error_in_stream": {"after_events": 3, "type": "server_error", "message": "boom"}})",
     {ErrorKind::server_error},
     well,
     true},
    {"overloaded in the middle",
     R"("fault": {"error_in_stream": {"after_events": 3, "type": "server_error", "code": "overloaded", "message": "boom"}})",
     {ErrorKind::overloaded},
     well,
     true,
     "openai"},
    {"broken JSON", R"("fault": {"broken_json": 3})", garbled, garbled, true},
    {"broken JSON at once", R"("fault": {"broken_json": 0})", garbled, garbled},
    {"broken UTF-8 that nobody needs", R"("fault": {"broken_utf8": {"event": 0, "field": "unknown"}})", well, well},
    {"unknown events and fields", R"("fault": {"unknown_events": true, "unknown_fields": true})", well, well},
    {"no finish mark", R"("fault": {"missing_finish": true, "missing_done": true})", cut, well, true, "openai"},
    {"no last line", R"("fault": {"missing_finish": true})", cut, well, true, "ollama"},
    {"two finish marks", R"("fault": {"repeat_finish": 2, "repeat_usage": true})", well, well},
    {"no [DONE]", R"("fault": {"missing_done": true})", well, well},
    {"data behind [DONE]", R"("fault": {"data_after_done": "{\"cost\": 0.1}"})", well, well},
    {"an error page", R"("html": "<html>Bad Gateway</html>")", {ErrorKind::server_error}, {ErrorKind::server_error}},
    {"a page in place of an answer", R"("html": "<html>Welcome</html>", "status": 200)", garbled, garbled},
    {"a redirect",
     R"("redirect": "http://127.0.0.1:9/stolen", "status": 308)",
     {ErrorKind::redirected},
     {ErrorKind::redirected}},
    {"no HTTP", R"("raw": {"http": "HTTP/1.1 two hundred\r\n\r\n"})", garbled, garbled, false, "", "Plain"},
};

struct Way {
  const char* name;
  bool tls;
  HttpVersion version;
  const char* http;
};

class Faults : public testing::TestWithParam<Way> {
 protected:
  Faults() : simulator(Scenario().tls(GetParam().tls)) {}

  ModelConfig config(const std::string& protocol) const {
    const bool openai = protocol == "openai";
    const std::string scheme = GetParam().tls ? "https" : "http";
    ModelConfig config("m-1", ProviderId(protocol));
    config.base_url(scheme + "://localhost:" + std::to_string(simulator.port()) + (openai ? "/v1" : ""));
    config.api_key(planted_key).http_version(GetParam().version).max_response_bytes(300'000);
    config.timeouts(Timeouts().idle(150ms)).retry_config(RetryConfig().max_attempts(1));
    if (GetParam().tls) config.tls(TlsOptions().ca_file(simulator.ca_file()));
    return config;
  }

  Provider provider(const std::string& protocol) const {
    return create_provider(config(protocol), ProviderOptions().engine(engine));
  }

  bool applies(const Fault& fault, const std::string& protocol) const {
    const std::string_view way = fault.way;
    const std::string_view only = fault.protocol;
    return (way.empty() || way == GetParam().name) && (only.empty() || only == protocol);
  }

  void set(const Fault& fault) {
    std::string rule = "{" + std::string(fault.rule);
    for (const char* answer : {"\"html\"", "\"redirect\"", "\"raw\""}) {
      if (rule.find(answer) != std::string::npos) return simulator.set_scenario(Scenario().rule(rule + "}"));
    }
    rule += R"(, "answer": {"chunks": ["one ", "two ", "three ", "four ", "five"]}})";
    simulator.set_scenario(Scenario().rule(rule));
  }

  void expect_end(const Ends& ends, const Result<Response>& result, bool streamed, const std::string& text = "") {
    if (ends.empty()) {
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(result->content(), whole_text);
      EXPECT_EQ(result->finish_reason(), FinishReason::stop);
      EXPECT_EQ(result->attempts().size(), simulator.requests().size()) << "one request per attempt";
      return;
    }
    const Error error = failure_of(result);
    EXPECT_NE(std::find(ends.begin(), ends.end(), error.kind()), ends.end()) << error.what();
    if (streamed) {
      const std::string arrived = error.partial() ? error.partial()->content() : "";
      EXPECT_TRUE(arrived == text) << "what was handed out is not what the error has";
    }
    EXPECT_FALSE(error.provider().empty());
    EXPECT_EQ(error.attempts().size(), simulator.requests().size()) << "one request per attempt";
  }

  void expect_stream(const Fault& fault, const Provider& provider) {
    SCOPED_TRACE("as a stream");
    set(fault);
    simulator.reset();
    std::string text;
    const Result<Response> result =
        provider.stream("Hi").for_each([&text](const Chunk& chunk) { text += chunk.content(); }).get_result();
    expect_end(fault.stream, result, true, text);
    if (!fault.stream.empty()) {
      EXPECT_EQ(!text.empty(), fault.arrives) << text;
    }
  }

  void expect_whole(const Fault& fault, const Provider& provider) {
    SCOPED_TRACE("as a whole");
    set(fault);
    simulator.reset();
    const Result<Response> result = provider.try_chat("Hi");
    expect_end(fault.whole, result, false);
  }

  /// The simulator has nothing left to say, or nobody to say it to.
  void expect_settled() {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (simulator.stats().requests_open > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(simulator.stats().requests_open, 0U) << "a call that has ended is still open there";
  }

  void expect_no_harm(const Provider& provider) {
    SCOPED_TRACE("the calls after it");
    simulator.set_scenario(Scenario().rule(R"({"answer": {"text": "fine"}})"));
    for (const Result<Response>& result : {provider.try_chat("Hi"), provider.stream("Hi").try_collect()}) {
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(result->content(), "fine");
    }
    EXPECT_EQ(simulator.requests().back().http_version, GetParam().http);
  }

  Simulator simulator;
  Engine engine;
};

TEST_P(Faults, EachEndsInItsStateAndLeavesNothingBehind) {
  for (const std::string protocol : {"openai", "ollama"}) {
    const Provider asked = provider(protocol);
    for (const Fault& fault : faults) {
      if (!applies(fault, protocol)) continue;
      SCOPED_TRACE(protocol + ": " + fault.name);
      expect_stream(fault, asked);
      expect_settled();
      expect_whole(fault, asked);
      expect_settled();
      expect_no_harm(asked);
    }
  }
}

TEST_P(Faults, BrokenUtf8InTheTextIsRepairedAndSaid) {
  for (const std::string protocol : {"openai", "ollama"}) {
    SCOPED_TRACE(protocol);
    simulator.set_scenario(Scenario().rule(R"({"answer": {"chunks": ["one ", "two"]},
                                               "fault": {"broken_utf8": {"event": 1, "field": "known"}}})"));
    const Response response = provider(protocol).stream("Hi").collect();
    EXPECT_NE(response.content().find("\xef\xbf\xbd"), std::string::npos) << response.content();
    ASSERT_EQ(response.warnings().size(), 1U);
  }
}

TEST_P(Faults, AKeptConnectionThatClosesOnTheNextRequestIsNotAskedTwice) {
  for (const bool streamed : {false, true}) {
    const Provider asked = provider("openai");
    const auto ask = [&] { return streamed ? asked.stream("Hi").try_collect() : asked.try_chat("Hi"); };
    simulator.set_scenario(Scenario().rule(R"({"times": 1, "fault": {"close_on_next_request": true}})"));
    simulator.reset();
    ASSERT_TRUE(ask());
    const Error error = failure_of(ask());
    EXPECT_EQ(error.kind(), ErrorKind::connection) << error.what();
    EXPECT_EQ(error.attempts().size(), 1U);
    EXPECT_EQ(simulator.requests().size(), 2U) << "one request per attempt";
    EXPECT_TRUE(ask());
    EXPECT_EQ(simulator.requests().size(), 3U);
  }
}

TEST_P(Faults, AConnectionThatWasClosedWhileNobodyUsedItCostsNothing) {
  for (const bool streamed : {false, true}) {
    const Provider asked = provider("openai");
    const auto ask = [&] { return streamed ? asked.stream("Hi").try_collect() : asked.try_chat("Hi"); };
    simulator.set_scenario(Scenario().rule(R"({"fault": {"close_idle": true}})"));
    simulator.reset();
    for (std::uint64_t i = 1; i <= 10; ++i) {
      const Result<Response> result = ask();
      ASSERT_TRUE(result) << result.error().what();
      EXPECT_EQ(result->attempts().size(), 1U);
      ASSERT_TRUE(simulator.wait_for(SimulatorEvent::close, i, 10s));
    }
    EXPECT_EQ(simulator.requests().size(), 10U);
  }
}

TEST_P(Faults, AnEventOf50MegabytesIsTakenOrRefusedByItsLimit) {
  simulator.set_scenario(Scenario().rule(R"({"answer": {"generate": {"chunks": 1, "chunk_bytes": 50000000}}})"));
  const Provider patient = create_provider(config("openai").timeouts(Timeouts()), ProviderOptions().engine(engine));
  for (const Error& error : {stream_failure(patient), chat_failure(patient)}) {
    EXPECT_EQ(error.kind(), ErrorKind::response_too_large) << error.what();
    EXPECT_EQ(error.where(), "max_response_bytes");
  }
  const Provider greedy = create_provider(config("openai").timeouts(Timeouts()).max_response_bytes(64 << 20),
                                          ProviderOptions().engine(engine));
  EXPECT_EQ(greedy.stream("Hi").collect().content().size(), 50'000'000U);
}

INSTANTIATE_TEST_SUITE_P(Ways, Faults,
                         testing::Values(Way{"Plain", false, HttpVersion::automatic, "1.1"},
                                         Way{"Tls", true, HttpVersion::http1, "1.1"},
                                         Way{"Http2", true, HttpVersion::automatic, "2"}),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace antiphon::test
