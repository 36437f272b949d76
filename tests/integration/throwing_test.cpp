// What is the user's own may throw: that fails the call in which it does, and no other one that is under way.

#include <atomic>
#include <future>
#include <stdexcept>

#include "integration/reliability.hpp"

namespace antiphon::test {
namespace {

/// Throws in the calls of users whose name begins with `thrower`.
class Moody : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    if (request.options().user().starts_with("thrower")) throw std::runtime_error("oops");
    next->call(std::move(request), std::move(done));
  }
};

TEST(Throwing, LayersPredicatesAndCallbacksFailTheirOwnCallsOnly) {
  constexpr int calls = 120;
  Simulator simulator(Scenario().rule(R"({"answer": {"text": "Good."}, "timing": {"before_head_ms": 5}})"));
  std::atomic<int> judged = 0;
  std::atomic<int> thrown = 0;
  FallbackLink picky(create_provider(openai_at(simulator)));
  picky.accept([&](const Response&) -> bool {
    if (++judged % 4 != 0) return true;
    ++thrown;
    throw 7;
  });
  ProviderOptions handle;
  handle.layer(std::make_shared<Moody>()).callbacks(Callbacks().on_request([](const Request&) {
    throw std::runtime_error("always");
  }));
  const FallbackProvider provider(FallbackConfig().link(picky), handle);
  std::vector<std::promise<Result<Response>>> ends(calls);
  for (int i = 0; i < calls; ++i) {
    const Options options = Options().user((i % 3 == 0 ? "thrower " : "user ") + std::to_string(i));
    provider.async_chat("Hi", options).then([&end = ends[static_cast<std::size_t>(i)]](Result<Response> result) {
      end.set_value(std::move(result));
    });
  }
  int failed_by_predicate = 0;
  for (int i = 0; i < calls; ++i) {
    const Result<Response> result = ends[static_cast<std::size_t>(i)].get_future().get();
    const bool by_layer = i % 3 == 0;
    if (result) {
      EXPECT_FALSE(by_layer) << i;
      EXPECT_EQ(result->content(), "Good.");
      ASSERT_EQ(result->warnings().size(), 1U);
      EXPECT_EQ(result->warnings()[0].where(), "callbacks.on_request");
      continue;
    }
    EXPECT_EQ(result.error().kind(), ErrorKind::internal);
    EXPECT_EQ(result.error().where(), by_layer ? "layer" : "fallback.accept");
    failed_by_predicate += !by_layer;
  }
  EXPECT_EQ(judged, calls - calls / 3);
  EXPECT_EQ(failed_by_predicate, thrown);
  EXPECT_GT(thrown, 0);
}

}  // namespace
}  // namespace antiphon::test
