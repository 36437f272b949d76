// Credentials that are fetched, as calls of a provider see them: nothing blocks, a cancelled call leaves the fetch to
// the others, the end of the engine ends it, a refusal makes one more attempt.

#include <antiphon/antiphon.hpp>

#include <gtest/gtest.h>

#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using test::json_answer;
using test::Script;
using namespace std::chrono_literals;

constexpr const char* chat_answer =
    R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]})";

/// An engine on a clock and a network of the test's own; `login` gives tokens, all else is the provider.
class CredentialsEngineTest : public testing::Test {
 protected:
  CredentialsEngineTest() {
    source = [](Fetcher& fetcher, std::function<void(Result<AccessToken>)> done) {
      HttpRequest request;
      request.url = "https://login/token";
      fetcher.fetch(std::move(request), 10s, [&fetcher, done = std::move(done)](Result<HttpResponse> answer) {
        if (!answer) return done(answer.error());
        done(AccessToken(answer->body).expires_at(fetcher.scheduler().wall_now() + 1h));
      });
    };
    EngineOptions options;
    options.scheduler(scheduler).transport([this](Scheduler& clock) {
      return std::make_unique<test::ScriptedTransport>(clock, [this](const HttpRequest& request) {
        if (request.url == "https://login/token") return login(request);
        seen.push_back(std::string(request.headers.get("authorization")));
        return provider_answers(request);
      });
    });
    engine.emplace(std::move(options));
  }
  ~CredentialsEngineTest() override {
    engine.reset();
    scheduler.run();
  }

  Provider provider() {
    if (!authenticator) authenticator = bearer_token(source);
    return create_provider(
        ModelConfig("m", providers::openai).base_url("http://provider/v1").authenticator(authenticator),
        ProviderOptions().engine(*engine));
  }

  struct Ended {
    std::optional<Result<Response>> result;
    int calls = 0;
  };
  std::shared_ptr<Ended> chat(const Provider& who, const Options& options = Options()) {
    auto ended = std::make_shared<Ended>();
    who.async_chat(Messages().user("Hello"), options).then([ended](Result<Response> result) {
      ended->result = std::move(result);
      ++ended->calls;
    });
    return ended;
  }

  test::VirtualScheduler scheduler;
  TokenSource source;
  int tokens = 0;
  std::function<Script(const HttpRequest&)> login = [this](const HttpRequest&) {
    return Script().connect(1s).head(200).bytes("t" + std::to_string(++tokens)).end();
  };
  std::function<Script(const HttpRequest&)> provider_answers = [](const HttpRequest&) {
    return json_answer(200, chat_answer);
  };
  std::vector<std::string> seen;  ///< the header `Authorization` of each request to the provider
  std::optional<Engine> engine;
  std::shared_ptr<Authenticator> authenticator;
};

TEST_F(CredentialsEngineTest, CallsWaitForTheTokenAndShareIt) {
  const Provider who = provider();
  const auto first = chat(who);
  const auto second = chat(who);
  scheduler.run_for(500ms);
  EXPECT_EQ(engine->calls_in_flight(), 2u) << "the fetch is no call";
  EXPECT_TRUE(seen.empty());
  scheduler.run();
  EXPECT_TRUE(first->result.value());
  EXPECT_TRUE(second->result.value());
  EXPECT_EQ(seen, (std::vector<std::string>{"Bearer t1", "Bearer t1"}));
  EXPECT_EQ(tokens, 1);
}

TEST_F(CredentialsEngineTest, ACancelledCallLeavesTheFetchToTheOthers) {
  const Provider who = provider();
  std::stop_source stop;
  const auto cancelled = chat(who, Options().cancel_on(stop.get_token()));
  const auto other = chat(who);
  scheduler.run_for(500ms);
  stop.request_stop();
  scheduler.run_for(0s);
  ASSERT_EQ(cancelled->calls, 1) << "at once";
  EXPECT_EQ(cancelled->result->error().kind(), ErrorKind::cancelled);
  scheduler.run();
  EXPECT_TRUE(other->result.value());
  EXPECT_EQ(tokens, 1);
}

TEST_F(CredentialsEngineTest, WhatACancelledCallFetchedServesTheNext) {
  const Provider who = provider();
  std::stop_source stop;
  const auto cancelled = chat(who, Options().cancel_on(stop.get_token()));
  scheduler.run_for(500ms);
  stop.request_stop();
  scheduler.run_for(0s);
  EXPECT_EQ(cancelled->calls, 1);
  EXPECT_EQ(engine->calls_in_flight(), 0u);
  scheduler.run();
  const auto next = chat(who);
  scheduler.run_for(0s);
  EXPECT_TRUE(next->result.value());
  EXPECT_EQ(tokens, 1);
}

TEST_F(CredentialsEngineTest, ADeadlineEndsTheWait) {
  login = [](const HttpRequest&) { return Script().connect(); };
  const Provider who = provider();
  const auto ended = chat(who, Options().deadline(2s));
  scheduler.run_for(2s);
  ASSERT_EQ(ended->calls, 1);
  EXPECT_EQ(ended->result->error().kind(), ErrorKind::deadline_exceeded);
}

TEST_F(CredentialsEngineTest, TheEndOfTheEngineEndsAFetchThatNobodyWaitsFor) {
  login = [](const HttpRequest&) { return Script().connect(); };
  bool ended = false;
  source = [&ended](Fetcher& fetcher, std::function<void(Result<AccessToken>)> done) {
    HttpRequest request;
    request.url = "https://login/token";
    fetcher.fetch(std::move(request), 24h, [&ended, done = std::move(done)](Result<HttpResponse> answer) {
      ended = true;
      EXPECT_FALSE(answer);
      EXPECT_EQ(answer.error().kind(), ErrorKind::cancelled);
      done(answer.error());
    });
  };
  {
    const Provider who = provider();
    const auto gone = chat(who, Options().deadline(1s));
    scheduler.run_for(2s);
    EXPECT_EQ(gone->calls, 1);
  }
  EXPECT_FALSE(ended);
  engine.reset();
  EXPECT_FALSE(ended) << "never from inside";
  scheduler.run_for(0s);
  EXPECT_TRUE(ended);
}

TEST_F(CredentialsEngineTest, TheEndOfTheEngineEndsCallsThatWaitForAToken) {
  login = [](const HttpRequest&) { return Script().connect(); };
  const auto ended = chat(provider());
  scheduler.run_for(1s);
  engine.reset();
  scheduler.run_for(0s);
  ASSERT_EQ(ended->calls, 1);
  EXPECT_EQ(ended->result->error().kind(), ErrorKind::cancelled);
}

TEST_F(CredentialsEngineTest, AFailedLoginFailsTheCallAndNamesThePlace) {
  login = [](const HttpRequest&) { return Script().connect(); };
  source = [](Fetcher&, const std::function<void(Result<AccessToken>)>& done) {
    done(Error(ErrorKind::authentication, "not you").where("login"));
  };
  const auto ended = chat(provider());
  scheduler.run();
  ASSERT_EQ(ended->calls, 1);
  EXPECT_EQ(ended->result->error().where(), "login");
  EXPECT_EQ(ended->result->error().provider(), "openai/m");
  EXPECT_TRUE(seen.empty());
}

TEST_F(CredentialsEngineTest, A401GetsOneMoreAttemptWithAnotherToken) {
  provider_answers = [](const HttpRequest& request) {
    if (request.headers.get("authorization") == "Bearer t1")
      return json_answer(401, R"({"error":{"message":"expired"}})");
    return json_answer(200, chat_answer);
  };
  const Provider who = provider();
  const auto first = chat(who);
  const auto second = chat(who);
  scheduler.run();
  EXPECT_TRUE(first->result.value());
  EXPECT_TRUE(second->result.value());
  EXPECT_EQ(seen, (std::vector<std::string>{"Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"}));
  EXPECT_EQ(tokens, 2) << "both were refused the same one";
}

TEST_F(CredentialsEngineTest, A401ThatStaysIsAnErrorAfterTwoAttempts) {
  provider_answers = [](const HttpRequest&) { return json_answer(401, R"({"error":{"message":"no"}})"); };
  const auto ended = chat(provider());
  scheduler.run();
  ASSERT_EQ(ended->calls, 1);
  EXPECT_EQ(ended->result->error().kind(), ErrorKind::authentication);
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(CredentialsEngineTest, A403IsAskedAboutToo) {
  class Counting final : public Authenticator {
   public:
    void authorize(HttpRequest& request, std::chrono::system_clock::time_point, Done done) override {
      request.headers.set("Authorization", "k" + std::to_string(refused));
      done(std::nullopt);
    }
    bool rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at) override {
      ++refused;
      status = answer.http_status();
      at = authorized_at;
      return true;
    }
    int refused = 0;
    int status = 0;
    std::chrono::steady_clock::time_point at;
  };
  const auto counting = std::make_shared<Counting>();
  authenticator = counting;
  const auto started = scheduler.steady_now();
  provider_answers = [](const HttpRequest& request) {
    if (request.headers.get("authorization") == "k0") {
      return Script().connect(3s).head(403).bytes("{}").end();
    }
    return json_answer(200, chat_answer);
  };
  const auto ended = chat(provider());
  scheduler.run();
  EXPECT_TRUE(ended->result.value());
  EXPECT_EQ(counting->refused, 1);
  EXPECT_EQ(counting->status, 403);
  EXPECT_EQ(counting->at, started) << "when they were put on, not when they were refused";
}

TEST_F(CredentialsEngineTest, AnAuthenticatorThatKnowsNoEngine) {
  class Plain final : public Authenticator {
   public:
    void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override {
      request.headers.set("Authorization", "at " + std::to_string(std::chrono::system_clock::to_time_t(now)));
      done(std::nullopt);
    }
    bool rejected() override { return ++asked == 1; }
    int asked = 0;
  };
  const auto plain = std::make_shared<Plain>();
  authenticator = plain;
  provider_answers = [](const HttpRequest&) { return json_answer(403, "{}"); };
  const Provider who = provider();
  chat(who);
  scheduler.run();
  EXPECT_EQ(plain->asked, 0) << "it is asked after a 401 only";
  EXPECT_EQ(seen.at(0), "at " + std::to_string(std::chrono::system_clock::to_time_t(scheduler.wall_now())));
  seen.clear();
  provider_answers = [](const HttpRequest&) { return json_answer(401, "{}"); };
  chat(who);
  scheduler.run();
  EXPECT_EQ(plain->asked, 1);
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(CredentialsEngineTest, ListsOfModelsAreAuthorizedAsWell) {
  provider_answers = [](const HttpRequest&) { return json_answer(200, R"({"data":[{"id":"m"}]})"); };
  std::optional<Result<std::vector<ModelInfo>>> models;
  provider().async_list_models().then([&](Result<std::vector<ModelInfo>> result) { models = std::move(result); });
  scheduler.run();
  ASSERT_TRUE(models);
  ASSERT_TRUE(*models) << models->error().what();
  EXPECT_EQ(seen, (std::vector<std::string>{"Bearer t1"}));
}

TEST_F(CredentialsEngineTest, ALimitOfSizeOfAListOfModels) {
  provider_answers = [](const HttpRequest&) { return json_answer(200, R"({"data":[{"id":"m"}]})"); };
  authenticator = bearer_key("k");
  const Provider who =
      create_provider(ModelConfig("m", providers::openai).base_url("http://provider/v1").max_response_bytes(5),
                      ProviderOptions().engine(*engine));
  std::optional<Result<std::vector<ModelInfo>>> models;
  who.async_list_models().then([&](Result<std::vector<ModelInfo>> result) { models = std::move(result); });
  scheduler.run();
  ASSERT_TRUE(models && !*models);
  EXPECT_EQ(models->error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(models->error().where(), "max_response_bytes");
}

}  // namespace
}  // namespace antiphon
