// Secrets come from the environment, and stand in no file and no message.

#include <functional>

#include "support.hpp"

namespace antiphon::config_test {
namespace {

constexpr const char* secret = "sk-proj-4f9aSECRET";

Error refused_when_created(const Config& config, const std::string& name) {
  try {
    config.create_provider(name);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "created";
  return Error(ErrorKind::internal, "created");
}

TEST(Secrets, AKeyComesFromItsVariable) {
  Environment environment;
  environment.set("ANTIPHON_TEST_KEY", secret);
  environment.set("OPENAI_API_KEY", "another");
  const Config config = Config::parse(model_with("api_key_env = \"ANTIPHON_TEST_KEY\""));
  EXPECT_EQ(config.create_provider("m").core()->links.front().config.api_key().reveal(), secret);
  const Config none = Config::parse(model_with("api_key_env = \"\"\nbase_url = \"http://127.0.0.1:1\""));
  EXPECT_TRUE(none.create_provider("m").core()->links.front().config.api_key().empty());
}

TEST(Secrets, NoKeyMeansNone) {
  Environment environment;
  environment.set("OPENAI_API_KEY", secret);
  Network network(good_answer);
  const Config config = Config::parse(model_with("api_key_env = \"\"\nbase_url = \"http://127.0.0.1:1\""));
  ASSERT_TRUE(network.ask(config.create_provider("m", network.options())));
  EXPECT_FALSE(network.requests().front().headers.find("authorization"));
  const Config usual = Config::parse(model_with("base_url = \"http://127.0.0.1:1\""));
  ASSERT_TRUE(network.ask(usual.create_provider("m", network.options())));
  EXPECT_TRUE(network.requests().back().headers.find("authorization"));
}

TEST(Secrets, AMissingVariableIsNamedWhenTheProviderIsMade) {
  Environment environment;
  environment.unset("ANTIPHON_TEST_KEY");
  const Config config = Config::parse(model_with("api_key_env = \"ANTIPHON_TEST_KEY\""), "f.toml");
  const Error error = refused_when_created(config, "m");
  EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
  EXPECT_EQ(error.where(), "models.m.api_key_env");
  EXPECT_EQ(error.message(), "f.toml:4:15: the environment has no ANTIPHON_TEST_KEY");
}

TEST(Secrets, AMissingUsualKeyIsOne) {
  Environment environment;
  environment.unset("OPENAI_API_KEY");
  const Error error = refused_when_created(Config::parse(model_with(""), "f.toml"), "m");
  EXPECT_TRUE(has(error.message(), "f.toml:1:9: no key: set OPENAI_API_KEY")) << error.message();
}

TEST(Secrets, AKeyInThePlaceOfANameIsNotRepeated) {
  const Error error = refused(model_with("api_key_env = \"" + std::string(secret) + "\""));
  EXPECT_EQ(error.where(), "models.m.api_key_env");
  EXPECT_TRUE(has(error.message(), "name of an environment variable")) << error.message();
  EXPECT_FALSE(has(error.what(), secret));
  // One that could be a name.
  const Error later = refused_when_created(Config::parse(model_with("api_key_env = \"gsk_4f9aSECRET\"")), "m");
  EXPECT_TRUE(has(later.message(), "the environment has no such variable")) << later.message();
  EXPECT_FALSE(has(later.what(), "SECRET"));
}

TEST(Secrets, LiteralKeysAreRefused) {
  for (const char* key : {"api_key", "apikey", "api-key", "key", "token", "secret", "password", "access_token"}) {
    const Error error = refused(model_with(std::string(key) + " = \"" + secret + "\""));
    EXPECT_TRUE(error.message().starts_with("test.toml:4:1: a secret must not stand in a file")) << error.message();
    EXPECT_FALSE(has(error.what(), secret));
  }
  EXPECT_TRUE(has(refused("api_key = \"x\"").message(), "api_key_env"));
}

TEST(Secrets, HeadersThatOpenDoorsAreRefusedAsText) {
  for (const char* name : {"Authorization", "x-api-key", "X-Goog-Api-Key", "Cookie", "X-Auth-Token",
                           "Proxy-Authorization", "Ocp-Apim-Subscription-Key"}) {
    for (const char* form : {"headers = { %s = \"%s\" }", "options = { headers = { %s = \"%s\" } }"}) {
      char line[200];
      std::snprintf(line, sizeof line, form, name, secret);
      const Error error = refused(model_with(line));
      EXPECT_TRUE(has(error.message(), "a secret must not stand in a file")) << error.message();
      EXPECT_TRUE(has(error.where(), std::string("headers.") + name)) << error.where();
      EXPECT_FALSE(has(error.what(), secret));
    }
  }
  const Error query = refused(model_with("query = { key = \"" + std::string(secret) + "\" }"));
  EXPECT_TRUE(has(query.message(), "a secret must not stand in a file")) << query.message();
  EXPECT_FALSE(has(query.what(), secret));
  EXPECT_NO_THROW(Config::parse(model_with("headers = { Idempotency-Key = \"a\", X-Team = \"b\" }")));
}

TEST(Secrets, HeadersFromTheEnvironment) {
  Environment environment;
  environment.set("ANTIPHON_TEST_KEY", secret);
  environment.unset("ANTIPHON_TEST_OTHER");
  const std::string text = model_with(
      "headers = { X-Api-Key = { env = \"ANTIPHON_TEST_KEY\" } }\nbase_url = \"http://h\"\n"
      "options = { headers = { X-Auth-Token = { env = \"ANTIPHON_TEST_KEY\" } } }");
  const ModelConfig config = Config::parse(text).models("m").front();
  EXPECT_EQ(config.headers().front().second, secret);
  EXPECT_EQ(config.options()->headers().front().second, secret);

  const Config missing =
      Config::parse(model_with("headers = { X-Api-Key = { env = \"ANTIPHON_TEST_OTHER\" } }"), "f.toml");
  const Error error = refused_when_created(missing, "m");
  EXPECT_EQ(error.where(), "models.m.headers.X-Api-Key");
  EXPECT_TRUE(has(error.message(), "the environment has no ANTIPHON_TEST_OTHER")) << error.message();
}

TEST(Secrets, CredentialsOfClouds) {
  Environment environment;
  environment.set("ANTIPHON_TEST_KEY", secret);
  environment.set("AWS_REGION", "eu-west-1");
  const auto sent = [&](const std::string& credentials) {
    Network network(good_answer);
    const Config config = Config::parse(model_with("base_url = \"http://h/v1\"\ncredentials = " + credentials));
    EXPECT_TRUE(network.ask(config.create_provider("m", network.options())));
    return network.requests().front().headers;
  };
  EXPECT_EQ(*sent("{ azure = { api_key_env = \"ANTIPHON_TEST_KEY\" } }").find("api-key"), secret);
  const std::string bearer = "Bearer " + std::string(secret);
  EXPECT_EQ(*sent("{ azure = { entra_token_env = \"ANTIPHON_TEST_KEY\" } }").find("authorization"), bearer);
  EXPECT_EQ(*sent("{ aws = { bearer_token_env = \"ANTIPHON_TEST_KEY\" } }").find("authorization"), bearer);
  const HttpHeaders google =
      sent("{ google = { access_token_env = \"ANTIPHON_TEST_KEY\", quota_project = \"payer\" } }");
  EXPECT_EQ(*google.find("authorization"), bearer);
  EXPECT_EQ(*google.find("x-goog-user-project"), "payer");
}

TEST(Secrets, CredentialsAreSignedWithTheProfilesKeys) {
  Environment environment;
  Folder folder;
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK", "AWS_PROFILE"}) environment.unset(name);
  environment.set("AWS_SHARED_CREDENTIALS_FILE",
                  folder.write("credentials", "[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = s\n"));
  environment.set("AWS_CONFIG_FILE", folder.path("none"));
  Network network(good_answer);
  const Config config = Config::parse(
      model_with("base_url = \"http://h/v1\"\n"
                 "credentials = { aws = { profile = \"work\", region = \"us-east-9\", service = \"bedrock\" } }"));
  EXPECT_TRUE(network.ask(config.create_provider("m", network.options())));
  const std::string& header = *network.requests().front().headers.find("authorization");
  EXPECT_TRUE(has(header, "AKIDWORK/")) << header;
  EXPECT_TRUE(has(header, "/us-east-9/bedrock/aws4_request")) << header;
}

TEST(Secrets, MissingCredentialsAreNamedWhenTheProviderIsMade) {
  Environment environment;
  environment.unset("ANTIPHON_TEST_OTHER");
  for (const char* credentials : {"{ google = { file = \"missing.json\", scope = \"s\" } }",
                                  "{ azure = { api_key_env = \"ANTIPHON_TEST_OTHER\" } }"}) {
    const Error error =
        refused_when_created(Config::parse(model_with(std::string("credentials = ") + credentials)), "m");
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_TRUE(error.message().starts_with("antiphon.toml:4:")) << error.message();
  }
}

TEST(Secrets, AProxyWithAPassword) {
  Environment environment;
  environment.set("ANTIPHON_TEST_PROXY", "http://me:SECRET@proxy:3128");
  const Error error = refused(model_with("proxy = \"http://me:SECRET@proxy:3128\""));
  EXPECT_EQ(error.where(), "models.m.proxy");
  EXPECT_TRUE(has(error.message(), "a password must not stand in a file")) << error.message();
  EXPECT_FALSE(has(error.what(), "SECRET"));
  const Config config = Config::parse(model_with("proxy = { env = \"ANTIPHON_TEST_PROXY\" }"));
  EXPECT_EQ(config.models("m").front().proxy(), "http://me:SECRET@proxy:3128");
}

TEST(Secrets, AnAddressWithAPassword) {
  const Error error = refused(model_with("base_url = \"http://me:SECRET@host/v1\""));
  EXPECT_EQ(error.where(), "models.m.base_url");
  EXPECT_FALSE(has(error.what(), "SECRET"));
}

/// Rows of one's own, wrong, which the environment names.
class WrongRows {
 public:
  WrongRows(const char* variable, const char* text) : path_(folder_.write("rows.json", text)) {
    environment_.set(variable, path_);
  }
  /// The error is theirs, and not that of a key of the configuration.
  void expect_named_by(const std::function<void()>& call, const std::string& begin, const std::string& where) const {
    try {
      call();
      ADD_FAILURE() << begin;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.message().find(begin + ": " + path_ + ": "), 0U) << error.message();
      EXPECT_EQ(error.where(), where);
    }
  }

 private:
  Folder folder_;
  Environment environment_;
  std::string path_;
};

TEST(OwnRows, ThatAreWrongAreNoFaultOfTheFile) {
  const char* const files[] = {"models.m = \"ollama/x\"", "default_model = \"ollama/x\"",
                               "[defaults]\ntimeouts = { connect = \"1s\" }",
                               "[models.m]\nfallback = [\"ollama/x\", \"openai/y\"]"};
  const Config config = Config::parse(files[0]);
  const auto expect_named = [&](const WrongRows& rows, const std::string& variable, const std::string& where) {
    for (const char* file : files) rows.expect_named_by([&] { Config::parse(file); }, variable, where);
    rows.expect_named_by([&] { config.create_provider("m"); }, variable, where);
    rows.expect_named_by([&] { config.models("m"); }, variable, where);
  };
  {
    const WrongRows rows("ANTIPHON_MODELS",
                         R"({"format": 1, "models": [{"provider": "lab", "model": "m", "context_window": "many"}]})");
    expect_named(rows, "ANTIPHON_MODELS", "models/0/context_window");
  }
  {
    const WrongRows rows("ANTIPHON_PROVIDERS", R"({"format": 1, "providers": [{"name": "lab", "like": "nobody"}]})");
    expect_named(rows, "ANTIPHON_PROVIDERS", "providers/0/like");
  }
  EXPECT_NO_THROW(config.create_provider("m"));
}

TEST(Secrets, AWrongAddressInTheEnvironmentIsNoFaultOfTheFile) {
  Environment environment;
  environment.set("OPENAI_BASE_URL", "not an address");
  EXPECT_NO_THROW(Config::parse(model_with("")));
}

}  // namespace
}  // namespace antiphon::config_test
