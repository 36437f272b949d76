#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/authenticator.hpp>

#include "chat/engine_fetcher.hpp"
#include "core/environment.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::test {

/// A request that is to be signed.
inline constexpr const char* bedrock = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse";

/// Secrets of these tests have one of these words in them.
inline void expect_no_secret(const Error& error) {
  for (const std::string& text : {std::string(error.what()), error.provider_message(), error.provider_code(),
                                  error.raw_body(), error.message()}) {
    EXPECT_EQ(text.find("SECRET"), text.npos) << text;
    EXPECT_EQ(text.find("PRIVATE"), text.npos) << text;
  }
}

/// An environment of the test's own.
inline Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

/// What became of a request that wanted credentials.
struct Authorized {
  HttpRequest request;
  std::optional<Error> error;
  int calls = 0;  ///< of `done`
  std::chrono::steady_clock::time_point at;

  std::string header(std::string_view name) const { return std::string(request.headers.get(name)); }
};

/// An engine's clock, network and requests of its own, without the engine.
class World {
 public:
  /// Answers what is sent; the default lets every request wait for ever.
  std::function<Script(const HttpRequest&)> server = [](const HttpRequest&) { return Script().connect(); };
  std::vector<HttpRequest> sent;
  VirtualScheduler scheduler;

  /// Asks for credentials now; nothing else runs before `scheduler` is run.
  std::shared_ptr<Authorized> ask(Authenticator& authenticator, std::string url = "https://example.com/v1") {
    HttpRequest request;
    request.url = std::move(url);
    return ask(authenticator, std::move(request));
  }
  std::shared_ptr<Authorized> ask(Authenticator& authenticator, HttpRequest request) {
    auto asked = std::make_shared<Authorized>();
    asked->request = std::move(request);
    authenticator.authorize_with(fetcher_, asked->request, [this, asked](std::optional<Error> error) {
      asked->error = std::move(error);
      asked->at = scheduler.steady_now();
      ++asked->calls;
    });
    return asked;
  }
  /// The same, and everything until nothing is left to do.
  std::shared_ptr<Authorized> run(Authenticator& authenticator, std::string url = "https://example.com/v1") {
    auto asked = ask(authenticator, std::move(url));
    scheduler.run();
    return asked;
  }
  Fetcher& fetcher() { return fetcher_; }
  std::chrono::system_clock::time_point now() { return scheduler.wall_now(); }

 private:
  ScriptedTransport transport_{scheduler, [this](const HttpRequest& request) {
                                 sent.push_back(request);
                                 return server(request);
                               }};
  detail::EngineFetcher fetcher_{scheduler, transport_, nullptr};
};

inline Script json_answer(int status, std::string body) {
  return Script::answer(status, "application/json", std::move(body));
}

/// `2026-11-23T06:50:00Z`.
inline std::string in_rfc3339(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

/// An answer of a provider that refuses credentials.
inline Error refusal(int status, std::string code = {}) {
  Error error(status == 401 ? ErrorKind::authentication : ErrorKind::permission, "refused");
  error.http_status(status).provider_code(std::move(code));
  return error;
}

}  // namespace antiphon::test
