// ANTIPHON_MODELS, and the same catalogue from many threads.

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <antiphon/provider.hpp>

#include "unit/catalogue/support.hpp"

namespace antiphon::catalogue_test {
namespace {

/// A file that the variable names; both are gone with the test.
class OwnModels {
 public:
  explicit OwnModels(const std::string& text)
      : path_(std::filesystem::temp_directory_path() / ("antiphon-models-" + std::to_string(::getpid()) + ".json")) {
    std::ofstream(path_) << text;
    ::setenv("ANTIPHON_MODELS", path_.c_str(), 1);
  }
  ~OwnModels() {
    ::unsetenv("ANTIPHON_MODELS");
    std::filesystem::remove(path_);
  }
  OwnModels(const OwnModels&) = delete;
  OwnModels& operator=(const OwnModels&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(OwnModelFile, AddsAndReplaces) {
  const OwnModels file(models(R"({"provider": "openai", "model": "gpt-4o", "context_window": 5},
                                 {"provider": "lab", "model": "m", "context_window": 6})"));
  const Catalogue catalogue;
  EXPECT_EQ(catalogue.find("openai", "gpt-4o")->context_window(), Count(5));
  EXPECT_EQ(catalogue.find("lab", "m")->context_window(), Count(6));
  EXPECT_EQ(catalogue.find("openai", "gpt-4o-mini")->context_window(), Count(128000));
  EXPECT_EQ(catalogue.rows().front().model(), "gpt-4o");
  EXPECT_FALSE(Catalogue(std::vector<ModelRow>()).find("lab", "m")) << "asks nobody but itself";
}

TEST(OwnModelFile, WhoseMistakesNameFileRowAndField) {
  const OwnModels file(models(R"({"provider": "lab", "model": "m", "context_window": "many"})"));
  const auto expect_named = [&](const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "models/0/context_window");
    EXPECT_EQ(error.message().find(file.path() + ": lab/m: "), 0U) << error.message();
  };
  try {
    const Catalogue catalogue;
    ADD_FAILURE();
  } catch (const Error& error) {
    expect_named(error);
  }
  try {
    create_provider(ModelConfig("m", providers::ollama));
    ADD_FAILURE() << "a provider knows the prices of its model";
  } catch (const Error& error) {
    expect_named(error);
  }
}

TEST(OwnModelFile, ThatCannotBeReadIsNamed) {
  ::setenv("ANTIPHON_MODELS", "/nowhere/models.json", 1);
  try {
    const Catalogue catalogue;
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_TRUE(has(error.message(), "/nowhere/models.json"));
  }
  ::setenv("ANTIPHON_MODELS", "", 1);
  EXPECT_NO_THROW(Catalogue());
  ::unsetenv("ANTIPHON_MODELS");
}

TEST(OwnModelFile, IsBounded) {
  const OwnModels file(models("") + std::string((16U << 20), ' '));
  try {
    const Catalogue catalogue;
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_TRUE(has(error.message(), "larger than 16 MiB")) << error.message();
  }
}

TEST(CatalogueThreads, ReadItAtTheSameTime) {
  std::vector<std::thread> threads;
  std::vector<int> found(4);
  for (int& count : found) {
    threads.emplace_back([&count] {
      const Catalogue catalogue;
      for (int i = 0; i < 200; ++i) {
        if (catalogue.find("anthropic", "claude-opus-4-1-20250805")->prices().of(Price::input) == Money("15")) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : found) EXPECT_EQ(count, 200);
}

}  // namespace
}  // namespace antiphon::catalogue_test
