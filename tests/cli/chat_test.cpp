#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

TEST(Chat, TheAnswerIsAloneOnStandardOutput) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello", ", ", "world"]}})"));
  for (const Program& program :
       {chat(simulator, {"Hi"}), ollama_chat(simulator, {"Hi"}), chat(simulator, {"--no-stream", "Hi"}),
        ollama_chat(simulator, {"--no-stream", "Hi"})}) {
    const Ended ended = program.run();
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "Hello, world\n");
    EXPECT_EQ(ended.err, "");
  }
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(Parsed(requests[0].body).json("/stream"), "true");
  EXPECT_EQ(Parsed(requests[1].body).json("/stream"), "true");
  EXPECT_FALSE(contains(requests[2].body, "\"stream\":true"));
  EXPECT_EQ(Parsed(requests[3].body).json("/stream"), "false");
}

TEST(Chat, AnAnswerThatEndsItsLineGetsNoSecondEnd) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hello\n"]}})"));
  EXPECT_EQ(chat(simulator, {"Hi"}).run().out, "Hello\n");
}

TEST(Chat, PiecesAreShownAsTheyCome) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["first ", "second"]}, "timing": {"stop_after_chunks": 1}})"));
  Running running(chat(simulator, {"Hi"}));
  running.wait_for_output("first ");
}

TEST(Chat, JsonIsOneObject) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hel", "lo"]}})"));
  const Ended ended = chat(simulator, {"--json", "Hi"}).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  ASSERT_EQ(ended.out.find('\n'), ended.out.size() - 1);
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/terminal"), "finished");
  EXPECT_EQ(json.text("/finish_reason"), "stop");
  EXPECT_EQ(json.text("/text"), "Hello");
  EXPECT_GT(json.number("/usage/input_tokens"), 0);
  EXPECT_GT(json.number("/usage/output_tokens"), 0);
  EXPECT_EQ(json.text("/attempts/0/provider"), "openai");
  EXPECT_EQ(json.number("/attempts/0/status"), 200);
  EXPECT_FALSE(json.has("/attempts/1"));
  EXPECT_GE(json.number("/duration_ms"), json.number("/first_chunk_ms"));
}

TEST(Chat, AFailureIsOneLineAndStatusOne) {
  Simulator simulator(rule(R"({"status": 500, "error": {"message": "out of\u001b[2J\nluck", "code": "no_luck"}})"));
  const Ended ended = chat(simulator, {"Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err.rfind("error: server_error", 0), 0u) << ended.err;
  // The provider's words, without what would steer a terminal or make a second line.
  EXPECT_TRUE(contains(ended.err, "out of [2J luck"));
  EXPECT_TRUE(contains(ended.err, "no_luck"));
  EXPECT_TRUE(contains(ended.err, "500"));
  EXPECT_TRUE(contains(ended.err, "request id"));
  EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1);
}

TEST(Chat, AFailureHasItsJsonToo) {
  Simulator simulator(rule(R"({"status": 429, "error": {"message": "slow down"}, "headers": {"retry-after": "7"}})"));
  const Ended ended = chat(simulator, {"--json", "--max-attempts", "1", "Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "slow down"));
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/terminal"), "failed");
  EXPECT_EQ(json.text("/error/kind"), "rate_limited");
  EXPECT_EQ(json.number("/error/status"), 429);
  EXPECT_EQ(json.text("/error/provider_message"), "slow down");
  EXPECT_EQ(json.number("/error/retry_after_ms"), 7000);
}

TEST(Chat, ACutAnswerIsShownAndIsAFailure) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["Hel", "lo"]}, "fault": {"missing_finish": true,
                               "missing_done": true}})"));
  const Ended ended = chat(simulator, {"Hi"}).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "Hello\n");
  EXPECT_TRUE(contains(ended.err, "truncated"));
  const Ended as_json = chat(simulator, {"--json", "Hi"}).run();
  EXPECT_EQ(as_json.status, 1);
  EXPECT_EQ(Parsed(as_json.out).text("/terminal"), "failed");
  EXPECT_EQ(Parsed(as_json.out).text("/text"), "Hello");
}

TEST(Chat, PromptFromArgumentsAndInput) {
  Simulator simulator;
  EXPECT_EQ(chat(simulator, {"two", "words"}).run().status, 0);
  EXPECT_EQ(chat(simulator, {}).input("from a pipe\n").run().status, 0);
  EXPECT_EQ(chat(simulator, {"-"}).input("asked for").run().status, 0);
  EXPECT_EQ(chat(simulator, {"Summarise:"}).input("a\nb\n").run().status, 0);
  EXPECT_EQ(chat(simulator, {"nothing piped"}).input("").run().status, 0);
  EXPECT_EQ(chat(simulator, {"--", "-5", "--json"}).run().status, 0);
  EXPECT_EQ(chat(simulator, {"[1,2]", "models"}).run().status, 0);
  std::vector<std::string> prompts;
  for (const RecordedRequest& request : simulator.requests()) {
    prompts.push_back(Parsed(request.body).text("/messages/0/content"));
  }
  const std::vector<std::string> expected{"two words",     "from a pipe", "asked for",   "Summarise:\n\na\nb",
                                          "nothing piped", "-5 --json",   "[1,2] models"};
  EXPECT_EQ(prompts, expected);
}

TEST(Chat, FlagsReachTheRequest) {
  Simulator simulator;
  const Ended ended = ollama_chat(simulator, {"-s",
                                              "Be brief.",
                                              "--max-tokens",
                                              "7",
                                              "--temperature",
                                              "-0.0",
                                              "--seed",
                                              "-3",
                                              "--stop",
                                              "[a,b]",
                                              "--stop",
                                              "END",
                                              "-o",
                                              "num_ctx=8192",
                                              "-o",
                                              "keep_alive=5m",
                                              "-o",
                                              "mirostat=1",
                                              "--header",
                                              "X-Trace: one two ",
                                              "Hi"})
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 1u);
  Parsed body(requests[0].body);
  EXPECT_EQ(body.text("/messages/0/role"), "system");
  EXPECT_EQ(body.text("/messages/0/content"), "Be brief.");
  EXPECT_EQ(body.number("/options/num_predict"), 7);
  EXPECT_EQ(body.number("/options/temperature"), 0);
  EXPECT_EQ(body.number("/options/seed"), -3);
  EXPECT_EQ(body.json("/options/stop"), R"(["[a,b]","END"])");
  EXPECT_EQ(body.json("/options/num_ctx"), "8192");
  EXPECT_EQ(body.json("/keep_alive"), "\"5m\"");
  EXPECT_EQ(requests[0].header("x-trace"), "one two");
}

TEST(Chat, NamedOptionsAreJsonOrText) {
  Simulator simulator;
  const Ended ended = chat(simulator, {"-o", "a=1.50", "-o", "b=true", "-o", "c=null", "-o", R"(d={"x": [1]})", "-o",
                                       "e=maybe", "-o", R"(f="quoted")", "-o", "g=", "-o", "h=a=b", "Hi"})
                          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 1u);
  const std::string& body = requests[0].body;
  for (const char* member : {R"("a":1.50)", R"("b":true)", R"("c":null)", R"("d":{"x": [1]})", R"("e":"maybe")",
                             R"("f":"\"quoted\"")", R"("g":"")", R"("h":"a=b")"}) {
    EXPECT_TRUE(contains(body, member));
  }
}

TEST(Chat, AnEmptyValueIsAValue) {
  Simulator simulator;
  EXPECT_EQ(chat(simulator, {"--system=", "Hi"}).run().status, 0);
  ASSERT_EQ(simulator.requests().size(), 1u);
  EXPECT_EQ(Parsed(simulator.requests()[0].body).text("/messages/0/content"), "Hi");
}

TEST(Chat, ModelAndKeyComeFromTheEnvironment) {
  Simulator simulator(Scenario().api_key("a key of ours"));
  Program program({"chat", "--base-url", simulator.openai_base_url(), "--api-key-env", "MY_KEY", "Hi"});
  program.environment("ANTIPHON_MODEL", "openai/some/model").environment("MY_KEY", "a key of ours");
  EXPECT_EQ(program.run().status, 0);
  ASSERT_EQ(simulator.requests().size(), 1u);
  EXPECT_EQ(simulator.requests()[0].header("authorization"), "Bearer a key of ours");
  EXPECT_EQ(Parsed(simulator.requests()[0].body).text("/model"), "some/model");
  const Ended wrong = chat(simulator, {"Hi"}).environment("OPENAI_API_KEY", "another").run();
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(contains(wrong.err, "hint: the key is read from OPENAI_API_KEY"));
}

TEST(Chat, AttachmentsAreToldByTheirBytes) {
  Simulator simulator;
  const TemporaryDirectory directory;
  const std::string image = directory.file("photo.dat", "\x89PNG\r\n\x1a\nrest");
  const std::string sound = directory.file("voice.WAV", "RIFF....WAVEfmt ");
  const std::string paper = directory.file("paper.pdf", "%PDF-1.7");
  const std::string code = directory.file("main.cpp", "int main() {}\n");
  const Ended ended = chat(simulator, {"-a", image, "-a", sound, "-a", paper, "-a", code, "What is this?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  ASSERT_EQ(simulator.requests().size(), 1u);
  Parsed body(simulator.requests()[0].body);
  EXPECT_EQ(body.text("/messages/0/content/0/text"), "What is this?");
  EXPECT_EQ(body.text("/messages/0/content/1/image_url/url"), "data:image/png;base64,iVBORw0KGgpyZXN0");
  EXPECT_EQ(body.text("/messages/0/content/2/input_audio/format"), "wav");
  EXPECT_EQ(body.text("/messages/0/content/3/file/filename"), "paper.pdf");
  EXPECT_TRUE(contains(body.text("/messages/0/content/3/file/file_data"), "data:application/pdf;base64,"));
  EXPECT_EQ(body.text("/messages/0/content/4/text"), "File main.cpp:\n\nint main() {}\n");
}

TEST(Chat, ThinkingIsNoPartOfTheAnswer) {
  Simulator simulator(rule(R"({"answer": {"reasoning": ["Hmm"], "chunks": ["Yes"]}})"));
  const Ended quiet = chat(simulator, {"Hi"}).run();
  EXPECT_EQ(quiet.out, "Yes\n");
  EXPECT_EQ(quiet.err, "");
  const Ended verbose = chat(simulator, {"-v", "Hi"}).run();
  EXPECT_EQ(verbose.out, "Yes\n");
  // A line of its own, however the events of the call come between.
  EXPECT_TRUE(contains("\n" + verbose.err, "\nHmm\n"));
}

TEST(Chat, ARefusalIsAnAnswer) {
  Simulator simulator(rule(R"({"answer": {"text": [], "refusal": ["I will not."]}})"));
  EXPECT_EQ(chat(simulator, {"Hi"}).run().out, "I will not.\n");
  EXPECT_EQ(chat(simulator, {"--no-stream", "Hi"}).run().out, "I will not.\n");
}

TEST(Chat, WarningsAreOnStandardError) {
  Simulator simulator;
  const Ended ended = chat(simulator, {"--max-tokens", "1", "Tell me a long story"}).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_TRUE(contains(ended.err, "warning: max_tokens: the answer was cut"));
}

TEST(Chat, StatsAreOnStandardError) {
  Simulator simulator(rule(R"({"answer": {"chunks": ["a", "b"]}})"));
  const Ended ended = chat(simulator, {"--stats", "Hi"}).run();
  EXPECT_EQ(ended.out, "ab\n");
  for (const char* part : {"tokens in", " out", "first token after", "s in all", "tokens/s"}) {
    EXPECT_TRUE(contains(ended.err, part));
  }
  Simulator without(rule(R"({"answer": {"chunks": ["a"], "usage": null}})"));
  EXPECT_TRUE(contains(chat(without, {"--stats", "Hi"}).run().err, "? tokens in, ? out"));
}

TEST(Chat, VerboseTellsWhatHappens) {
  Simulator simulator;
  const Ended once = chat(simulator, {"-v", "Hi"}).run();
  EXPECT_TRUE(contains(once.err, "attempt.start provider=openai/m url=" + simulator.openai_base_url()));
  EXPECT_TRUE(contains(once.err, "attempt.end"));
  EXPECT_TRUE(contains(once.err, "status=200"));
  EXPECT_TRUE(contains(once.err, "duration_ms="));
  EXPECT_FALSE(contains(once.err, "> POST"));
  const Ended twice = chat(simulator, {"-vv", "Hi"}).run();
  EXPECT_TRUE(contains(twice.err, "> POST " + simulator.openai_base_url() + "/chat/completions"));
  EXPECT_TRUE(contains(twice.err, "> body of "));
  EXPECT_TRUE(contains(twice.err, "> Content-Type: application/json"));
}

TEST(Chat, DryRunSendsNothing) {
  Simulator simulator;
  const Program text = chat(simulator, {"--dry-run", "-s", "Be brief.", "Hi"}).environment("OPENAI_API_KEY", "planted");
  const Ended shown = text.run();
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.out.rfind("POST " + simulator.openai_base_url() + "/chat/completions\n", 0), 0u) << shown.out;
  EXPECT_TRUE(contains(shown.out, "uthorization: ***\n"));
  EXPECT_TRUE(contains(shown.out, "Be brief."));
  const Ended json = chat(simulator, {"--dry-run", "--json", "Hi"}).environment("OPENAI_API_KEY", "planted").run();
  EXPECT_EQ(json.status, 0);
  Parsed object(json.out);
  EXPECT_EQ(object.text("/method"), "POST");
  EXPECT_EQ(object.text("/body/messages/0/content"), "Hi");
  EXPECT_EQ(object.json("/warnings"), "[]");
  EXPECT_FALSE(contains(shown.out + shown.err + json.out + json.err, "planted"));
  EXPECT_TRUE(simulator.requests().empty());
}

}  // namespace
}  // namespace antiphon::cli_test
