// The order of the layers, as pipeline.cpp writes it down.

#include "pipeline/pipeline.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/endpoint.hpp"
#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

/// Writes down who was there, in order.
class Diary {
 public:
  void write(std::string line) { lines.push_back(std::move(line)); }
  Callbacks callbacks(const std::string& name) {
    return Callbacks()
        .on_request([this, name](const Request&) { write(name + " asked"); })
        .on_response([this, name](const Request&, const Response&) { write(name + " answered"); })
        .on_error([this, name](const Request&, const Error&) { write(name + " failed"); });
  }
  std::shared_ptr<Layer> layer(const std::string& name);
  std::vector<std::string> lines;
};

class Noting : public Layer {
 public:
  Noting(Diary& diary, std::string name) : diary_(diary), name_(std::move(name)) {}
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    diary_.write(name_ + " enters");
    next->call(std::move(request), [this, done](Result<Response> result) {
      diary_.write(name_ + " leaves");
      done(std::move(result));
    });
  }

 private:
  Diary& diary_;
  std::string name_;
};

std::shared_ptr<Layer> Diary::layer(const std::string& name) { return std::make_shared<Noting>(*this, name); }

class Credentials : public Authenticator {
 public:
  Credentials(Diary& diary, std::string name) : diary_(diary), name_(std::move(name)) {}
  void authorize(HttpRequest&, std::chrono::system_clock::time_point, Done done) override {
    diary_.write(name_ + " attempt");
    done(std::nullopt);
  }

 private:
  Diary& diary_;
  std::string name_;
};

TEST(Pipeline, TheOrderOfTheLayers) {
  VirtualEngine engine;
  Diary diary;
  engine.serve("a", {refusing(500, {{"retry-after", "1"}}), refusing(404)});
  engine.serve("b", {cut_behind(chunk_event("Once ")), streaming(stream_of({"upon"}))});
  const auto link = [&](const std::string& host) {
    ProviderOptions options;
    options.callbacks(diary.callbacks(host)).layer(diary.layer(host + " layer"));
    return engine.provider(engine.config(host).authenticator(std::make_shared<Credentials>(diary, host)),
                           std::move(options));
  };
  FallbackConfig config;
  config.link(link("a")).link(link("b"));
  ProviderOptions options;
  options.engine(*engine.engine).callbacks(diary.callbacks("call")).layer(diary.layer("layer"));
  const FallbackProvider provider(config, options);
  const auto call = engine.run_stream(provider, Options().continue_with(Continuation::same));
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(call->text(), "Once upon");
  EXPECT_EQ(diary.lines, (std::vector<std::string>{
                             "call asked",      // observe: once per call
                             "layer enters",    // the user's own, around all that follows
                             "a asked",         // fallback: the first link, with what was given to its provider
                             "a layer enters",  //
                             "a attempt",       // retry: within the link
                             "a attempt",       //
                             "a layer leaves",  //
                             "a failed",        //
                             "b asked",         // fallback: the next one
                             "b layer enters",  //
                             "b attempt",       //
                             "b layer leaves",  //
                             "b failed",        // cut, after a piece was handed out
                             "b asked",         // continue_answer: above fallback
                             "b layer enters",  //
                             "b attempt",       //
                             "b layer leaves",  //
                             "b answered",      //
                             "layer leaves",    //
                             "call answered",   //
                         }));
}

TEST(Pipeline, EachRoundOfToolsGoesTheRestOfTheWayByItself) {
  VirtualEngine engine;
  Diary diary;
  const std::string call =
      R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":)"
      R"("a1","type":"function","function":{"name":"look","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})";
  engine.serve("a", {refusing(503, {{"retry-after", "1"}}), json_answer(200, call), refusing(404)});
  engine.serve("b", {good("done")});
  const auto link = [&](const std::string& host) {
    return engine.provider(engine.config(host), ProviderOptions().callbacks(diary.callbacks(host)));
  };
  ProviderOptions options;
  options.engine(*engine.engine).callbacks(diary.callbacks("call")).layer(diary.layer("layer"));
  const FallbackProvider provider(FallbackConfig().link(link("a")).link(link("b")), options);
  const auto look = tool("look", "Looks", Json(R"({"type":"object"})"), [&] { diary.write("tool runs"); });
  const auto ended = engine.run_chat(provider, Options().tools(look));
  ASSERT_TRUE(*ended->result) << ended->error().what();
  EXPECT_EQ(ended->response().content(), "done");
  EXPECT_EQ(ended->attempts().size(), 4U);
  EXPECT_EQ(diary.lines,
            (std::vector<std::string>{"call asked", "layer enters", "a asked", "a answered", "tool runs", "a asked",
                                      "a failed", "b asked", "b answered", "layer leaves", "call answered"}));
}

TEST(Pipeline, NoPermitIsHeldWhileARetryWaits) {
  VirtualEngine engine;
  engine.serve("a", {refusing(500, {{"retry-after", "10"}}), good("x")});
  const Limits limits = Limits().max_concurrent(1);
  const Provider provider = engine.provider(engine.config("a").limits(limits));
  engine.chat(provider);
  engine.scheduler.run_for(1s);
  EXPECT_EQ(VirtualEngine::endpoint(provider).turnstile(limits).inside(), 0U);
  EXPECT_TRUE(*engine.run_chat(provider)->result);
}

TEST(Pipeline, ADeadlineInThePastSendsNothingAndNamesItself) {
  VirtualEngine engine;
  engine.serve("a", {good("x")});
  const Provider provider = engine.provider("a");
  for (const Options& options :
       {Options().deadline(-1s), Options().deadline(0s), Options().deadline(engine.scheduler.steady_now() - 1s)}) {
    const auto call = engine.run_chat(provider, options);
    EXPECT_EQ(call->error().kind(), ErrorKind::deadline_exceeded);
    EXPECT_EQ(call->error().where(), "deadline");
    EXPECT_EQ(call->took, 0s);
  }
  EXPECT_TRUE(engine.sent.empty());
}

TEST(Pipeline, ADeadlineFarAwayIsNone) {
  VirtualEngine engine;
  engine.serve("a", {good("x")});
  EXPECT_TRUE(*engine.run_chat(engine.provider("a"), Options().deadline(std::chrono::nanoseconds::max()))->result);
}

TEST(Pipeline, TheEarlierOfTwoDeadlinesHolds) {
  VirtualEngine engine;
  engine.serve("a", {silence()});
  const Options options = Options().deadline(engine.scheduler.steady_now() + 5s).deadline(3s);
  EXPECT_EQ(engine.run_chat(engine.provider("a"), options)->took, 3s);
}

/// What is on the heap when all is quiet, as a count of what the endpoint keeps.
TEST(Pipeline, NothingGrowsWithPastCalls) {
  VirtualEngine engine;
  engine.serve("a", {good("x"), refusing(500), refusing(429, {{"retry-after", "1"}})});
  engine.serve("b", {good("x")});
  const Limits limits = Limits().max_concurrent(2).requests_per_minute(100'000).tokens_per_minute(1'000'000'000);
  FallbackConfig config;
  config.link(engine.provider(engine.config("a").limits(limits))).link(engine.provider("b"));
  const FallbackProvider provider(config.hedge(HedgeConfig().delay(10ms)));
  const auto allocated_by = [&](int calls) {
    for (int i = 0; i < calls; ++i) {
      engine.sent.clear();
      engine.run_chat(provider);
    }
    return mallinfo2().uordblks;
  };
  const std::size_t before = allocated_by(500);
  EXPECT_LE(allocated_by(2000), before + 16 * 1024);
}

TEST(Pipeline, CallsThatWaitAtAClosedGateCostMemoryForThemselvesOnly) {
  VirtualEngine engine;
  const Provider provider = engine.provider("a");
  VirtualEngine::endpoint(provider).close_gate(engine.scheduler, 50s);
  const auto wait_with = [&](std::size_t many) {
    std::stop_source stop;
    const Options options = Options().cancel_on(stop.get_token());
    const std::size_t before = mallinfo2().uordblks;
    for (std::size_t i = 0; i < many; ++i) engine.chat(provider, options);
    engine.scheduler.run_for(1ms);
    EXPECT_EQ(VirtualEngine::endpoint(provider).turnstile(Limits()).waiting(), many);
    const std::size_t each = (mallinfo2().uordblks - before) / many;
    stop.request_stop();
    engine.scheduler.run_for(0s);
    EXPECT_EQ(VirtualEngine::endpoint(provider).turnstile(Limits()).waiting(), 0U);
    return each;
  };
  constexpr std::size_t most_for_each = 8 * 1024;
  EXPECT_LT(wait_with(10'000), most_for_each) << "with all that keeps its size from now on, such as the list of timers";
  const std::size_t before = mallinfo2().uordblks;
  const std::size_t of_few = wait_with(5'000);
  const std::size_t of_many = wait_with(10'000);
  EXPECT_LT(of_many, most_for_each);
  EXPECT_LE(of_many, of_few + of_few / 20);
  EXPECT_GE(of_many, of_few - of_few / 20);
  EXPECT_LE(mallinfo2().uordblks, before + 64 * 1024) << "they gave everything back";
  EXPECT_TRUE(engine.sent.empty());
}

}  // namespace
}  // namespace antiphon::test
