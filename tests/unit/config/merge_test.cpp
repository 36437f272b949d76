// The user's file and the project's, put together.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

using namespace std::chrono_literals;

class Merge : public testing::Test {
 protected:
  Merge() {
    environment.unset("ANTIPHON_CONFIG");
    environment.set("XDG_CONFIG_HOME", home.path());
  }
  Config both(std::string_view of_user, std::string_view of_project) {
    home.write("antiphon/antiphon.toml", of_user);
    project.write("antiphon.toml", of_project);
    return load_config(ConfigOptions().directory(project.path()));
  }

  Environment environment;
  Folder home;
  Folder project;
};

TEST_F(Merge, TheProjectWinsKeyByKey) {
  const Config config = both(R"(
default_model = "fast"
[defaults]
retry = { max_attempts = 2, budget = 0.1 }
[models.fast]
provider = "openai"
model = "of the user"
base_url = "http://intranet/v1"
api_key_env = "INTRANET_KEY"
headers = { X-Team = "a", X-Keep = "k" }
options = { temperature = 0.1, max_tokens = 5, stop = ["a", "b"], own = { x = { a = 1 }, y = 2 }, with = { openai = { store = true, x = { a = 1 } } } }
[models]
mine = "ollama/mine"
)",
                             R"(
[defaults]
retry = { max_attempts = 5 }
[models.fast]
model = "of the project"
headers = { x-team = "b" }
options = { temperature = 0.9, stop = ["c"], own = { x = { b = 1 } }, with = { openai = { x = { b = 1 } } } }
[models]
ours = "ollama/ours"
)");
  EXPECT_EQ(config.default_model(), "fast");
  EXPECT_EQ(config.model_names(), (std::vector<std::string>{"fast", "mine", "ours"}));
  EXPECT_EQ(config.files(),
            (std::vector<std::string>{home.path("antiphon/antiphon.toml"), project.path("antiphon.toml")}));
  const ModelConfig fast = config.models("fast").front();
  EXPECT_EQ(fast.model(), "of the project");
  EXPECT_EQ(fast.base_url(), "http://intranet/v1");
  EXPECT_EQ(fast.api_key().variable(), "INTRANET_KEY");
  EXPECT_EQ(fast.headers(), (std::vector<std::pair<std::string, std::string>>{{"x-team", "b"}, {"X-Keep", "k"}}));
  EXPECT_EQ(fast.retry_config().max_attempts(), 5);
  EXPECT_EQ(fast.retry_config().budget(), 0.1);
  EXPECT_EQ(fast.options()->temperature(), 0.9);
  EXPECT_EQ(fast.options()->max_tokens(), 5);
  EXPECT_EQ(fast.options()->stop(), std::vector<std::string>{"c"}) << "a list is one value";
  EXPECT_EQ(fast.options()->named_options()[0].second, Json(R"({"b":1})")) << "so is an option of a provider";
  EXPECT_EQ(fast.options()->named_options()[1].second, Json("2"));
  EXPECT_EQ(fast.options()->own_options().front(),
            OwnOptions("openai").set("store", true).set("x", Json(R"({"b":1})")));
}

TEST_F(Merge, ASchemaIsOneValue) {
  const Config config = both(R"(
[models.m]
provider = "ollama"
model = "x"
options = { response_format = { type = "object", required = ["a"] }, extra = { a = 1 } }
)",
                             R"(
[models.m.options]
response_format = { type = "array" }
extra = { b = 1 }
)");
  EXPECT_EQ(config.models("m").front().options()->response_format()->schema()->schema().text(), R"({"type":"array"})");
  EXPECT_EQ(config.models("m").front().options()->extras().front().text(), R"({"b":1})");
}

TEST_F(Merge, AnotherProviderTakesNothingFromTheUsersModel) {
  const Config config = both(R"(
[models.fast]
provider = "openai"
model = "x"
base_url = "http://intranet/v1"
api_key_env = "INTRANET_KEY"
)",
                             R"(
[models.fast]
provider = "ollama"
model = "y"
)");
  const ModelConfig fast = config.models("fast").front();
  EXPECT_EQ(fast.provider(), ProviderId("ollama"));
  EXPECT_EQ(fast.base_url(), "");
  EXPECT_TRUE(fast.api_key().empty());
}

TEST_F(Merge, AChainAndAModelOfOneNameDoNotMix) {
  const Config chain =
      both("[models]\nfast = \"openai/x\"\nlocal = \"ollama/l\"", "[models.fast]\nfallback = [\"local\"]");
  EXPECT_TRUE(chain.create_provider("fast").core()->settings.fallback);
  const Config model = both("[models.fast]\nfallback = [\"ollama/x\"]\nhedge = {}", "[models]\nfast = \"ollama/y\"");
  EXPECT_FALSE(model.create_provider("fast").core()->settings.fallback);
  const Config more = both("[models.fast]\nfallback = [\"ollama/x\", \"ollama/y\"]\nmax_wait = \"1s\"",
                           "[models.fast]\nfallback = [\"ollama/z\"]\nhedge = {}");
  const Provider provider = more.create_provider("fast");
  EXPECT_EQ(provider.core()->links.size(), 1U);
  EXPECT_EQ(provider.core()->settings.fallback->max_wait(), 1s);
  EXPECT_TRUE(provider.core()->settings.fallback->hedge());
}

TEST_F(Merge, AMistakeIsNamedInItsOwnFile) {
  try {
    both("[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\nretry = { initial_delay = \"1s\" }",
         "[models.m.retry]\nmax_delay = \"1ms\"");
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.message().starts_with(project.path("antiphon.toml") + ":2:13: ")) << error.message();
  }
  try {
    both("[models.m]\nprovider = \"ollama\"\nmodel = 1", "[models.m]\nretry = {}");
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.message().starts_with(home.path("antiphon/antiphon.toml") + ":3:9: ")) << error.message();
  }
}

TEST_F(Merge, ChainsMayNameModelsOfTheOtherFile) {
  const Config config =
      both("[models]\nmine = \"ollama/mine\"", "[models.all]\nfallback = [\"mine\", \"ollama/ours\"]");
  EXPECT_EQ(config.models("all").front().model(), "mine");
}

}  // namespace
}  // namespace antiphon::config_test
