// Layers of the user's own.

#include "pipeline/user_layers.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

/// A layer from a function.
class FunctionLayer : public Layer {
 public:
  using Function = std::function<void(Request, std::shared_ptr<Next>, Done)>;
  explicit FunctionLayer(Function function) : function_(std::move(function)) {}
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    function_(std::move(request), std::move(next), std::move(done));
  }

 private:
  Function function_;
};

std::shared_ptr<Layer> layer(FunctionLayer::Function function) {
  return std::make_shared<FunctionLayer>(std::move(function));
}

Response saying(const std::string& text) {
  Response response;
  response.choice(0).finish_reason(FinishReason::stop).message().add(Part::text(text));
  return response;
}

class UserLayersTest : public testing::Test {
 protected:
  Provider with(std::vector<std::shared_ptr<Layer>> layers, const std::string& host = "a") {
    ProviderOptions options;
    for (auto& each : layers) options.layer(std::move(each));
    return engine.provider(engine.config(host), std::move(options));
  }
  Provider with(FunctionLayer::Function function) { return with({layer(std::move(function))}); }

  VirtualEngine engine;
};

TEST_F(UserLayersTest, SeesACallOnceHoweverOftenItIsTried) {
  engine.serve("a", {refusing(500), good("Hello")});
  int seen = 0;
  const auto call = engine.run_chat(with([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    ++seen;
    next->call(std::move(request), std::move(done));
  }));
  EXPECT_EQ(call->response().content(), "Hello");
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(call->attempts().size(), 2U);
}

TEST_F(UserLayersTest, AreEnteredInTheOrderInWhichTheyWereGiven) {
  engine.serve("a", {good("Hello")});
  std::string order;
  const auto noting = [&](char name) {
    return layer([&order, name](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
      order += name;
      next->call(std::move(request), [&order, name, done](Result<Response> result) {
        order += name;
        done(std::move(result));
      });
    });
  };
  engine.run_chat(with({noting('1'), noting('2'), noting('3')}));
  EXPECT_EQ(order, "123321");
}

TEST_F(UserLayersTest, MayChangeTheRequestAndTheAnswer) {
  engine.serve("a", {good("Hello")});
  const auto call = engine.run_chat(with([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    request.messages().user("And be polite.");
    next->call(std::move(request), [done](Result<Response> result) {
      result->warn(Warning("layer", "was here"));
      done(std::move(result));
    });
  }));
  EXPECT_NE(engine.sent[0].request.body.find("And be polite."), std::string::npos);
  EXPECT_EQ(call->warnings()[0].where(), "layer");
}

TEST_F(UserLayersTest, MayChangeAndDropChunks) {
  engine.serve("a", {streaming(stream_of({"my secret ", "drop", "word"}))});
  const auto call = engine.run_stream(with([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(std::move(request), std::move(done), [](Chunk chunk) -> std::optional<Chunk> {
      if (chunk.content() == "drop") return std::nullopt;
      if (chunk.content() == "my secret ") return Chunk(ChunkKind::content, "my *** ");
      return chunk;
    });
  }));
  EXPECT_EQ(call->text(), "my *** word");
}

/// Asks another provider about everything that is short.
FunctionLayer::Function short_ones_to(const Provider& other) {
  return [other](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    if (request.messages()[0].content().size() > 10) return next->call(std::move(request), std::move(done));
    other.async_chat(request.messages(), request.options()).then(std::move(done));
  };
}

TEST_F(UserLayersTest, MayAskAnotherProvider) {
  engine.serve("a", {good("from a")});
  engine.serve("b", {good("from b", 2s)});
  const Provider routed = with(short_ones_to(engine.provider("b")));
  const auto short_one = engine.run_chat(routed);
  EXPECT_EQ(short_one->response().content(), "from b");
  EXPECT_EQ(short_one->took, 2s);
  EXPECT_EQ(engine.sent_to("a"), 0U);
  EXPECT_EQ(engine.run_chat(routed, Options(), "A question that is long.")->response().content(), "from a");
}

TEST_F(UserLayersTest, CancellingReachesTheOtherProvider) {
  engine.serve("b", {silence()});
  const Provider routed = with(short_ones_to(engine.provider("b")));
  std::stop_source stop;
  const auto call = engine.chat(routed, Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  EXPECT_EQ(engine.engine->calls_in_flight(), 2U);
  stop.request_stop();
  engine.scheduler.run_for(0s);
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(engine.engine->calls_in_flight(), 0U);

  const auto late = engine.chat(routed, Options().deadline(3s));
  engine.scheduler.run_for(3s);
  EXPECT_EQ(late->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(engine.engine->calls_in_flight(), 0U);
}

TEST_F(UserLayersTest, MayAnswerByThemselves) {
  const Provider provider = with([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    if (request.stream()) {
      next->emit(Chunk(ChunkKind::content, "from "));
      next->emit(Chunk(ChunkKind::content, "memory"));
    }
    done(saying("from memory"));
  });
  EXPECT_EQ(engine.run_chat(provider)->response().content(), "from memory");
  const auto call = engine.run_stream(provider);
  EXPECT_EQ(call->text(), "from memory");
  EXPECT_EQ(call->response().first_content_after(), 0ns);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(UserLayersTest, MayAnswerLater) {
  const Provider provider = with([&](Request, std::shared_ptr<Layer::Next>, Layer::Done done) {
    engine.scheduler.sleep_until(engine.scheduler.steady_now() + 3s, [done] { done(saying("late")); });
  });
  EXPECT_EQ(engine.run_chat(provider)->took, 3s);
}

TEST_F(UserLayersTest, MayGoOnMoreThanOnce) {
  engine.serve("a", {good("bad"), good("good")});
  const Provider provider = with([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(request, [request, next, done](Result<Response> result) {
      if (result->content() == "good") return done(std::move(result));
      next->call(request, done);
    });
  });
  EXPECT_EQ(engine.run_chat(provider)->response().content(), "good");
}

TEST_F(UserLayersTest, ButNotTwiceAtTheSameTime) {
  engine.serve("a", {good("Hello", 1s)});
  std::optional<Error> refused;
  const auto call = engine.run_chat(with([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(request, done);
    next->call(request, [&](Result<Response> result) { refused = result.error(); });
  }));
  EXPECT_TRUE(*call->result);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->kind(), ErrorKind::conflict);
  EXPECT_EQ(refused->where(), "layer");
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(UserLayersTest, AnAnswerOfTheirOwnEndsWhatStillRuns) {
  engine.serve("a", {silence()});
  const Provider provider = with([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(std::move(request), [](Result<Response>) {});
    engine.scheduler.sleep_until(engine.scheduler.steady_now() + 2s, [done] { done(saying("enough")); });
  });
  const auto call = engine.run_chat(provider);
  EXPECT_EQ(call->response().content(), "enough");
  EXPECT_EQ(call->took, 2s);
  ASSERT_EQ(call->attempts().size(), 1U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::cancelled);
}

TEST_F(UserLayersTest, WhatTheyThrowFailsTheirCallOnly) {
  engine.serve("a", {good("Hello")});
  int calls = 0;
  const Provider provider = with([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    switch (++calls) {
      case 1:
        throw std::runtime_error("oops");
      case 2:
        throw Error(ErrorKind::invalid_request, "not like this").where("messages/0");
      case 3:
        throw 7;
      case 4:
        return next->call(std::move(request), [](Result<Response>) { throw std::runtime_error("in done"); });
      default:
        next->call(std::move(request), std::move(done));
    }
  });
  const auto first = engine.run_chat(provider);
  EXPECT_EQ(first->error().kind(), ErrorKind::internal);
  EXPECT_EQ(first->error().where(), "layer");
  EXPECT_NE(first->error().message().find("oops"), std::string::npos);
  EXPECT_EQ(engine.run_chat(provider)->error().where(), "messages/0");
  EXPECT_EQ(engine.run_chat(provider)->error().kind(), ErrorKind::internal);
  EXPECT_EQ(engine.run_chat(provider)->error().kind(), ErrorKind::internal);
  EXPECT_TRUE(*engine.run_chat(provider)->result);
}

TEST_F(UserLayersTest, SoDoesWhatAChunkFilterThrows) {
  engine.serve("a", {streaming(stream_of({"one", "two"}))});
  int calls = 0;
  const Provider provider = with([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    ++calls;
    next->call(std::move(request), std::move(done), [&](Chunk chunk) -> std::optional<Chunk> {
      if (calls == 1 && chunk.content() == "two") throw std::runtime_error("in filter");
      return chunk;
    });
  });
  const auto call = engine.run_stream(provider);
  EXPECT_EQ(call->error().kind(), ErrorKind::internal);
  EXPECT_NE(call->error().message().find("in filter"), std::string::npos);
  EXPECT_EQ(call->text(), "one");
  EXPECT_TRUE(*engine.run_stream(provider)->result);
}

TEST_F(UserLayersTest, AfterAFilterThrewTheLayerBeginsNothingMore) {
  engine.serve("a", {streaming(stream_of({"one"}))});
  const auto call = engine.run_stream(with([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(
        request,
        [=](Result<Response> result) {
          if (result) return done(std::move(result));
          next->call(request, done);
        },
        [](Chunk) -> std::optional<Chunk> { throw std::runtime_error("always"); });
  }));
  EXPECT_EQ(call->error().kind(), ErrorKind::internal);
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(UserLayersTest, ACallThatIsLetGoFails) {
  engine.serve("a", {good("Hello", 5s)});
  const auto dropped = engine.run_chat(with([](Request, std::shared_ptr<Layer::Next>, Layer::Done) {}));
  EXPECT_EQ(dropped->error().kind(), ErrorKind::internal);
  EXPECT_EQ(dropped->error().where(), "layer");
  const auto deaf = engine.run_chat(with([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done) {
    next->call(std::move(request), [](Result<Response>) {});
  }));
  EXPECT_EQ(deaf->error().kind(), ErrorKind::internal);
}

TEST_F(UserLayersTest, ACancelledCallEndsWithoutWaitingForThem) {
  std::vector<Layer::Done> kept;
  std::shared_ptr<Layer::Next> kept_next;
  std::stop_source stop;
  const auto call = engine.chat(with([&](Request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
                                  kept.push_back(std::move(done));
                                  kept_next = std::move(next);
                                }),
                                Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  stop.request_stop();
  engine.scheduler.run();
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(call->ends, 1);
  // Nothing happens any more.
  kept.front()(saying("too late"));
  kept_next->call(Request("Hi", Options()), [](Result<Response>) { FAIL(); });
  kept_next->emit(Chunk(ChunkKind::content, "x"));
  engine.scheduler.run();
  EXPECT_EQ(call->ends, 1);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(UserLayersTest, WhatHadArrivedIsOnTheErrorOfACancelledCall) {
  engine.serve("a", {streaming(stream_of({"Hello"}))});
  std::stop_source stop;
  const auto thinking = [&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(std::move(request), [&, done](Result<Response> result) {
      engine.scheduler.sleep_until(engine.scheduler.steady_now() + 5s, [done, result] { done(result); });
    });
  };
  const auto call = engine.stream(with(thinking), Options().cancel_on(stop.get_token()));
  engine.scheduler.run_for(1s);
  EXPECT_EQ(call->text(), "Hello");
  stop.request_stop();
  engine.scheduler.run_for(0s);
  ASSERT_TRUE(call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  ASSERT_TRUE(call->error().partial());
  EXPECT_EQ(call->error().partial()->content(), "Hello");
}

TEST_F(UserLayersTest, ACancelledCallIsNotBegunAgain) {
  engine.serve("a", {silence()});
  std::function<void(Request, std::shared_ptr<Layer::Next>, Layer::Done)> again =
      [&again](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
        next->call(request, [&again, request, next, done](Result<Response> result) {
          if (result) return done(std::move(result));
          again(request, next, done);
        });
      };
  const auto call = engine.run_chat(with(again), Options().deadline(2s));
  EXPECT_EQ(call->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(UserLayersTest, ADeadlineInThePastSendsNothing) {
  engine.serve("a", {good("Hello")});
  int seen = 0;
  const auto call = engine.run_chat(with([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
                                      ++seen;
                                      next->call(std::move(request), std::move(done));
                                    }),
                                    Options().deadline(-1s));
  EXPECT_EQ(call->error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(seen, 0);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(UserLayersTest, OfALinkSeeTheCallsToIt) {
  engine.serve("a", {refusing(500)});
  engine.serve("b", {good("from b")});
  std::string seen;
  const auto noting = [&](char name) {
    return layer([&seen, name](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
      seen += name;
      next->call(std::move(request), std::move(done));
    });
  };
  const FallbackProvider both(FallbackConfig().link(with({noting('a')}, "a")).link(with({noting('b')}, "b")),
                              ProviderOptions().engine(*engine.engine).layer(noting('*')));
  EXPECT_TRUE(*engine.run_chat(both)->result);
  EXPECT_EQ(seen, "*ab");
}

TEST_F(UserLayersTest, OfTwoLinksSideBySideOneAnswers) {
  // The layer of the second answers by itself, while the first is silent: once with a chunk, once without.
  engine.serve("a", {silence()});
  for (const bool emits : {true, false}) {
    const auto answering = layer([emits](Request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
      if (emits) next->emit(Chunk(ChunkKind::content, "mine"));
      done(saying("mine"));
    });
    const FallbackProvider both(
        FallbackConfig().link(engine.provider("a")).link(with({answering}, "b")).hedge(HedgeConfig().delay(1s)));
    const auto call = engine.run_stream(both);
    ASSERT_TRUE(*call->result);
    EXPECT_EQ(call->response().content(), "mine");
    EXPECT_EQ(call->text(), emits ? "mine" : "");
    EXPECT_EQ(call->took, 1s);
  }
}

TEST_F(UserLayersTest, AnAnswerThatComesTooLateThroughThemIsNotTheOneThatCounts) {
  engine.serve("a", {good("from a", 500ms)});
  engine.serve("b", {good("from b", 1s)});
  const auto thinking = layer([&](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(std::move(request), [&, done](Result<Response> result) {
      engine.scheduler.sleep_until(engine.scheduler.steady_now() + 1min, [done, result] { done(result); });
    });
  });
  const FallbackProvider both(
      FallbackConfig().link(with({thinking}, "a")).link(engine.provider("b")).hedge(HedgeConfig().delay(1s)));
  const auto call = engine.run_chat(both);
  EXPECT_EQ(call->response().content(), "from b");
  ASSERT_EQ(call->attempts().size(), 2U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::cancelled) << "its answer was whole, and nobody got it";
  EXPECT_FALSE(call->attempts()[1].error());
}

TEST_F(UserLayersTest, NorIsOneThatTheyTurnedDown) {
  engine.serve("a", {good("bad")});
  engine.serve("b", {good("from b")});
  const auto choosy = layer([](Request request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    next->call(std::move(request),
               [done](Result<Response>) { done(Error(ErrorKind::content_filtered, "not that answer")); });
  });
  const auto call = engine.run_chat(FallbackProvider(with({choosy}, "a"), engine.provider("b")));
  EXPECT_EQ(call->response().content(), "from b");
  ASSERT_EQ(call->attempts().size(), 2U);
  EXPECT_EQ(call->attempts()[0].error(), ErrorKind::content_filtered);
  EXPECT_FALSE(call->attempts()[1].error());
}

TEST_F(UserLayersTest, WhatTheLoserEmitsIsDropped) {
  engine.serve("a", {Script()
                         .connect()
                         .head(200, {{"content-type", "text/event-stream"}})
                         .bytes(chunk_event("from a"), 2s)
                         .bytes(finish_events(), 2s)
                         .end()});
  const auto late = layer([&](Request, std::shared_ptr<Layer::Next> next, Layer::Done done) {
    engine.scheduler.sleep_until(engine.scheduler.steady_now() + 2s, [next, done] {
      next->emit(Chunk(ChunkKind::content, "from b"));
      done(saying("from b"));
    });
  });
  const FallbackProvider both(
      FallbackConfig().link(engine.provider("a")).link(with({late}, "b")).hedge(HedgeConfig().delay(1s)));
  const auto call = engine.run_stream(both);
  EXPECT_EQ(call->text(), "from a");
  EXPECT_EQ(call->response().content(), "from a");
}

TEST_F(UserLayersTest, NoLayerIsAnErrorThatNamesIt) {
  try {
    with({std::shared_ptr<Layer>()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "layer");
  }
}

}  // namespace
}  // namespace antiphon::test
