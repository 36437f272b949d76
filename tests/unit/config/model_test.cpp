// Every key of a model, and what it does to the provider that is made.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

using namespace std::chrono_literals;

TEST(ModelKeys, ProviderAndModel) {
  const ModelConfig config = Config::parse(R"(
[models.m]
provider = "openai"
model = "gpt-4o"
)")
                                 .models("m")
                                 .front();
  EXPECT_EQ(config.provider(), ProviderId("openai"));
  EXPECT_EQ(config.model(), "gpt-4o");
}

TEST(ModelKeys, TheShortForm) {
  const Config config = Config::parse("[models]\nm = \"ollama/hf.co/a/b:Q4\"");
  EXPECT_EQ(config.models("m").front().provider(), ProviderId("ollama"));
  EXPECT_EQ(config.models("m").front().model(), "hf.co/a/b:Q4");
  EXPECT_EQ(config.create_provider("m").name(), "ollama/hf.co/a/b:Q4");
}

TEST(ModelKeys, WhatIsNotSetIsTheLibrarysDefault) {
  const ModelConfig config = model("");
  const ModelConfig plain("x", "ollama");
  EXPECT_EQ(config.base_url(), "");
  EXPECT_TRUE(config.api_key().empty());
  EXPECT_FALSE(config.api_key().is_none());
  EXPECT_TRUE(config.headers().empty());
  EXPECT_FALSE(config.proxy());
  EXPECT_EQ(config.retry_config(), plain.retry_config());
  EXPECT_EQ(config.limits(), plain.limits());
  EXPECT_EQ(config.tls(), plain.tls());
  EXPECT_EQ(config.http_version(), HttpVersion::automatic);
  EXPECT_EQ(config.max_response_bytes(), plain.max_response_bytes());
  EXPECT_FALSE(config.timeouts().connect());
  EXPECT_FALSE(config.options());
}

TEST(ModelKeys, Connection) {
  const ModelConfig config = model(R"(
base_url = "http://10.0.0.1:8080/v1"
api_key_env = "SOME_KEY"
headers = { X-Team = "search" }
query = { api-version = "2024" }
proxy = ""
http_version = "http1"
max_response_bytes = 1000
)");
  EXPECT_EQ(config.base_url(), "http://10.0.0.1:8080/v1");
  EXPECT_EQ(config.api_key().variable(), "SOME_KEY");
  ASSERT_EQ(config.headers().size(), 1U);
  EXPECT_EQ(config.headers()[0], std::pair(std::string("X-Team"), std::string("search")));
  EXPECT_EQ(config.query_fields(), (std::vector<std::pair<std::string, std::string>>{{"api-version", "2024"}}));
  EXPECT_EQ(config.proxy(), "");
  EXPECT_EQ(config.http_version(), HttpVersion::http1);
  EXPECT_EQ(config.max_response_bytes(), 1000U);
}

TEST(ModelKeys, AnEmptyNameOfAVariableMeansNoKey) { EXPECT_TRUE(model(R"(api_key_env = "")").api_key().is_none()); }

TEST(ModelKeys, Timeouts) {
  const Timeouts timeouts = model(R"(
timeouts = { connect = "250ms", first_content = "1m30s", idle = "2s", between_chunks = "1.5s", total = "off" }
)")
                                .timeouts();
  EXPECT_EQ(timeouts.connect(), 250ms);
  EXPECT_EQ(timeouts.first_content(), 90s);
  EXPECT_EQ(timeouts.idle(), 2s);
  EXPECT_EQ(timeouts.between_chunks(), 1500ms);
  EXPECT_EQ(timeouts.total(), Timeouts::off());
}

TEST(ModelKeys, TlsWithPathsBesideTheFile) {
  Folder folder;
  const std::string file = folder.write("antiphon.toml", R"(
[models.m]
provider = "ollama"
model = "x"
tls = { ca_file = "keys/ca.pem", client_certificate = "/etc/me.pem", client_key = "me.key", verify = false }
)");
  const TlsOptions tls = Config::from_file(file).models("m").front().tls();
  EXPECT_EQ(tls.ca_file(), folder.path("keys/ca.pem"));
  EXPECT_EQ(tls.client_certificate(), "/etc/me.pem");
  EXPECT_EQ(tls.client_key(), folder.path("me.key"));
  EXPECT_FALSE(tls.verify());
}

TEST(ModelKeys, Retry) {
  const RetryConfig retry = model(R"(
[models.m.retry]
max_attempts = 5
initial_delay = "1s"
backoff_factor = 3
max_delay = "20s"
max_retry_after = "0s"
deadline = "40s"
budget = 0.5
retry_on = ["not_found", "permission"]
never_on = ["timeout", "permission"]
)")
                                .retry_config();
  EXPECT_EQ(retry.max_attempts(), 5);
  EXPECT_EQ(retry.initial_delay(), 1s);
  EXPECT_EQ(retry.backoff_factor(), 3);
  EXPECT_EQ(retry.max_delay(), 20s);
  EXPECT_EQ(retry.max_retry_after(), 0s);
  EXPECT_EQ(retry.deadline(), 40s);
  EXPECT_EQ(retry.budget(), 0.5);
  EXPECT_TRUE(retry.kinds().contains(ErrorKind::not_found));
  EXPECT_FALSE(retry.kinds().contains(ErrorKind::timeout));
  EXPECT_FALSE(retry.kinds().contains(ErrorKind::permission)) << "never_on is the stronger one";
  EXPECT_TRUE(retry.kinds().contains(ErrorKind::rate_limited)) << "the others stay";
}

TEST(ModelKeys, Limits) {
  const Limits limits =
      model("limits = { max_concurrent = 8, requests_per_minute = 60, tokens_per_minute = 2_000 }").limits();
  EXPECT_EQ(limits.max_concurrent(), 8);
  EXPECT_EQ(limits.requests_per_minute(), 60);
  EXPECT_EQ(limits.tokens_per_minute(), 2000);
}

TEST(ModelKeys, AllOfThemReachTheProvider) {
  const Config config = Config::parse(R"(
[models.m]
provider = "openai"
model = "x"
base_url = "http://127.0.0.1:1/v1"
timeouts = { idle = "3s" }
retry = { max_attempts = 7 }
limits = { max_concurrent = 2 }
options = { temperature = 0.5 }
)");
  const Provider provider = config.create_provider("m");
  ASSERT_EQ(provider.core()->links.size(), 1U);
  const pipeline::Link& link = provider.core()->links.front();
  EXPECT_EQ(link.name, "openai/x");
  EXPECT_EQ(link.target.base_url, "http://127.0.0.1:1/v1");
  EXPECT_EQ(link.config.timeouts().idle(), 3s);
  EXPECT_EQ(link.config.retry_config().max_attempts(), 7);
  EXPECT_EQ(link.config.limits().max_concurrent(), 2);
  ASSERT_TRUE(provider.core()->settings.options);
  EXPECT_EQ(provider.core()->settings.options->temperature(), 0.5);
}

TEST(Names, AreThoseOfTheFileInItsOrder) {
  const Config config = Config::parse(R"(
default_model = "a-2"
[models]
zebra = "ollama/x"
a-2 = "ollama/y"
"gpt-4.1" = "openai/gpt-4.1"
)");
  EXPECT_EQ(config.model_names(), (std::vector<std::string>{"zebra", "a-2", "gpt-4.1"}));
  EXPECT_EQ(config.default_model(), "a-2");
  EXPECT_TRUE(config.has_model("gpt-4.1"));
  EXPECT_FALSE(config.has_model("gpt"));
}

TEST(Names, AnUnknownOneIsAnErrorWithWhatWasMeant) {
  const Config config = Config::parse("[models]\nfast = \"ollama/x\"\nlocal = \"ollama/y\"");
  try {
    config.create_provider("fats");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "model");
    EXPECT_TRUE(has(error.message(), "\"fats\"; did you mean \"fast\"?")) << error.message();
  }
  try {
    config.models("something else");
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(has(error.message(), "fast, local")) << error.message();
    EXPECT_TRUE(has(error.message(), "PROVIDER/MODEL")) << error.message();
  }
  EXPECT_THROW(Config::none().create_provider("fast"), Error);
}

TEST(ShortForms, NeedNoFileAndHaveTheDefaults) {
  EXPECT_EQ(Config::none().create_provider("ollama/x").name(), "ollama/x");
  const Config config = Config::parse("[defaults]\nretry = { max_attempts = 9 }\noptions = { seed = 1 }");
  const Provider provider = config.create_provider("ollama/x");
  EXPECT_EQ(provider.core()->links.front().config.retry_config().max_attempts(), 9);
  EXPECT_EQ(provider.core()->settings.options->seed(), 1);
  try {
    config.create_provider("nobody/x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "provider");
    EXPECT_TRUE(has(error.message(), "nobody")) << error.message();
  }
}

TEST(Defaults, HoldForEveryModelKeyByKey) {
  const Config config = Config::parse(R"(
[defaults]
proxy = "http://proxy:3128"
http_version = "http1"
max_response_bytes = 5
timeouts = { connect = "1s", total = "10s" }
tls = { verify = false }
retry = { max_attempts = 2, budget = 0.1 }
limits = { max_concurrent = 4 }
options = { temperature = 0.3, own = { num_ctx = 1, top = 2 } }

[models.a]
provider = "ollama"
model = "x"
retry = { max_attempts = 6 }
timeouts = { total = "20s" }
options = { max_tokens = 5, own = { num_ctx = 7 } }

[models]
b = "ollama/y"
)");
  const ModelConfig a = config.models("a").front();
  EXPECT_EQ(a.proxy(), "http://proxy:3128");
  EXPECT_EQ(a.http_version(), HttpVersion::http1);
  EXPECT_EQ(a.max_response_bytes(), 5U);
  EXPECT_EQ(a.timeouts().connect(), 1s);
  EXPECT_EQ(a.timeouts().total(), 20s);
  EXPECT_FALSE(a.tls().verify());
  EXPECT_EQ(a.retry_config().max_attempts(), 6);
  EXPECT_EQ(a.retry_config().budget(), 0.1);
  EXPECT_EQ(a.limits().max_concurrent(), 4);
  EXPECT_EQ(a.options()->temperature(), 0.3);
  EXPECT_EQ(a.options()->max_tokens(), 5);
  ASSERT_EQ(a.options()->named_options().size(), 2U);
  EXPECT_EQ(a.options()->named_options()[0].second, Json("7"));
  EXPECT_EQ(config.models("b").front().retry_config().max_attempts(), 2);
}

TEST(Change, ComesAfterTheFile) {
  const Config config = Config::parse(R"(
[models]
one = "openai/a"
[models.both]
fallback = ["one", "ollama/b"]
)");
  std::vector<std::string> seen;
  const Provider provider = config.create_provider("both", ProviderOptions(), [&](ModelConfig& model) {
    seen.push_back(model.model());
    model.api_key("from a vault").header("x-seen", "yes");
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
  for (const pipeline::Link& link : provider.core()->links) {
    EXPECT_EQ(link.config.api_key().reveal(), "from a vault");
    EXPECT_EQ(link.config.headers().front().first, "x-seen");
  }
}

}  // namespace
}  // namespace antiphon::config_test
