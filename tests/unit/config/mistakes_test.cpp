// Whatever is wrong in a file is named with its line, its column and its key.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

struct Mistake {
  std::string settings;  ///< of a model, from line 4 on
  std::string place;
  std::string where;
  std::string words;

  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.settings; }
};

class InAModel : public testing::TestWithParam<Mistake> {};

TEST_P(InAModel, IsNamed) {
  const Mistake& mistake = GetParam();
  expect_refused("[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\n" + mistake.settings, mistake.place, mistake.where,
                 mistake.words);
}

INSTANTIATE_TEST_SUITE_P(
    UnknownKeys, InAModel,
    testing::Values(
        Mistake{"modle = \"x\"", "4:1", "models.m.modle", "unknown key modle; did you mean \"model\"?"},
        Mistake{"  retry = { max_atempts = 2 }", "4:13", "models.m.retry.max_atempts",
                "did you mean \"max_attempts\"?"},
        Mistake{"retry = { MaxAttempts = 2 }", "4:11", "models.m.retry.MaxAttempts", "did you mean \"max_attempts\"?"},
        Mistake{"max_attempts = 2", "4:1", "models.m.max_attempts", "did you mean \"retry.max_attempts\"?"},
        Mistake{"temperature = 2", "4:1", "models.m.temperature", "did you mean \"options.temperature\"?"},
        Mistake{"\n[models.m.limits]\nrequests_per_hour = 1", "6:1", "models.m.limits.requests_per_hour",
                "did you mean \"requests_per_minute\"?"},
        Mistake{"timeouts = { conect = \"1s\" }", "4:14", "models.m.timeouts.conect", "did you mean \"connect\"?"},
        Mistake{"tls = { bananas = 1 }", "4:9", "models.m.tls.bananas",
                "the keys here are: ca_file, client_certificate, client_key, verify"},
        Mistake{"options = { num_ctx = 1 }", "4:13", "models.m.options.num_ctx", "stands in own, such as own.num_ctx"},
        Mistake{"options = { temprature = 1 }", "4:13", "models.m.options.temprature", "did you mean \"temperature\"?"},
        Mistake{"options = { tools = [{ name = \"t\", params = {} }] }", "4:36", "models.m.options.tools[0].params",
                "the keys here are: name, description, parameters, strict, with"},
        Mistake{"\"odd key\\n\" = 1", "4:1", "models.m.\"odd key?\"", "unknown key \"odd key?\""},
        Mistake{"strategy = \"ordered\"", "4:1", "models.m.strategy", "unknown key strategy"}));

INSTANTIATE_TEST_SUITE_P(
    WrongTypes, InAModel,
    testing::Values(
        Mistake{"base_url = 1", "4:12", "models.m.base_url", "expected a text"},
        Mistake{"base_url = \"\"", "4:12", "models.m.base_url", "must not be empty"},
        Mistake{"headers = \"a: b\"", "4:11", "models.m.headers", "expected a table"},
        Mistake{"headers = { a = 1 }", "4:17", "models.m.headers.a", "{ env = \"NAME\" }"},
        Mistake{"headers = { a = { env = \"A\", b = 1 } }", "4:13", "models.m.headers.a", "nothing beside env"},
        Mistake{"proxy = 1", "4:9", "models.m.proxy", "expected a text"},
        Mistake{"timeouts = \"2s\"", "4:12", "models.m.timeouts", "expected a table"},
        Mistake{"timeouts = { connect = 2 }", "4:24", "models.m.timeouts.connect",
                "a duration in quotes, such as \"2s\""},
        Mistake{"timeouts = { connect = \"soon\" }", "4:24", "models.m.timeouts.connect", "a duration"},
        Mistake{"options = { fetch_urls = \"yes\" }", "4:26", "models.m.options.fetch_urls", "expected a table"},
        Mistake{"options = { fetch_urls = { timeout = \"0s\" } }", "4:38", "models.m.options.fetch_urls.timeout",
                "longer than zero"},
        Mistake{"options = { fetch_urls = { max_bytes = 0 } }", "4:40", "models.m.options.fetch_urls.max_bytes",
                "at least 1"},
        Mistake{"options = { fetch_urls = { max_redirects = -1 } }", "4:44",
                "models.m.options.fetch_urls.max_redirects", "at least 0"},
        Mistake{"tls = { verify = \"no\" }", "4:18", "models.m.tls.verify", "true or false"},
        Mistake{"tls = { ca_file = \"\" }", "4:19", "models.m.tls.ca_file", "must not be empty"},
        Mistake{"max_response_bytes = 1.5", "4:22", "models.m.max_response_bytes", "a whole number"},
        Mistake{"retry = []", "4:9", "models.m.retry", "expected a table"},
        Mistake{"retry = { max_attempts = 2.5 }", "4:26", "models.m.retry.max_attempts", "a whole number"},
        Mistake{"retry = { backoff_factor = \"2\" }", "4:28", "models.m.retry.backoff_factor", "expected a number"},
        Mistake{"retry = { retry_on = \"timeout\" }", "4:22", "models.m.retry.retry_on", "expected a list"},
        Mistake{"retry = { retry_on = [1] }", "4:23", "models.m.retry.retry_on[0]", "expected a text"},
        Mistake{"limits = { max_concurrent = true }", "4:29", "models.m.limits.max_concurrent", "a whole number"},
        Mistake{"options = { temperature = \"hot\" }", "4:27", "models.m.options.temperature", "must be a number"},
        Mistake{"options = { stop = [\"a\", 1] }", "4:20", "models.m.options.stop", "must be a string"},
        Mistake{"options = { metadata = { a = 1 } }", "4:13", "models.m.options.metadata", "must be a string"},
        Mistake{"options = { tools = [1] }", "4:22", "models.m.options.tools[0]", "expected a table"},
        Mistake{"options = { own = 1 }", "4:19", "models.m.options.own", "expected a table"},
        Mistake{"options = { own = { a = 2024-01-01 } }", "4:25", "models.m.options.own.a", "JSON has no form"},
        Mistake{"options = { own = { a = [nan] } }", "4:26", "models.m.options.own.a[0]", "JSON has no form"},
        Mistake{"options = { extra = \"{\" }", "4:21", "models.m.options.extra", "not valid JSON"},
        Mistake{"options = { extra = \"[]\" }", "4:21", "models.m.options.extra", "must be a JSON object"},
        Mistake{"options = { extra = 1 }", "4:21", "models.m.options.extra", "expected a table"}));

INSTANTIATE_TEST_SUITE_P(
    OutOfRange, InAModel,
    testing::Values(
        Mistake{"base_url = \"example.org\"", "4:12", "models.m.base_url", "does not begin with http://"},
        Mistake{"headers = { \"a b\" = \"c\" }", "4:1", "models.m.headers", "not a header name"},
        Mistake{"credentials = \"aws\"", "4:15", "models.m.credentials", "expected a table"},
        Mistake{"credentials = {}", "4:1", "models.m.credentials", "expected one of aws, google, azure"},
        Mistake{"credentials = { aws = {}, google = {} }", "4:1", "models.m.credentials", "expected one of aws"},
        Mistake{"credentials = { awz = {} }", "4:17", "models.m.credentials.awz", "did you mean \"aws\"?"},
        Mistake{"credentials = { aws = { regoin = \"x\" } }", "4:25", "models.m.credentials.aws.regoin",
                "did you mean \"region\"?"},
        Mistake{"credentials = { aws = { region = \"\" } }", "4:34", "models.m.credentials.aws.region", "empty"},
        Mistake{"credentials = { azure = { api_key_env = \"a-b\" } }", "4:41", "models.m.credentials.azure.api_key_env",
                "name of an environment variable"},
        Mistake{"api_key_env = \"K\"\ncredentials = { aws = {} }", "4:1", "models.m.api_key_env",
                "no effect beside credentials"},
        Mistake{"http_version = \"http3\"", "4:16", "models.m.http_version", "expected one of automatic, http1"},
        Mistake{"max_response_bytes = 0", "4:22", "models.m.max_response_bytes", "at least 1"},
        Mistake{"timeouts = { idle = \"0s\" }", "4:21", "models.m.timeouts.idle", "\"off\" switches it off"},
        Mistake{"timeouts = { idle = \"-1s\" }", "4:21", "models.m.timeouts.idle", "a duration"},
        Mistake{"timeouts = { idle = \"99999h\" }", "4:21", "models.m.timeouts.idle", "a duration"},
        Mistake{"retry = { max_attempts = 0 }", "4:26", "models.m.retry.max_attempts", "at least 1"},
        Mistake{"retry = { max_attempts = 9999999999 }", "4:26", "models.m.retry.max_attempts", "too large"},
        Mistake{"retry = { initial_delay = \"0s\" }", "4:27", "models.m.retry.initial_delay", "longer than zero"},
        Mistake{"retry = { initial_delay = \"1.5ms\" }", "4:27", "models.m.retry.initial_delay", "whole milliseconds"},
        Mistake{"retry = { backoff_factor = 0.5 }", "4:28", "models.m.retry.backoff_factor", "at least 1"},
        Mistake{"retry = { backoff_factor = inf }", "4:28", "models.m.retry.backoff_factor", "at least 1"},
        Mistake{"retry = { max_delay = \"1ms\" }", "4:23", "models.m.retry.max_delay", "shorter than initial_delay"},
        Mistake{"retry = { initial_delay = \"9s\" }", "4:1", "models.m.retry.max_delay", "shorter than initial_delay"},
        Mistake{"retry = { budget = 2 }", "4:20", "models.m.retry.budget", "from 0 to 1"},
        Mistake{"retry = { retry_on = [\"timeuot\"] }", "4:23", "models.m.retry.retry_on[0]",
                "did you mean \"timeout\"?"},
        Mistake{"retry = { retry_on = [\"cancelled\"] }", "4:22", "models.m.retry.retry_on", "cannot be tried again"},
        Mistake{"limits = { max_concurrent = 0 }", "4:29", "models.m.limits.max_concurrent", "at least 1"},
        Mistake{"limits = { requests_per_minute = -1 }", "4:34", "models.m.limits.requests_per_minute", "at least 1"},
        Mistake{"limits = { tokens_per_minute = 0 }", "4:32", "models.m.limits.tokens_per_minute", "at least 1"},
        Mistake{"options = { temperature = -1 }", "4:27", "models.m.options.temperature", "at least 0"},
        Mistake{"options = { top_p = 1.5 }", "4:21", "models.m.options.top_p", "from 0 to 1"},
        Mistake{"options = { max_tokens = 0 }", "4:26", "models.m.options.max_tokens", "at least 1"},
        Mistake{"options = { logprobs = 21 }", "4:24", "models.m.options.logprobs", "20"},
        Mistake{"options = { tool_choice = \"maybe\" }", "4:27", "models.m.options.tool_choice", "\"required\""},
        Mistake{"options = { tool_choice = { name = \"t\", x = 1 } }", "4:13", "models.m.options.tool_choice",
                "nothing beside name"},
        Mistake{"options = { tools = [{ description = \"d\" }] }", "4:22", "models.m.options.tools[0]",
                "name is missing"},
        Mistake{"options = { tools = [{ provider = \"openai\" }] }", "4:22", "models.m.options.tools[0]",
                "provider and definition"},
        Mistake{"options = { tools = [{ provider = \"openai\", definition = {}, name = \"n\" }] }", "4:22",
                "models.m.options.tools[0]", "and nothing else"},
        Mistake{"options = { with = { ollama = 1 } }", "4:31", "models.m.options.with.ollama", "expected a table"},
        Mistake{"options = { patches = { a = 1 } }", "4:25", "models.m.options.patches.a", "expected a JSON pointer"},
        Mistake{"options = { continue_with = \"other\" }", "4:29", "models.m.options.continue_with",
                "expected one of none, same, next"},
        Mistake{"options = { deadline = \"0s\" }", "4:24", "models.m.options.deadline", "longer than zero"},
        Mistake{"options = { headers = { \"a b\" = \"c\" } }", "4:13", "models.m.options.headers", "not a header name"},
        Mistake{"options = { response_format = \"xml\" }", "4:31", "models.m.options.response_format", "\"json\""},
        Mistake{"options = { own = { temperature = 1 } }", "4:21", "models.m.options.own.temperature",
                "stands in options itself"}));

struct Whole {
  std::string text;
  std::string place;
  std::string where;
  std::string words;

  friend void PrintTo(const Whole& mistake, std::ostream* out) { *out << mistake.text; }
};

class InAFile : public testing::TestWithParam<Whole> {};

TEST_P(InAFile, IsNamed) { expect_refused(GetParam().text, GetParam().place, GetParam().where, GetParam().words); }

INSTANTIATE_TEST_SUITE_P(
    Mistakes, InAFile,
    testing::Values(
        Whole{"a = ", "1:5", "config", "value"}, Whole{"[models\n", "1:8", "config", ""},
        Whole{"models = {}\nmodels = {}", "2:10", "config", "redefine"},
        Whole{"x = \"\xff\"", "1:5", "config", "utf-8"},
        Whole{"model = \"openai/x\"", "1:1", "model", "did you mean \"models\"?"},
        Whole{"[retry]\nmax_attempts = 2", "1:2", "retry", "did you mean \"defaults.retry\"?"},
        Whole{"models = 1", "1:10", "models", "expected a table"}, Whole{"defaults = 1", "1:12", "defaults", "table"},
        Whole{"default_model = 1", "1:17", "default_model", "text"},
        Whole{"[models]\nm = 1", "2:5", "models.m", "PROVIDER/MODEL"},
        Whole{"[models]\nm = \"fast\"", "2:5", "models.m", "PROVIDER/MODEL"},
        Whole{"[models]\nm = \"nobody/x\"", "2:5", "models.m.provider", "unknown provider \"nobody\""},
        Whole{"[models]\nm = \"ollama/\"", "2:5", "models.m.model", "must not be empty"},
        Whole{"[models]\n\"a b\" = \"ollama/x\"", "2:1", "models.\"a b\"", "letters"},
        Whole{"[models]\n\"a/b\" = \"ollama/x\"", "2:1", "models.a/b", "letters"},
        Whole{"[models]\n\"\" = \"ollama/x\"", "2:1", "models.\"\"", "letters"},
        Whole{"[models.m]\nmodel = \"x\"", "1:9", "models.m", "provider is missing"},
        Whole{"[models.m]\nprovider = \"ollama\"", "1:9", "models.m", "model is missing"},
        Whole{"[models.m]\nprovider = \"opanai\"\nmodel = \"x\"", "2:12", "models.m.provider", "known are"},
        Whole{"[models.gpt-4.1]\nprovider = \"openai\"\nmodel = \"x\"", "1:15", "models.gpt-4.1", "unknown key 1"},
        Whole{"default_model = \"fsat\"\n[models]\nfast = \"ollama/x\"", "1:17", "default_model",
              "did you mean \"fast\"?"},
        Whole{"default_model = \"nobody/x\"", "1:17", "default_model", "nobody"},
        Whole{"[defaults]\nbase_url = \"http://h\"", "2:1", "defaults.base_url", "unknown key base_url"},
        Whole{"[defaults]\nretry = { max_attempts = 0 }", "2:26", "defaults.retry.max_attempts", "at least 1"},
        Whole{"[defaults.options]\ntop_p = 7", "2:9", "defaults.options.top_p", "from 0 to 1"},
        Whole{"[defaults]\nlimits = { max_concurrent = 0 }\n[models]\nm = \"ollama/x\"", "2:29",
              "defaults.limits.max_concurrent", "at least 1"}));

INSTANTIATE_TEST_SUITE_P(
    Chains, InAFile,
    testing::Values(
        Whole{"[models.c]\nfallback = []", "2:12", "models.c.fallback", "empty"},
        Whole{"[models.c]\nfallback = \"a\"", "2:12", "models.c.fallback", "list"},
        Whole{"[models.c]\nfallback = [1]", "2:13", "models.c.fallback[0]", "text"},
        Whole{"[models.c]\nfallback = [\"\"]", "2:13", "models.c.fallback[0]", "empty"},
        Whole{"[models.c]\nfallback = [{ weight = 1 }]", "2:13", "models.c.fallback[0]", "model is missing"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\nbase_url = \"http://h\"", "3:1", "models.c.base_url",
              "no connection of its own"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\nhegde = {}", "3:1", "models.c.hegde", "did you mean \"hedge\"?"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", wieght = 1 }]", "2:35", "models.c.fallback[0].wieght",
              "did you mean \"weight\"?"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", weight = -1 }]", "2:44", "models.c.fallback[0].weight",
              "at least 0"},
        Whole{"[models.c]\nfallback = [\"ollama/x\", { model = \"ollama/y\", leave_on = [\"cancelled\"] }]", "2:58",
              "models.c.fallback[1].leave_on", "cannot be tried elsewhere"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", first_content_within = \"0s\" }]", "2:58",
              "models.c.fallback[0].first_content_within", "longer than zero"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", price = { input = 1 } }]", "2:35",
              "models.c.fallback[0].price", "output is missing"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", price = { input = 1, output = -1 } }]", "2:35",
              "models.c.fallback[0].price", "at least 0"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", context_window = 0 }]", "2:52",
              "models.c.fallback[0].context_window", "at least 1"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\nstrategy = \"random\"", "3:12", "models.c.strategy",
              "expected one of ordered, weighted, lowest_latency, cheapest"},
        Whole{"[models.c]\nfallback = [{ model = \"ollama/x\", weight = 0 }]\nstrategy = \"weighted\"", "2:12",
              "models.c.fallback", "all weights are 0"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\nmax_wait = \"-1s\"", "3:12", "models.c.max_wait", "duration"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\ncircuit_breaker = { failures = 0 }", "3:32",
              "models.c.circuit_breaker.failures", "at least 1"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\ncircuit_breaker = { rest = \"0s\" }", "3:28",
              "models.c.circuit_breaker.rest", "longer than zero"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\ncircuit_breaker = { max_rest = \"1s\" }", "3:32",
              "models.c.circuit_breaker.max_rest", "shorter than rest"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\nhedge = { delay = \"0s\" }", "3:19", "models.c.hedge.delay",
              "longer than zero"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\nhedge = true", "3:9", "models.c.hedge", "table"},
        Whole{"[models.c]\nfallback = [\"ollama/x\"]\noptions = { top_p = 2 }", "3:21", "models.c.options.top_p",
              "from 0 to 1"}));

TEST(Mistakes, EveryPrefixOfAFileIsReadOrRefused) {
  const std::string text = R"(
default_model = "all" # a comment
[models.m]
provider = "ollama"
model = 'x'
headers = { "X-\u00e4" = """
text""" }
options = { stop = ["a", "b"], own = { n = 1.5e3 } }
[models.all]
fallback = ["m", { model = "ollama/y", weight = 2 }]
[defaults.retry]
max_delay = "1m30s"
)";
  int refusals = 0;
  for (std::size_t length = 0; length <= text.size(); ++length) {
    try {
      Config::parse(text.substr(0, length), "test.toml");
    } catch (const Error& error) {
      ++refusals;
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_TRUE(error.message().starts_with("test.toml:")) << error.message();
    }
  }
  EXPECT_GT(refusals, 100);
}

}  // namespace
}  // namespace antiphon::config_test
