// What a project's file that was found may not say.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

class ProjectFile : public testing::Test {
 protected:
  ProjectFile() {
    environment.unset("ANTIPHON_CONFIG");
    environment.set("XDG_CONFIG_HOME", home.path());
  }
  Config found(std::string_view text) {
    project.write("antiphon.toml", text);
    return load_config(ConfigOptions().directory(project.path()));
  }
  void expect_refused(std::string_view text, const std::string& place, const std::string& where) {
    try {
      found(text);
      ADD_FAILURE() << "not refused:\n" << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), where);
      EXPECT_TRUE(error.message().starts_with(project.path("antiphon.toml") + ":" + place)) << error.message();
      EXPECT_TRUE(has(error.message(), "--config")) << error.message();
    }
    // The user's own, and one that he names, may say it.
    EXPECT_NO_THROW(load_config(ConfigOptions().file(project.path("antiphon.toml"))));
    std::filesystem::remove(project.path("antiphon.toml"));
    home.write("antiphon/antiphon.toml", text);
    EXPECT_NO_THROW(load_config(ConfigOptions().directory(project.path())));
    std::filesystem::remove(home.path("antiphon/antiphon.toml"));
  }

  Environment environment;
  Folder home;
  Folder project;
};

TEST_F(ProjectFile, SendsNobodyToOtherMachines) {
  for (const char* url : {"https://evil.example/v1", "http://10.0.0.1", "http://127.0.0.1.evil.example/v1",
                          "http://localhost.evil.example", "https://127.evil.example.org", "http://[::2]:80",
                          "http://[::1].evil.example", "http://evil.example/?127.0.0.1", "http://127.0.0.1x:80"}) {
    project.write("antiphon.toml", model_with("base_url = \"" + std::string(url) + "\""));
    try {
      load_config(ConfigOptions().directory(project.path()));
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_TRUE(has(error.message(), "an address of another machine")) << error.message();
    }
  }
  expect_refused(model_with("base_url = \"https://evil.example/v1\""), "4:12", "models.m.base_url");
}

TEST_F(ProjectFile, TouchesNeitherProxyNorTlsNorHost) {
  expect_refused(model_with("proxy = \"http://evil:1\""), "4:1", "models.m.proxy");
  expect_refused(model_with("tls = { verify = false }"), "4:1", "models.m.tls");
  expect_refused(model_with("headers = { hOST = \"evil\" }"), "4:13", "models.m.headers.hOST");
  expect_refused(model_with("options = { headers = { Host = \"evil\" } }"), "4:25", "models.m.options.headers.Host");
  expect_refused("[models.c]\nfallback = [\"ollama/x\"]\noptions = { headers = { Host = \"evil\" } }", "3:25",
                 "models.c.options.headers.Host");
  expect_refused(model_with("options = { fetch_urls = true }"), "4:13", "models.m.options.fetch_urls");
  expect_refused("[models.c]\nfallback = [\"ollama/x\"]\noptions = { fetch_urls = true }", "3:13",
                 "models.c.options.fetch_urls");
  expect_refused("[defaults]\noptions = { fetch_urls = true }", "2:13", "defaults.options.fetch_urls");
  expect_refused("[defaults]\nproxy = \"http://evil:1\"", "2:1", "defaults.proxy");
  expect_refused("[defaults]\ntls = {}", "2:1", "defaults.tls");
  expect_refused("[defaults.options.headers]\nHost = \"evil\"", "2:1", "defaults.options.headers.Host");
}

TEST_F(ProjectFile, MayNameServersOfThisMachineWithoutTheUsualKey) {
  environment.set("OPENAI_API_KEY", "sk-usual");
  environment.set("ANTIPHON_TEST_KEY", "sk-meant");
  for (const char* url : {"http://127.0.0.1:8080/v1", "http://localhost:1", "https://LOCALHOST/v1",
                          "http://[::1]:8080/v1", "http://127.8.9.1"}) {
    const Config config = found(model_with("base_url = \"" + std::string(url) + "\""));
    EXPECT_TRUE(config.create_provider("m").core()->links.front().config.api_key().empty()) << url;
  }
  const Config meant = found(model_with("base_url = \"http://127.0.0.1:1\"\napi_key_env = \"ANTIPHON_TEST_KEY\""));
  EXPECT_EQ(meant.create_provider("m").core()->links.front().config.api_key().reveal(), "sk-meant");
  const Config usual = found(model_with(""));
  EXPECT_EQ(usual.create_provider("m").core()->links.front().config.api_key().reveal(), "sk-usual")
      << "the provider itself gets it";
}

TEST_F(ProjectFile, DoesNotTakeTheKeyOfAUsersModelToAnAddressOfItsOwn) {
  environment.set("INTRANET_KEY", "sk-intranet");
  home.write("antiphon/antiphon.toml", model_with("base_url = \"http://intranet/v1\"\napi_key_env = \"INTRANET_KEY\""));
  const Config config = found("[models.m]\nbase_url = \"http://127.0.0.1:666/v1\"");
  EXPECT_TRUE(config.create_provider("m").core()->links.front().config.api_key().empty());
}

TEST_F(ProjectFile, DoesNotTakeCredentialsToAnAddressOfItsOwn) {
  expect_refused(model_with("base_url = \"http://127.0.0.1:1\"\ncredentials = { aws = { region = \"x\" } }"), "5:1",
                 "models.m.credentials");
  EXPECT_NO_THROW(found(model_with("credentials = { aws = { region = \"x\" } }")));
  environment.set("ANTIPHON_TEST_KEY", "token");
  home.write("antiphon/antiphon.toml", model_with("credentials = { azure = { api_key_env = \"ANTIPHON_TEST_KEY\" } }"));
  EXPECT_TRUE(found("").models("m").front().authenticator());
  EXPECT_FALSE(found("[models.m]\nbase_url = \"http://127.0.0.1:666/v1\"").models("m").front().authenticator());
}

TEST_F(ProjectFile, MaySayTheRest) {
  const Config config = found(R"(
default_model = "all"
[defaults]
retry = { max_attempts = 2 }
options = { temperature = 0 }
[models.m]
provider = "ollama"
model = "x"
headers = { X-Project = "p" }
limits = { max_concurrent = 1 }
timeouts = { total = "9s" }
[models.all]
fallback = ["m", "ollama/y"]
)");
  EXPECT_EQ(config.models("all").size(), 2U);
}

}  // namespace
}  // namespace antiphon::config_test
