#include <filesystem>

#include "cli/support.hpp"

namespace antiphon::cli_test {
namespace {

/// A model called `fast`, at the simulator.
std::string fast_at(const Simulator& simulator, const std::string& more = {}) {
  return "[models.fast]\nprovider = \"openai\"\nmodel = \"gpt-4o-mini\"\nbase_url = \"" + simulator.openai_base_url() +
         "\"\n" + more;
}

TEST(Config, ANameStandsForAModel) {
  Simulator simulator;
  const TemporaryDirectory folder;
  const std::string file =
      folder.file("c.toml", fast_at(simulator, "options = { temperature = 0.25, max_tokens = 50 }"));
  const Ended ended = Program({"chat", "--config", file, "-m", "fast", "--temperature", "0.75", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out, "");
  Parsed body(simulator.requests().at(0).body);
  EXPECT_EQ(body.text("/model"), "gpt-4o-mini");
  EXPECT_EQ(body.number("/temperature"), 0.75) << "flags win over the file";
  EXPECT_EQ(body.number("/max_tokens"), 50);
}

TEST(Config, TheUsersFileIsFoundAndNamesTheDefault) {
  Simulator simulator;
  const TemporaryDirectory folder;
  std::filesystem::create_directories(folder.path() + "/home/.config/antiphon");
  const std::string file =
      folder.file("home/.config/antiphon/antiphon.toml", "default_model = \"fast\"\n" + fast_at(simulator));
  const auto run = [&](std::vector<std::string> arguments) {
    return Program(std::move(arguments)).environment("HOME", folder.path() + "/home").run();
  };
  const Ended ended = run({"chat", "-v", "Hi"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(simulator.requests().at(0).body).text("/model"), "gpt-4o-mini");
  EXPECT_TRUE(contains(ended.err, "config.read file=" + file));
  EXPECT_EQ(run({"config", "path"}).out, file + "\n");

  const Ended without = run({"chat", "--no-config", "Hi"});
  EXPECT_EQ(without.status, 2);
  EXPECT_TRUE(contains(without.err, "no model"));
}

TEST(Config, TheProjectsFileIsFoundAboveTheCurrentFolder) {
  Simulator simulator;
  const TemporaryDirectory folder;
  std::filesystem::create_directories(folder.path() + "/deep/inside");
  folder.file("antiphon.toml", fast_at(simulator));
  const Program program = Program::shell("cd " + folder.path() + "/deep/inside && \"$ANTIPHON\" chat -m fast Hi");
  const Ended ended = Program(program).environment("OPENAI_API_KEY", "sk-usual").run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(simulator.requests().at(0).header("authorization"), "") << "the usual key is for the usual address";

  folder.file("antiphon.toml",
              "[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nbase_url = \"http://evil.example\"");
  expect_usage_error(program, {"antiphon.toml:4:12", "models.fast.base_url", "--config"});
}

TEST(Config, TheEnvironmentNamesAFile) {
  Simulator simulator;
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", fast_at(simulator, "api_key_env = \"TEAM_KEY\""));
  Program program({"chat", "-m", "fast", "Hi"});
  program.environment("ANTIPHON_CONFIG", file).environment("TEAM_KEY", "sk-team");
  EXPECT_EQ(program.run().status, 0);
  EXPECT_EQ(simulator.requests().at(0).header("authorization"), "Bearer sk-team");
  program.environment("ANTIPHON_CONFIG", folder.path() + "/missing.toml");
  expect_usage_error(program, {"missing.toml", "no such file"});
}

TEST(Config, TheModelOfTheEnvironmentMayBeAName) {
  Simulator simulator;
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", "default_model = \"ollama/none\"\n" + fast_at(simulator));
  Program program({"chat", "--config", file, "Hi"});
  EXPECT_EQ(program.environment("ANTIPHON_MODEL", "fast").run().status, 0);
  EXPECT_EQ(simulator.requests().size(), 1U);
}

TEST(Config, AChainFallsBack) {
  Simulator down(rule(R"({"status": 503, "error": {"message": "down"}})"));
  Simulator up(rule(R"({"answer": {"text": "Here."}})"));
  const TemporaryDirectory folder;
  const std::string file =
      folder.file("c.toml", fast_at(down, "retry = { max_attempts = 2 }") +
                                "\n[models.local]\nprovider = \"ollama\"\nmodel = \"m\"\nbase_url = \"" +
                                up.ollama_base_url() + "\"\n[models.reliable]\nfallback = [\"fast\", \"local\"]\n");
  const Ended ended = Program({"chat", "--config", file, "-m", "reliable", "--json", "-v", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed json(ended.out);
  EXPECT_EQ(json.text("/text"), "Here.");
  EXPECT_EQ(json.text("/attempts/0/provider"), "openai");
  EXPECT_EQ(json.text("/attempts/1/error"), "overloaded");
  EXPECT_EQ(json.text("/attempts/2/provider"), "ollama");
  EXPECT_EQ(down.requests().size(), 2U);

  const auto flags = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"chat", "--config", file, "-m", "reliable", "Hi"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Program(std::move(arguments));
  };
  EXPECT_EQ(flags({"--max-attempts", "1", "--header", "X-A: b"}).run().status, 0);
  EXPECT_EQ(down.requests().size(), 3U) << "the flag wins over the file";
  EXPECT_EQ(down.requests().back().header("x-a"), "b");
  expect_usage_error(flags({"--base-url", "http://127.0.0.1:1"}), {"--base-url", "reliable", "chain"});
  expect_usage_error(flags({"--fallback", "local"}), {"--fallback", "reliable", "chain"});
}

TEST(Config, FlagsWinOverWhatAChainSays) {
  Simulator first(rule(R"({"timing": {"never_answer": true}})"));
  Simulator second(rule(R"({"answer": {"text": "Here."}})"));
  const TemporaryDirectory folder;
  const std::string file =
      folder.file("c.toml", fast_at(first) + "\n[models.local]\nprovider = \"ollama\"\nmodel = \"m\"\nbase_url = \"" +
                                second.ollama_base_url() + "\"\n[models.chain]\nfallback = [\"fast\", \"local\"]\n");
  const auto flags = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"chat", "--config", file, "-m", "chain", "--json", "Hi"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Program(std::move(arguments));
  };
  const Ended hedged = flags({"--hedge", "20ms"}).run();
  EXPECT_EQ(hedged.status, 0) << hedged.err;
  EXPECT_EQ(Parsed(hedged.out).text("/attempts/0/error"), "cancelled");
  const Ended silent = flags({"--first-content-within", "50ms"}).run();
  EXPECT_EQ(Parsed(silent.out).text("/attempts/0/error"), "timeout") << silent.err;

  first.set_scenario(rule(R"({"status": 429, "headers": {"Retry-After": "1"}, "error": {"message": "busy"}})"));
  const Ended impatient = flags({"--max-wait", "500ms"}).run();
  EXPECT_EQ(impatient.status, 0) << impatient.err;
  EXPECT_EQ(Parsed(impatient.out).text("/attempts/1/provider"), "ollama") << "at once";
  first.set_scenario(rule(R"({"status": 400, "error": {"message": "no"}})"));
  EXPECT_EQ(flags({}).run().status, 1);
  EXPECT_EQ(flags({"--leave-on", "invalid_request"}).run().status, 0);
  first.reset();
  EXPECT_EQ(flags({"--strategy", "weighted", "--weight", "0", "--weight", "1"}).run().status, 0);
  EXPECT_TRUE(first.requests().empty()) << "one weight for each model of the chain, in order";
  expect_usage_error(flags({"--weight", "1", "--weight", "1", "--weight", "1"}), {"--weight", "2 providers"});
  expect_usage_error(flags({"--strategy", "best"}), {"--strategy", "cheapest"});
}

TEST(Config, AFallbackMayBeAName) {
  Simulator down(rule(R"({"status": 503, "error": {"message": "down"}})"));
  Simulator up(rule(R"({"answer": {"text": "Here."}})"));
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", fast_at(up));
  const Ended ended = chat(down, {"--config", file, "--max-attempts", "1", "--fallback", "fast", "Hi"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, "Here.\n");
  const Ended elsewhere =
      chat(down, {"--config", file, "--max-attempts", "1", "--fallback", "fast@" + down.openai_base_url(), "Hi"}).run();
  EXPECT_EQ(elsewhere.status, 1) << elsewhere.out;
}

TEST(Config, DefaultsHoldForModelsThatNoFileNames) {
  Simulator simulator;
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", "[defaults]\noptions = { seed = 42 }");
  EXPECT_EQ(chat(simulator, {"--config", file, "Hi"}).run().status, 0);
  EXPECT_EQ(Parsed(simulator.requests().at(0).body).number("/seed"), 42);
}

TEST(Config, OtherCommandsTakeNamesToo) {
  Simulator simulator;
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", fast_at(simulator, "options = { seed = 7 }"));
  const std::string request =
      folder.file("request.json", R"({"model": "x", "messages": [{"role": "user", "content": "Hi"}]})");
  const Ended encoded = Program({"encode", "--config", file, "-m", "fast", request}).run();
  EXPECT_EQ(encoded.status, 0) << encoded.err;
  EXPECT_EQ(Parsed(encoded.out).number("/body/seed"), 7);
  EXPECT_EQ(Parsed(encoded.out).text("/body/model"), "gpt-4o-mini");
  const Ended models = Program({"models", "fast", "--config", file}).run();
  EXPECT_EQ(models.status, 0) << models.err;
  EXPECT_TRUE(contains(models.out, "gpt-4o-mini"));
  expect_usage_error(Program({"models", "fsat", "--config", file}), {"fsat", "openai"});
  const Ended dry = Program({"chat", "--config", file, "-m", "fast", "--dry-run", "Hi"}).run();
  EXPECT_TRUE(contains(dry.out, "\"seed\":7"));
}

TEST(Config, MistakesAreNamedAndExitWithTwo) {
  const TemporaryDirectory folder;
  const std::string file =
      folder.file("c.toml", "[models.fast]\nprovider = \"ollama\"\nmodel = \"m\"\nretry = { max_atempts = 2 }");
  for (const char* command : {"chat", "encode"}) {
    expect_usage_error(Program({command, "--config", file, "-m", "ollama/m", "-"}).input("{}"),
                       {file + ":4:11", "models.fast.retry.max_atempts", "did you mean \"max_attempts\"?"});
  }
  const std::string good = folder.file("good.toml", "[models]\nfast = \"ollama/m\"");
  expect_usage_error(Program({"chat", "--config", good, "-m", "fsat", "Hi"}), {"fsat", "did you mean \"fast\"?"});
  expect_usage_error(Program({"chat", "--config", good, "--no-config", "-m", "fast", "Hi"}), {"--no-config"});
  expect_usage_error(Program({"chat", "--config", folder.path() + "/none", "-m", "ollama/m", "Hi"}), {"none"});
}

TEST(Config, AMissingKeyIsNamedWithItsPlace) {
  Simulator simulator;
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", fast_at(simulator, "api_key_env = \"NOT_THERE\""));
  expect_usage_error(Program({"chat", "--config", file, "-m", "fast", "Hi"}),
                     {file + ":5:15", "NOT_THERE", "--api-key-env"});
}

TEST(ConfigCommand, ChecksAFile) {
  const TemporaryDirectory folder;
  const std::string good = folder.file("good.toml", "[models]\na = \"ollama/m\"\nb = \"openai/m\"");
  const std::string bad = folder.file("bad.toml", "[models]\na = 1");
  const Ended fine = Program({"config", "check", good}).run();
  EXPECT_EQ(fine.status, 0) << fine.err;
  EXPECT_EQ(fine.out, "ok, models: 2\n");
  EXPECT_EQ(Parsed(Program({"config", "check", good, "--json"}).run().out).json("/models"), "[\"a\",\"b\"]");
  const Ended wrong = Program({"config", "check", bad}).run();
  EXPECT_EQ(wrong.status, 1);
  EXPECT_EQ(wrong.out, "");
  EXPECT_TRUE(contains(wrong.err, bad + ":2:5"));
  EXPECT_EQ(Parsed(Program({"config", "check", bad, "--json"}).run().out).text("/error/where"), "models.a");
  const Ended piped = Program({"config", "check", "-"}).input("x = 1").run();
  EXPECT_EQ(piped.status, 1);
  EXPECT_TRUE(contains(piped.err, "standard input:1:1"));
  EXPECT_EQ(Program({"config", "check"}).environment("ANTIPHON_CONFIG", bad).run().status, 1);
  EXPECT_EQ(Program({"config", "check", folder.path() + "/none"}).run().status, 2);
}

TEST(ConfigCommand, ChecksNoFileForWhatRowsOfTheEnvironmentSay) {
  const TemporaryDirectory folder;
  const std::string good = folder.file("good.toml", "[models]\na = \"ollama/m\"");
  const std::string rows = folder.file("rows.json", R"({"format": 1, "models": [{"provider": "lab"}]})");
  const Ended ended = Program({"config", "check", good}).environment("ANTIPHON_MODELS", rows).run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(contains(ended.err, "at models/0/model: ANTIPHON_MODELS: " + rows));
  EXPECT_EQ(ended.err.find("good.toml"), std::string::npos) << ended.err;
}

TEST(ConfigCommand, ShowsModelsAndWhetherTheirKeysAreSet) {
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", R"(
default_model = "all"
[models]
cloud = "openai/gpt"
[models.local]
provider = "ollama"
model = "m"
base_url = "http://127.0.0.1:1"
[models.all]
fallback = ["cloud", "local"]
)");
  Program program({"config", "show", "--config", file});
  EXPECT_EQ(program.run().out,
            "cloud\n  openai/gpt, key from OPENAI_API_KEY (not set)\n"
            "local\n  ollama/m at http://127.0.0.1:1\n"
            "all (default)\n  openai/gpt, key from OPENAI_API_KEY (not set)\n  ollama/m at http://127.0.0.1:1\n");
  Program as_json({"config", "show", "--config", file, "--json"});
  Parsed json(as_json.environment("OPENAI_API_KEY", "sk-planted").run().out);
  EXPECT_EQ(json.text("/2/name"), "all");
  EXPECT_EQ(json.json("/2/default"), "true");
  EXPECT_EQ(json.json("/2/models/0"),
            R"({"provider":"openai","model":"gpt","key_variable":"OPENAI_API_KEY","key_set":true})");
  EXPECT_EQ(json.text("/1/models/0/base_url"), "http://127.0.0.1:1");
}

TEST(ConfigCommand, SaysWhatItTakes) {
  expect_usage_error(Program({"config"}), {"path, show or check"});
  expect_usage_error(Program({"config", "edit"}), {"path, show or check"});
  expect_usage_error(Program({"config", "show", "x"}), {"\"x\""});
  const Ended path = Program({"config", "path", "--no-config", "--json"}).run();
  EXPECT_EQ(path.status, 0);
  EXPECT_EQ(path.out, "[]\n");
}

TEST(ConfigCommand, NamesOfFilesAreShownWhateverTheirBytes) {
  const TemporaryDirectory folder;
  const std::string file = folder.file("caf\xE9 \xC3\xA9.toml", "");
  Program program({"config", "path", "--json"});
  const Ended ended = program.environment("ANTIPHON_CONFIG", file).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/0"), folder.path() + "/caf\xEF\xBF\xBD \xC3\xA9.toml");
}

}  // namespace
}  // namespace antiphon::cli_test
