// Which files are read.

#include <sys/stat.h>
#include <unistd.h>

#include "support.hpp"

namespace antiphon::config_test {
namespace {

constexpr std::string_view one_model = "[models]\nhere = \"ollama/x\"";

class Load : public testing::Test {
 protected:
  Load() {
    environment.unset("ANTIPHON_CONFIG");
    environment.unset("XDG_CONFIG_HOME");
    environment.set("HOME", folder.path("home"));
    std::filesystem::create_directories(folder.path("project/deep/inside"));
  }
  Config load_at(const std::string& directory) const {
    return load_config(ConfigOptions().directory(folder.path(directory)));
  }

  Environment environment;
  Folder folder;
};

TEST_F(Load, NoFileIsNoError) {
  const Config config = load_at("project");
  EXPECT_TRUE(config.files().empty());
  EXPECT_TRUE(config.notes().empty());
  EXPECT_TRUE(config.model_names().empty());
  EXPECT_EQ(config.default_model(), "");
}

TEST_F(Load, TheUsersFileIsInTheHomeFolder) {
  const std::string path = folder.write("home/.config/antiphon/antiphon.toml", one_model);
  EXPECT_EQ(load_at("project").files(), std::vector<std::string>{path});
  EXPECT_TRUE(load_config(ConfigOptions().user_file(false).directory(folder.path("project"))).files().empty());
}

TEST_F(Load, OrWhereXdgSays) {
  folder.write("home/.config/antiphon/antiphon.toml", "not read, and not TOML");
  const std::string path = folder.write("xdg/antiphon/antiphon.toml", one_model);
  environment.set("XDG_CONFIG_HOME", folder.path("xdg"));
  EXPECT_EQ(load_at("project").files(), std::vector<std::string>{path});
}

TEST_F(Load, ARelativeXdgFolderIsNone) {
  const std::string path = folder.write("home/.config/antiphon/antiphon.toml", one_model);
  environment.set("XDG_CONFIG_HOME", "relative");
  EXPECT_EQ(load_at("project").files(), std::vector<std::string>{path});
  environment.unset("HOME");
  EXPECT_TRUE(load_at("project").files().empty());
}

TEST_F(Load, TheProjectsFileIsTheNearestAbove) {
  const std::string outer = folder.write("project/antiphon.toml", one_model);
  EXPECT_EQ(load_at("project").files(), std::vector<std::string>{outer});
  EXPECT_EQ(load_at("project/deep/inside").files(), std::vector<std::string>{outer});
  EXPECT_EQ(load_at("project/deep/../deep/./inside/").files(), std::vector<std::string>{outer});
  const std::string inner = folder.write("project/deep/antiphon.toml", one_model);
  EXPECT_EQ(load_at("project/deep/inside").files(), std::vector<std::string>{inner});
  EXPECT_TRUE(load_config(ConfigOptions().project_file(false).directory(folder.path("project"))).files().empty());
}

TEST_F(Load, TheCurrentFolderIsWhereTheSearchBegins) {
  const std::string path = folder.write("project/antiphon.toml", one_model);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path("project/deep"));
  const Config config = load_config();
  const Provider provider = create_provider("here");
  std::filesystem::current_path(before);
  EXPECT_EQ(config.files(), std::vector<std::string>{path});
  EXPECT_EQ(provider.name(), "ollama/x");
}

TEST_F(Load, TheUsersFileIsNoProjectsFile) {
  const std::string path = folder.write("home/.config/antiphon/antiphon.toml",
                                        "[models.m]\nprovider = \"openai\"\nmodel = \"x\"\nbase_url = \"https://far\"");
  EXPECT_EQ(load_at("home/.config/antiphon").files(), std::vector<std::string>{path});
}

TEST_F(Load, ANamedFileIsReadAlone) {
  folder.write("home/.config/antiphon/antiphon.toml", "not read, and not TOML");
  folder.write("project/antiphon.toml", "not read, and not TOML");
  const std::string path = folder.write("other.toml", one_model);
  const ConfigOptions options = ConfigOptions().directory(folder.path("project"));
  EXPECT_EQ(load_config(ConfigOptions(options).file(path)).files(), std::vector<std::string>{path});
  environment.set("ANTIPHON_CONFIG", path);
  EXPECT_EQ(load_config(options).files(), std::vector<std::string>{path});
  EXPECT_EQ(create_provider("here").name(), "ollama/x");
  EXPECT_EQ(load_config(ConfigOptions(options).file(folder.write("third.toml", ""))).files().front(),
            folder.path("third.toml"))
      << "the option wins over the environment";
}

TEST_F(Load, AnEmptyVariableNamesNothing) {
  environment.set("ANTIPHON_CONFIG", "");
  const std::string path = folder.write("project/antiphon.toml", one_model);
  EXPECT_EQ(load_at("project").files(), std::vector<std::string>{path});
}

TEST_F(Load, ANamedFileMustBeThere) {
  for (const std::string& path : {folder.path("missing.toml"), folder.path("project"), std::string()}) {
    try {
      Config::from_file(path);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), "config");
      EXPECT_TRUE(error.message().starts_with(path + ": ")) << error.message();
    }
  }
  environment.set("ANTIPHON_CONFIG", folder.path("missing.toml"));
  EXPECT_THROW(load_config(), Error);
}

TEST_F(Load, ShortFormsReadNoFile) {
  environment.set("ANTIPHON_CONFIG", folder.path("missing.toml"));
  EXPECT_EQ(create_provider("ollama/x").name(), "ollama/x");
  EXPECT_THROW(create_provider("x"), Error);
}

TEST_F(Load, APipeInTheWayHoldsNobodyUp) {
  ASSERT_EQ(mkfifo(folder.path("project/antiphon.toml").c_str(), 0600), 0);
  const Config config = load_at("project");
  EXPECT_TRUE(config.files().empty());
  ASSERT_EQ(config.notes().size(), 1U);
  EXPECT_TRUE(has(config.notes()[0], "is not a file")) << config.notes()[0];
  EXPECT_THROW(Config::from_file(folder.path("project/antiphon.toml")), Error);
}

TEST_F(Load, AFileOfAnotherUserIsNotRead) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string path = folder.write("project/antiphon.toml", one_model);
  ASSERT_EQ(chown(path.c_str(), 12345, 12345), 0);
  const Config config = load_at("project/deep");
  EXPECT_TRUE(config.files().empty());
  ASSERT_EQ(config.notes().size(), 1U);
  EXPECT_TRUE(has(config.notes()[0], path + ": was not read, because it belongs to another user"));
  EXPECT_EQ(Config::from_file(path).files().size(), 1U) << "unless it is named";
}

TEST_F(Load, ALargeFileIsNotReadToItsEnd) {
  const std::string path = folder.write("project/antiphon.toml", std::string(300 * 1024, '#'));
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);
  EXPECT_THROW(load_at("project"), Error);
}

TEST(CreateProvider, TakesAConfigToo) {
  const Config config = Config::parse(one_model);
  EXPECT_EQ(create_provider("here", config).name(), "ollama/x");
  EXPECT_EQ(create_provider("ollama/y", config, ProviderOptions()).name(), "ollama/y");
  EXPECT_EQ(create_provider("ollama/y", {}).name(), "ollama/y") << "settings that are left empty name no overload";
  Config copy = Config::none();
  EXPECT_FALSE(copy.has_model("here"));
  copy = config;
  EXPECT_TRUE(copy.has_model("here"));
}

}  // namespace
}  // namespace antiphon::config_test
