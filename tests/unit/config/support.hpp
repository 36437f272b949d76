#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/codec.hpp>

#include "chat/provider_core.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::config_test {

/// What a file with this text is refused with. A first line that is empty is left out, so that the test counts from
/// where it begins.
inline Error refused(std::string_view text) {
  if (text.starts_with('\n')) text.remove_prefix(1);
  try {
    Config::parse(text, "test.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    return error;
  }
  ADD_FAILURE() << "not refused:\n" << text;
  return Error(ErrorKind::internal, "not refused");
}

/// The error stands at `place` (`3:7`), is about `where`, and says `words`.
inline void expect_refused(std::string_view text, const std::string& place, const std::string& where,
                           const std::string& words) {
  const Error error = refused(text);
  EXPECT_TRUE(error.message().starts_with("test.toml:" + place + ": ")) << error.message();
  EXPECT_EQ(error.where(), where);
  EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
}

/// The model `m` of a file that says this of it.
inline ModelConfig model(std::string_view settings) {
  const std::string text = "[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\n" + std::string(settings);
  return Config::parse(text).models("m").front();
}

/// A file with one model, `m`, that says this of it.
inline std::string model_with(std::string_view settings) {
  return "[models.m]\nprovider = \"openai\"\nmodel = \"x\"\n" + std::string(settings);
}

/// Sets variables of the environment, and puts back what was there.
class Environment {
 public:
  Environment() = default;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (const auto& [name, value] : before_) value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
  }
  void set(const std::string& name, const std::string& value) {
    keep(name);
    setenv(name.c_str(), value.c_str(), 1);
  }
  void unset(const std::string& name) {
    keep(name);
    unsetenv(name.c_str());
  }

 private:
  void keep(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    before_.emplace(name, value ? std::optional<std::string>(value) : std::nullopt);
  }
  std::map<std::string, std::optional<std::string>> before_;
};

/// A folder that is gone afterwards.
class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "antiphon-config-XXXXXX").string();
    if (!mkdtemp(path.data())) throw std::runtime_error("no folder");
    path_ = std::filesystem::canonical(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name = {}) const { return name.empty() ? path_ : path_ / name; }
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// An engine on a clock of its own, and a network that answers as it is told.
class Network {
 public:
  explicit Network(test::ScriptedTransport::Server server) : server_(std::move(server)) {}

  ProviderOptions options() const { return ProviderOptions().engine(engine_); }
  Result<Response> ask(const Provider& provider, const Options& options = Options()) {
    std::optional<Result<Response>> answer;
    provider.async_chat("Hi", options).then([&](Result<Response> result) { answer = std::move(result); });
    while (!answer && scheduler_.step()) {
    }
    return answer ? std::move(*answer) : Error(ErrorKind::internal, "no end");
  }
  void run() { scheduler_.run(); }
  const std::vector<HttpRequest>& requests() const { return requests_; }
  std::chrono::steady_clock::time_point now() { return scheduler_.steady_now(); }

 private:
  test::VirtualScheduler scheduler_;
  test::ScriptedTransport::Server server_;
  std::vector<HttpRequest> requests_;
  Engine engine_{EngineOptions().scheduler(scheduler_).random_seed(1).transport([this](Scheduler& scheduler) {
    return std::make_unique<test::ScriptedTransport>(scheduler, [this](const HttpRequest& request) {
      requests_.push_back(request);
      return server_(request);
    });
  })};
};

/// An answer of Ollama, and of OpenAI.
inline test::Script good_answer(const HttpRequest& request) {
  if (request.url.ends_with("/api/chat")) {
    return test::Script::answer(
        200, "application/json",
        R"({"model":"x","message":{"role":"assistant","content":"Hello"},"done":true,"done_reason":"stop"})");
  }
  return test::Script::answer(200, "application/json",
                              R"({"id":"1","model":"x","choices":[{"index":0,"message":)"
                              R"({"role":"assistant","content":"Hello"},"finish_reason":"stop"}]})");
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace antiphon::config_test
