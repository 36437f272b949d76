#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

constexpr const char* chat_request = R"({"model": "ignored", "temperature": 0.5, "max_tokens": 9, "top_k": 3,
  "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]})";

TEST(Encode, ShowsWhatAProviderWouldGet) {
  const Ended ended = Program({"encode", "-m", "ollama/llama", "--stream", "-"}).input(chat_request).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/method"), "POST");
  EXPECT_EQ(json.text("/url"), "http://localhost:11434/api/chat");
  EXPECT_EQ(json.text("/body/model"), "llama");
  EXPECT_EQ(json.json("/body/stream"), "true");
  EXPECT_EQ(json.number("/body/options/num_predict"), 9);
  EXPECT_EQ(json.text("/body/messages/1/content"), "Hi");
  EXPECT_TRUE(json.has("/headers"));
  EXPECT_TRUE(json.has("/warnings"));
}

TEST(Encode, ReadsAFileAndAsksWhereItIsTold) {
  const TemporaryDirectory directory;
  const Ended ended =
      Program({"encode", "--base-url", "http://example.org:81/api/v1", directory.file("request.json", chat_request)})
          .environment("ANTIPHON_MODEL", "openai/gpt")
          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/url"), "http://example.org:81/api/v1/chat/completions");
  EXPECT_EQ(json.text("/body/model"), "gpt");
  EXPECT_EQ(json.number("/body/temperature"), 0.5);
}

TEST(Encode, ABodyThatIsNoneIsWrongUsage) {
  expect_usage_error(Program({"encode", "-m", "ollama/m", "-"}).input("{"), {"error: invalid_request"});
  expect_usage_error(Program({"encode", "-m", "ollama/m", "-"}).input(R"({"messages": 1})"), {"messages"});
}

TEST(Encode, AnOptionThatIsNotUtf8IsNamed) {
  expect_usage_error(Program({"chat", "--dry-run", "-m", "ollama/m", "-o", "note=caf\xE9", "Hi"}),
                     {"note", "not UTF-8"});
}

constexpr const char* chat_stream =
    "data: {\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hé\"}}]}\n\n"
    "data: {\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"llo\"}}]}\n\n"
    "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";

TEST(Decode, ReadsAStreamHoweverItIsSplit) {
  const Ended whole = Program({"decode", "--protocol", "openai-chat", "--stream", "-"}).input(chat_stream).run();
  EXPECT_EQ(whole.status, 0) << whole.err;
  Parsed json(whole.out);
  EXPECT_EQ(json.text("/terminal"), "finished");
  EXPECT_EQ(json.text("/text"), "Héllo");
  EXPECT_EQ(json.text("/id"), "c1");
  for (const char* size : {"1", "2", "7", "1000"}) {
    const Ended split =
        Program({"decode", "--protocol", "openai-chat", "--stream", "--split", size, "-"}).input(chat_stream).run();
    EXPECT_EQ(split.out, whole.out);
  }
}

TEST(Decode, PrintsEventsOnLines) {
  const Ended ended =
      Program({"decode", "--protocol", "openai-chat", "--stream", "--events", "-"}).input(chat_stream).run();
  EXPECT_EQ(ended.status, 0);
  std::string text;
  std::size_t start = 0;
  for (std::size_t end; (end = ended.out.find('\n', start)) != std::string::npos; start = end + 1) {
    Parsed chunk(ended.out.substr(start, end - start));
    if (chunk.has("/text") && chunk.text("/kind") == "content") text += chunk.text("/text");
  }
  EXPECT_EQ(start, ended.out.size());
  EXPECT_EQ(text, "Héllo");
}

TEST(Decode, AFailureIsStatusOneAndJson) {
  const Ended cut = Program({"decode", "--protocol", "ollama", "--stream", "-"})
                        .input("{\"model\":\"m\",\"message\":{\"content\":\"Hal\"},\"done\":false}\n")
                        .run();
  EXPECT_EQ(cut.status, 1);
  EXPECT_EQ(Parsed(cut.out).text("/terminal"), "failed");
  EXPECT_EQ(Parsed(cut.out).text("/text"), "Hal");
  EXPECT_TRUE(contains(cut.err, "error: truncated"));
  const Ended refused =
      Program({"decode", "--protocol", "openai-chat", "--status", "429", "--header", "retry-after: 2", "-"})
          .input(R"({"error": {"message": "slow", "code": "rate_limit_exceeded"}})")
          .run();
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(Parsed(refused.out).text("/error/kind"), "rate_limited");
  EXPECT_EQ(Parsed(refused.out).number("/error/retry_after_ms"), 2000);
}

TEST(Decode, ReadsAFile) {
  const TemporaryDirectory directory;
  const std::string file = directory.file(
      "answer.json", R"({"model": "m", "message": {"role": "assistant", "content": "Hi"}, "done": true})");
  const Ended ended = Program({"decode", "--protocol", "ollama", file}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/text"), "Hi");
}

TEST(Offline, APipeNeedsNoFileAndJsonMayBeAskedFor) {
  const Ended encoded = Program({"encode", "-m", "ollama/llama", "--json"}).input(chat_request).run();
  EXPECT_EQ(encoded.status, 0) << encoded.err;
  EXPECT_EQ(Parsed(encoded.out).text("/body/model"), "llama");
  const Ended decoded = Program({"decode", "--protocol", "openai-chat", "--stream", "--json"}).input(chat_stream).run();
  EXPECT_EQ(decoded.status, 0) << decoded.err;
  EXPECT_EQ(Parsed(decoded.out).text("/text"), "Héllo");
}

TEST(Models, ListsThoseOfAProvider) {
  Simulator simulator(Scenario().model("first").model("second"));
  for (const auto& [provider, url] :
       {std::pair("openai", simulator.openai_base_url()), std::pair("ollama", simulator.ollama_base_url())}) {
    const Ended lines = Program({"models", provider, "--base-url", url}).run();
    EXPECT_EQ(lines.status, 0) << lines.err;
    EXPECT_EQ(lines.out, "first\nsecond\n");
    const Ended json = Program({"models", provider, "--base-url", url, "--json"}).run();
    EXPECT_EQ(Parsed(json.out).text("/1/id"), "second");
  }
}

TEST(Models, AListSaysWhatTheCatalogueKnows) {
  Simulator simulator(Scenario().model("gpt-4o-2024-08-06").model("first"));
  const Program list({"models", "openai", "--base-url", simulator.openai_base_url(), "--json"});
  Parsed json(list.run().out);
  EXPECT_EQ(json.text("/0/id"), "gpt-4o-2024-08-06");
  EXPECT_EQ(json.number("/0/context_window"), 128000);
  EXPECT_EQ(json.text("/0/catalogue/model"), "gpt-4o");
  EXPECT_EQ(json.json("/0/catalogue/prices/input"), "2.5");
  EXPECT_FALSE(json.text("/0/catalogue/source").empty());
  EXPECT_EQ(json.json("/1"), R"({"id":"first"})");
}

TEST(Models, ATerminalGetsATableAndAPipeNamesAlone) {
  Simulator simulator(Scenario().model("gpt-4o").model("first"));
  const Program list({"models", "openai", "--base-url", simulator.openai_base_url()});
  EXPECT_EQ(list.run().out, "gpt-4o\nfirst\n");
  OnTerminal terminal(list);
  terminal.wait_for("MODEL");
  terminal.wait_for("gpt-4o  128000  16384");
  terminal.wait_for("$2.5");
  terminal.wait_for("$10");
  terminal.wait_for("first");
  EXPECT_EQ(terminal.finish(), 0);
}

TEST(Models, TheCatalogueAsksNobody) {
  const Ended all = Program({"models", "--catalogue"}).run();
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_EQ(all.err, "");
  for (const char* word :
       {"MODEL", "openai/gpt-4o-mini", "anthropic/claude-haiku-4-5", "$0.15", "$0.075", "2026-09-23"}) {
    EXPECT_TRUE(contains(all.out, word));
  }
  const Ended one = Program({"models", "--catalogue", "anthropic"}).run();
  EXPECT_TRUE(contains(one.out, "anthropic/claude-haiku-4-5"));
  EXPECT_EQ(one.out.find("openai"), std::string::npos);
  EXPECT_EQ(Program({"models", "--catalogue", "openai-responses"}).run().out,
            Program({"models", "--catalogue", "openai"}).run().out);
}

TEST(Models, TheCatalogueAsJson) {
  const TemporaryDirectory directory;
  const std::string rows = directory.file("models.json", R"({"format": 1, "models": [
    {"provider": "azure", "model": "ours", "like": "openai/gpt-4o-mini", "note": "West Europe"}]})");
  Parsed json(Program({"models", "--catalogue", "azure", "--json"}).environment("ANTIPHON_MODELS", rows).run().out);
  EXPECT_EQ(json.text("/0/provider"), "azure");
  EXPECT_EQ(json.number("/0/context_window"), 128000);
  EXPECT_EQ(json.json("/0/prices/cached_input"), "0.075");
  EXPECT_EQ(json.json("/0/prices/per_1k_web_searches"), "10");
  EXPECT_EQ(json.text("/0/abilities/0"), "chat");
  EXPECT_EQ(json.text("/0/tokenizer"), "o200k_base");
  EXPECT_EQ(json.text("/0/note"), "West Europe");
  EXPECT_EQ(json.text("/0/row/like"), "openai/gpt-4o-mini");
  EXPECT_FALSE(json.has("/1"));
}

TEST(Models, WhatTheCatalogueDoesNotKnowIsSaid) {
  const Ended none = Program({"models", "--catalogue", "ollama"}).run();
  EXPECT_EQ(none.status, 0);
  EXPECT_EQ(none.out, "");
  EXPECT_TRUE(contains(none.err, "no model of ollama"));
  EXPECT_EQ(Program({"models", "--catalogue", "ollama", "--json"}).run().out, "[]\n");
  expect_usage_error(Program({"models", "--catalogue", "nobody"}), {"nobody", "openai"});
  expect_usage_error(Program({"models", "--catalogue", "openai", "--base-url", "http://x"}), {"--catalogue"});
  const TemporaryDirectory directory;
  const std::string rows = directory.file("models.json", R"({"format": 1, "models": [
    {"provider": "lab", "model": "m", "prices": {"input": -1}}]})");
  const Ended bad = Program({"models", "--catalogue"}).environment("ANTIPHON_MODELS", rows).run();
  EXPECT_EQ(bad.status, 2);
  for (const std::string& word : {rows, std::string("lab/m"), std::string("models/0/prices/input")}) {
    EXPECT_TRUE(contains(bad.err, word));
  }
}

TEST(Models, ListsTheProvidersWhenNoneIsGiven) {
  const Ended lines = Program({"models"}).run();
  EXPECT_EQ(lines.status, 0);
  EXPECT_TRUE(contains(lines.out, "openai\topenai-chat\thttps://api.openai.com/v1\tOPENAI_API_KEY\n"));
  EXPECT_TRUE(contains(lines.out, "ollama\tollama\thttp"));
  EXPECT_EQ(Parsed(Program({"models", "--json"}).run().out).text("/0/provider"), "openai");
}

}  // namespace
}  // namespace antiphon::cli_test
