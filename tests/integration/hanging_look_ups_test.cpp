// More look-ups of host names that hang than there are threads for them: who needs none of them, and who waits behind.

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "integration/one_attempt.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

constexpr int most_look_ups = 64;

/// Look-ups of `….hangs.test` do, until `let_go`; all others are answered at once. They may outlive the test.
class LookUps {
 public:
  EngineOptions::Resolver resolver() const {
    return [state = state_](const std::string& host) -> std::vector<std::string> {
      if (host.ends_with(".hangs.test")) {
        ++state->hanging;
        state->hanging.notify_all();
        state->go.wait();
      }
      return {"127.0.0.1"};
    };
  }
  void wait_for(int count) const {
    for (int now = state_->hanging; now < count; now = state_->hanging) state_->hanging.wait(now);
  }
  int hanging() const { return state_->hanging; }
  void let_go() const { state_->go.count_down(); }

 private:
  struct State {
    std::atomic<int> hanging{0};
    std::latch go{1};
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class HangingLookUps : public testing::Test {
 protected:
  ~HangingLookUps() override {
    if (hangs_) look_ups_.let_go();
  }

  Provider provider(const std::string& host, const Timeouts& timeouts = Timeouts()) const {
    return create_provider(
        config_for("http://" + host + ":" + std::to_string(server_.port()) + "/v1").timeouts(timeouts),
        ProviderOptions().engine(engine_));
  }

  using Answer = std::future<Result<Response>>;
  static Answer start(const Provider& provider, const Options& options = Options()) {
    auto promise = std::make_shared<std::promise<Result<Response>>>();
    Answer answer = promise->get_future();
    provider.async_chat("Hi", options).then([promise](Result<Response> result) {
      promise->set_value(std::move(result));
    });
    return answer;
  }

  /// As many as there may be, and a few more that wait behind them.
  void hang() {
    for (int i = 0; i < most_look_ups + 3; ++i) {
      hung_.push_back(start(provider(std::to_string(i) + ".hangs.test")));
    }
    look_ups_.wait_for(most_look_ups);
    hangs_ = true;
  }
  void let_go() {
    look_ups_.let_go();
    hangs_ = false;
    for (Answer& answer : hung_) {
      const Result<Response> result = answer.get();
      EXPECT_TRUE(result) << result.error().what();
    }
  }

  RawServer server_{answering({"fine"})};
  LookUps look_ups_;
  Engine engine_{EngineOptions().resolver(look_ups_.resolver())};
  std::vector<Answer> hung_;
  bool hangs_ = false;
};

TEST_F(HangingLookUps, HoldNobodyUpWhoNeedsNone) {
  const Provider known = provider("known.test");
  EXPECT_EQ(known.chat("Hi").content(), "fine");
  hang();
  EXPECT_EQ(known.chat("Hi").content(), "fine") << "a name that was looked up before";
  EXPECT_EQ(known.stream("Hi").collect().content(), "fine");
  EXPECT_EQ(provider("127.0.0.1").chat("Hi").content(), "fine") << "an address";
  EXPECT_EQ(look_ups_.hanging(), most_look_ups) << "a bound on threads";
  let_go();
}

TEST_F(HangingLookUps, ACallBehindThemEndsAtItsTimeoutOrWhenItIsCancelled) {
  hang();
  const Error timeout = chat_failure(provider("late.test", Timeouts().connect(50ms)));
  EXPECT_EQ(timeout.kind(), ErrorKind::timeout);
  EXPECT_EQ(timeout.where(), "timeouts.connect");
  EXPECT_NE(timeout.message().find("late.test waited for other look-ups"), std::string::npos) << timeout.message();

  const Error hung = chat_failure(provider("0.hangs.test", Timeouts().connect(50ms)));
  EXPECT_EQ(hung.where(), "timeouts.connect");
  EXPECT_NE(hung.message().find("0.hangs.test was looked up"), std::string::npos) << hung.message();

  const Error late = chat_failure(provider("late.test"), "Hi", Options().deadline(50ms));
  EXPECT_EQ(late.kind(), ErrorKind::deadline_exceeded);

  std::stop_source stop;
  Answer cancelled = start(provider("late.test"), Options().cancel_on(stop.get_token()));
  Answer patient = start(provider("late.test"));
  stop.request_stop();
  EXPECT_EQ(cancelled.get().error().kind(), ErrorKind::cancelled);
  let_go();
  EXPECT_TRUE(patient.get()) << "its turn comes";
}

TEST_F(HangingLookUps, AnEngineGoesWithoutWaitingForThem) {
  hang();
  Answer behind = start(provider("late.test"));
  engine_ = Engine();
  EXPECT_EQ(behind.get().error().kind(), ErrorKind::cancelled);
  for (Answer& answer : hung_) EXPECT_EQ(answer.get().error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(look_ups_.hanging(), most_look_ups);
}

}  // namespace
}  // namespace antiphon::test
