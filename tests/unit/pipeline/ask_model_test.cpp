// A model of the user's own behind a provider.

#include "pipeline/ask_model.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include "support/coroutine.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

class FunctionModel : public Model {
 public:
  using Function = std::function<void(const Request&, ModelAnswer)>;
  explicit FunctionModel(Function function) : function_(std::move(function)) {}
  void answer(const Request& request, ModelAnswer answer) override { function_(request, std::move(answer)); }

 private:
  Function function_;
};

class AskModelTest : public testing::Test {
 protected:
  Provider provider(FunctionModel::Function function, RetryConfig retry = RetryConfig()) {
    return create_provider(std::make_shared<FunctionModel>(std::move(function)),
                           ModelConfig("echo", "mine").retry_config(std::move(retry)),
                           ProviderOptions().engine(*engine.engine));
  }
  void later(std::chrono::nanoseconds after, std::function<void()> task) {
    engine.scheduler.sleep_until(engine.scheduler.steady_now() + after, std::move(task));
  }

  VirtualEngine engine;
};

TEST_F(AskModelTest, AnswersWholeAndStreamed) {
  const Provider mine = provider([](const Request& request, ModelAnswer answer) {
    answer.reasoning("Hm.").content("You said ").content(request.messages().back().content());
    answer.usage(Usage().input_tokens(3).output_tokens(4)).finish();
  });
  EXPECT_EQ(mine.name(), "mine/echo");
  const auto whole = engine.run_chat(mine);
  ASSERT_TRUE(*whole->result);
  EXPECT_EQ(whole->response().content(), "You said Hi");
  EXPECT_EQ(whole->response().reasoning(), "Hm.");
  EXPECT_EQ(whole->response().usage().total_tokens(), Count(7));
  EXPECT_EQ(whole->response().finish_reason(), FinishReason::stop);
  EXPECT_EQ(whole->response().provider(), "mine");
  EXPECT_EQ(whole->response().model(), "echo");
  const auto streamed = engine.run_stream(mine);
  EXPECT_EQ(streamed->text(), "You said Hi");
  EXPECT_EQ(streamed->response().content(), "You said Hi");
  ASSERT_EQ(streamed->attempts().size(), 1U);
  EXPECT_EQ(streamed->attempts()[0].status(), 0);
}

TEST_F(AskModelTest, ToolCallsArriveWhole) {
  const auto call = engine.run_chat(provider(
      [](const Request&, ModelAnswer answer) { answer.tool_call("c-1", "weather", R"({"city":"Oslo"})").finish(); }));
  ASSERT_EQ(call->response().tool_calls().size(), 1U);
  EXPECT_EQ(call->response().tool_calls()[0].arguments(), R"({"city":"Oslo"})");
  EXPECT_EQ(call->response().finish_reason(), FinishReason::tool_calls);
}

TEST_F(AskModelTest, PiecesMayComeLater) {
  const Provider mine = provider([&](const Request&, ModelAnswer answer) {
    later(1s, [answer]() mutable { answer.content("one "); });
    later(3s, [answer]() mutable { answer.content("two"); });
    later(4s, [answer]() mutable { answer.finish(FinishReason::length); });
  });
  const auto call = engine.run_stream(mine);
  EXPECT_EQ(call->text(), "one two");
  EXPECT_EQ(call->response().first_content_after(), 1s);
  EXPECT_EQ(call->response().finish_reason(), FinishReason::length);
  EXPECT_EQ(call->took, 4s);
}

TEST_F(AskModelTest, AndFromAnyThread) {
  const Provider mine = provider([](const Request&, ModelAnswer answer) {
    std::thread([answer]() mutable {
      for (int i = 0; i < 100; ++i) answer.content("x");
      answer.finish();
    }).join();
  });
  EXPECT_EQ(engine.run_stream(mine)->text(), std::string(100, 'x'));
}

TEST_F(AskModelTest, FailuresAreJudgedByTheirKind) {
  int asked = 0;
  const Provider mine = provider([&](const Request&, ModelAnswer answer) {
    if (++asked < 3) return answer.fail(Error(ErrorKind::overloaded, "busy"));
    answer.content("Hello").finish();
  });
  const auto call = engine.run_chat(mine);
  EXPECT_TRUE(*call->result);
  EXPECT_EQ(call->attempts().size(), 3U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::overloaded);
  const auto wrong = engine.run_chat(
      provider([](const Request&, ModelAnswer answer) { answer.fail(Error(ErrorKind::invalid_request, "not that")); }));
  EXPECT_EQ(wrong->error().kind(), ErrorKind::invalid_request);
  EXPECT_EQ(wrong->error().provider(), "mine/echo");
  EXPECT_EQ(wrong->attempts().size(), 1U);
}

TEST_F(AskModelTest, AFailureInTheMiddleCarriesWhatHadArrived) {
  const auto call = engine.run_stream(provider([](const Request&, ModelAnswer answer) {
    answer.content("Hel").fail(Error(ErrorKind::server_error, "crashed"));
  }));
  EXPECT_EQ(call->error().kind(), ErrorKind::server_error);
  EXPECT_EQ(call->error().partial()->content(), "Hel");
  EXPECT_EQ(call->text(), "Hel");
}

TEST_F(AskModelTest, WhatItThrowsFailsTheAttempt) {
  int asked = 0;
  const Provider mine = provider([&](const Request&, ModelAnswer answer) {
    switch (++asked) {
      case 1:
        throw std::runtime_error("oops");
      case 2:
        throw Error(ErrorKind::overloaded, "busy");
      case 3:
        throw 7;
      default:
        answer.content("Hello").finish();
    }
  });
  const auto first = engine.run_chat(mine);
  EXPECT_EQ(first->error().kind(), ErrorKind::internal);
  EXPECT_NE(first->error().message().find("oops"), std::string::npos);
  EXPECT_EQ(engine.run_chat(mine)->error().kind(), ErrorKind::internal)
      << "an overload is tried again, then 7 is thrown";
  EXPECT_TRUE(*engine.run_chat(mine)->result);
}

TEST_F(AskModelTest, LettingGoWithoutAnEndIsACut) {
  const auto call = engine.run_stream(
      provider([](const Request&, ModelAnswer answer) { answer.content("Hel"); }, RetryConfig().max_attempts(1)));
  EXPECT_EQ(call->error().kind(), ErrorKind::truncated);
  EXPECT_EQ(call->error().partial()->content(), "Hel");
}

TEST_F(AskModelTest, OnlyTheFirstEndCounts) {
  const auto call = engine.run_chat(provider([](const Request&, ModelAnswer answer) {
    answer.content("Hello").finish();
    answer.content("!").fail(Error(ErrorKind::server_error, "late"));
  }));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "Hello");
}

TEST_F(AskModelTest, CancellingIsSeenByTheModel) {
  std::optional<ModelAnswer> kept;
  std::stop_source stop;
  const auto call = engine.chat(provider([&](const Request&, ModelAnswer answer) { kept = answer; }),
                                Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  EXPECT_FALSE(kept->cancelled());
  stop.request_stop();
  engine.scheduler.run_for(0s);
  EXPECT_TRUE(kept->cancelled());
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  kept->content("too late").finish();
  engine.scheduler.run();
  EXPECT_EQ(call->ends, 1);
}

TEST_F(AskModelTest, TimeoutsHold) {
  std::vector<ModelAnswer> kept;
  const auto silent = [&](const Request&, ModelAnswer answer) { kept.push_back(answer); };
  const Provider mine = provider(silent, RetryConfig().max_attempts(1));
  const auto call = engine.run_chat(mine, Options().timeouts(Timeouts().first_content(2s)));
  EXPECT_EQ(call->error().where(), "timeouts.first_content");
  EXPECT_EQ(call->took, 2s);
}

TEST_F(AskModelTest, UsageIsNoContent) {
  std::vector<ModelAnswer> kept;
  const auto counting = [&](const Request&, ModelAnswer answer) {
    answer.usage(Usage().input_tokens(1));
    kept.push_back(answer);
  };
  const auto call = engine.run_stream(provider(counting, RetryConfig().max_attempts(1)),
                                      Options().timeouts(Timeouts().first_content(2s)));
  EXPECT_EQ(call->error().where(), "timeouts.first_content");
}

TEST_F(AskModelTest, IsALinkLikeAnyOther) {
  engine.serve("b", {good("from b")});
  const FallbackProvider both(
      provider([](const Request&, ModelAnswer answer) { answer.fail(Error(ErrorKind::overloaded, "busy")); }),
      engine.provider("b"));
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from b");
  EXPECT_EQ(call->attempts().size(), 4U);
}

TEST_F(AskModelTest, ItsLimitsHold) {
  int inside = 0;
  int most = 0;
  const auto model = std::make_shared<FunctionModel>([&](const Request&, ModelAnswer answer) {
    most = std::max(most, ++inside);
    later(1s, [&inside, answer]() mutable {
      --inside;
      answer.content("x").finish();
    });
  });
  const Provider mine = create_provider(model, ModelConfig("echo", "mine").limits(Limits().max_concurrent(2)),
                                        ProviderOptions().engine(*engine.engine));
  for (int i = 0; i < 6; ++i) engine.chat(mine);
  engine.scheduler.run();
  EXPECT_EQ(most, 2);
}

TEST_F(AskModelTest, AFullReaderIsSaid) {
  // 300 KB wait unread: the stream is not read before the model has said that much.
  std::optional<ModelAnswer> kept;
  const Provider mine = provider([&](const Request&, ModelAnswer answer) { kept = answer; });
  Stream stream = mine.stream("Hi");
  std::string text;
  std::optional<Result<Response>> result;
  const auto slow = [&](std::function<void()> task) { later(10s, std::move(task)); };
  auto reading = [](Stream& s, std::string& out) -> Coroutine {
    while (const Chunk* chunk = co_await s.next()) out += chunk->content();
  };
  Stream on_later = std::move(stream).on(slow);
  Coroutine coroutine = reading(on_later, text);
  engine.scheduler.run_for(0s);
  ASSERT_TRUE(kept);
  EXPECT_FALSE(kept->full());
  kept->content(std::string(300'000, 'x'));
  engine.scheduler.run_for(1s);
  EXPECT_TRUE(kept->full());
  engine.scheduler.run_for(10s);
  EXPECT_FALSE(kept->full());
  kept->content("y").finish();
  engine.scheduler.run();
  coroutine.wait();
  EXPECT_EQ(text.size(), 300'001U);
}

TEST_F(AskModelTest, ListsItself) {
  std::optional<std::vector<ModelInfo>> models;
  provider([](const Request&, ModelAnswer) {}).async_list_models().then([&](Result<std::vector<ModelInfo>> result) {
    models = *result;
  });
  engine.scheduler.run();
  ASSERT_EQ(models->size(), 1U);
  EXPECT_EQ(models->front().id(), "echo");
}

TEST_F(AskModelTest, WrongSettingsAreNamed) {
  const auto place = [&](std::shared_ptr<Model> model, ModelConfig config) -> std::string {
    try {
      create_provider(std::move(model), std::move(config), ProviderOptions().engine(*engine.engine));
    } catch (const Error& error) {
      return error.where();
    }
    return "nothing";
  };
  const auto model = std::make_shared<FunctionModel>([](const Request&, ModelAnswer) {});
  EXPECT_EQ(place(nullptr, ModelConfig("echo", "mine")), "model");
  EXPECT_EQ(place(model, ModelConfig("", "mine")), "model");
  EXPECT_EQ(place(model, ModelConfig("echo", "mine").retry_config(RetryConfig().max_attempts(0))),
            "retry_config.max_attempts");
  EXPECT_EQ(place(model, ModelConfig("echo", "mine")), "nothing");
}

}  // namespace
}  // namespace antiphon::test
