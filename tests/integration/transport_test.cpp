// The rules of HttpTransport, held against every transport there is: libcurl's, the scripted one of the simulations,
// and one that a user might write.

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "../../examples/own_transport.hpp"
#include "support/raw_server.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"
#include "transport/own_loop.hpp"
#include "transport/curl_transport.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// What the server does with the one request of a scene, in words that every transport's network can act out.
struct Scene {
  bool answers = true;
  std::vector<std::string> pieces = {};
  bool cut = false;
  bool stays_open = false;
};

Script script_of(const Scene& scene) {
  Script script;
  script.connect(1ms);
  if (!scene.answers) return script;
  script.head(200, {{"content-type", "text/plain"}}, 1ms);
  for (const std::string& piece : scene.pieces) script.bytes(piece, 1ms);
  if (scene.cut) script.fail(Error(ErrorKind::truncated, "cut"), 1ms);
  if (!scene.cut && !scene.stays_open) script.end(1ms);
  return script;
}

void act_out(const Scene& scene, RawConnection& connection) {
  while (!connection.read_request().empty()) {
    if (!scene.answers) return connection.wait_for_close();
    connection.write("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n");
    for (const std::string& piece : scene.pieces) {
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      connection.write(size + piece + "\r\n");
    }
    if (scene.cut) return;
    if (scene.stays_open) return connection.wait_for_close();
    connection.write("0\r\n\r\n");
  }
}

/// A transport with its scheduler and its network.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual HttpTransport& transport() = 0;
  /// Runs `task` on the scheduler's thread and comes back when it has run.
  virtual void on_thread(std::function<void()> task) = 0;
  /// Lets the scheduler work until `condition`, asked on its thread, holds; false when it never does.
  virtual bool until(std::function<bool()> condition) = 0;
  std::string url;
};

class LoopStage : public Stage {
 public:
  explicit LoopStage(const Scene& scene) : server_([scene](RawConnection& c, int) { act_out(scene, c); }) {
    url = server_.url("/x");
    thread_ = std::thread([this] { scheduler_.run(); });
  }
  ~LoopStage() override {
    on_thread([this] { transport_.reset(); });
    scheduler_.stop();
    thread_.join();
  }
  HttpTransport& transport() override {
    if (!transport_) transport_ = make(scheduler_);
    return *transport_;
  }
  void on_thread(std::function<void()> task) override {
    std::promise<void> done;
    scheduler_.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  bool until(std::function<bool()> condition) override {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    std::promise<bool> result;
    // Looked at again whenever the loop has nothing better to do.
    std::function<void()> look = [&] {
      if (condition()) return result.set_value(true);
      if (std::chrono::steady_clock::now() > limit) return result.set_value(false);
      scheduler_.sleep_until(std::chrono::steady_clock::now() + 1ms, look);
    };
    scheduler_.post(look);
    return result.get_future().get();
  }
  virtual std::unique_ptr<HttpTransport> make(transport::OwnLoop& scheduler) = 0;

 private:
  RawServer server_;
  transport::OwnLoop scheduler_;
  std::unique_ptr<HttpTransport> transport_;
  std::thread thread_;
};

class CurlStage : public LoopStage {
 public:
  using LoopStage::LoopStage;
  std::unique_ptr<HttpTransport> make(transport::OwnLoop& scheduler) override {
    return std::make_unique<transport::CurlTransport>(scheduler, nullptr, transport::ProxyEnvironment());
  }
};

class OwnStage : public LoopStage {
 public:
  using LoopStage::LoopStage;
  std::unique_ptr<HttpTransport> make(transport::OwnLoop& scheduler) override {
    return std::make_unique<examples::BlockingTransport>(scheduler);
  }
};

class ScriptedStage : public Stage {
 public:
  explicit ScriptedStage(const Scene& scene)
      : transport_(scheduler_, [scene](const HttpRequest&) { return script_of(scene); }) {
    url = "http://scripted.test/x";
  }
  HttpTransport& transport() override { return transport_; }
  void on_thread(std::function<void()> task) override {
    bool ran = false;
    scheduler_.post([&] {
      task();
      ran = true;
    });
    while (!ran) scheduler_.step();
  }
  bool until(std::function<bool()> condition) override {
    while (!condition()) {
      if (!scheduler_.step()) return condition();
    }
    return true;
  }

 private:
  VirtualScheduler scheduler_;
  ScriptedTransport transport_;
};

class Recorder : public HttpSink {
 public:
  void connected() override { events += "c"; }
  void head(HttpHead head) override {
    events += "h";
    status = head.status;
    if (on_head) on_head();
  }
  Flow bytes(std::string_view piece) override {
    if (!events.ends_with('b')) events += "b";
    text += piece;
    if (on_bytes) on_bytes();
    return pause ? Flow::pause : Flow::go_on;
  }
  void end(std::optional<Error> e) override {
    events += e ? "!" : ".";
    error = std::move(e);
    ++ends;
    if (on_end) on_end();
  }

  std::string events;
  std::string text;
  int status = 0;
  int ends = 0;
  bool pause = false;
  std::optional<Error> error;
  std::function<void()> on_head;
  std::function<void()> on_bytes;
  std::function<void()> on_end;
};

template <class StageType>
class TransportRules : public testing::Test {
 protected:
  HttpRequest request(const Stage& stage) {
    HttpRequest r;
    r.url = stage.url;
    r.body = "question";
    r.streaming = true;
    return r;
  }
};

using Stages = testing::Types<CurlStage, ScriptedStage, OwnStage>;
TYPED_TEST_SUITE(TransportRules, Stages);

TYPED_TEST(TransportRules, GivesAnAnswerInOrderAndOneEnd) {
  TypeParam stage(Scene{.pieces = {"one ", "two ", "three"}});
  Recorder sink;
  std::unique_ptr<HttpCall> call;
  stage.on_thread([&] {
    call = stage.transport().start(this->request(stage), sink);
    EXPECT_EQ(sink.events, "") << "the sink was called from inside start";
  });
  ASSERT_TRUE(stage.until([&] { return sink.ends == 1; }));
  stage.on_thread([&] {
    EXPECT_EQ(sink.events, "chb.");
    EXPECT_EQ(sink.status, 200);
    EXPECT_EQ(sink.text, "one two three");
    call->cancel();
    call->resume();
    call.reset();
  });
  stage.on_thread([&] { EXPECT_EQ(sink.ends, 1); });
}

TYPED_TEST(TransportRules, SaysWhyAnAnswerWasCut) {
  TypeParam stage(Scene{.pieces = {"half"}, .cut = true});
  Recorder sink;
  std::unique_ptr<HttpCall> call;
  stage.on_thread([&] { call = stage.transport().start(this->request(stage), sink); });
  ASSERT_TRUE(stage.until([&] { return sink.ends == 1; }));
  stage.on_thread([&] {
    EXPECT_EQ(sink.events, "chb!");
    EXPECT_EQ(sink.text, "half");
    call.reset();
  });
}

TYPED_TEST(TransportRules, CancelGivesOneEndLater) {
  TypeParam stage(Scene{.answers = false});
  Recorder sink;
  std::unique_ptr<HttpCall> call;
  stage.on_thread([&] { call = stage.transport().start(this->request(stage), sink); });
  ASSERT_TRUE(stage.until([&] { return sink.events == "c"; }));
  stage.on_thread([&] {
    call->cancel();
    call->cancel();
    EXPECT_EQ(sink.ends, 0) << "the sink was called from inside cancel";
  });
  ASSERT_TRUE(stage.until([&] { return sink.ends == 1; }));
  stage.on_thread([&] {
    ASSERT_TRUE(sink.error);
    EXPECT_EQ(sink.error->kind(), ErrorKind::cancelled);
    call->cancel();
    call.reset();
  });
  stage.on_thread([&] { EXPECT_EQ(sink.ends, 1); });
}

TYPED_TEST(TransportRules, CancelRightAfterStart) {
  TypeParam stage(Scene{.pieces = {"never read"}});
  Recorder sink;
  std::unique_ptr<HttpCall> call;
  stage.on_thread([&] {
    call = stage.transport().start(this->request(stage), sink);
    call->cancel();
    EXPECT_EQ(sink.ends, 0);
  });
  ASSERT_TRUE(stage.until([&] { return sink.ends == 1; }));
  stage.on_thread([&] {
    EXPECT_EQ(sink.error->kind(), ErrorKind::cancelled);
    call.reset();
  });
}

TYPED_TEST(TransportRules, ADestroyedCallIsSilent) {
  TypeParam stage(Scene{.pieces = {"some"}, .stays_open = true});
  Recorder sink;
  std::unique_ptr<HttpCall> call;
  stage.on_thread([&] { call = stage.transport().start(this->request(stage), sink); });
  ASSERT_TRUE(stage.until([&] { return sink.text == "some"; }));
  stage.on_thread([&] { call.reset(); });
  stage.on_thread([&] { EXPECT_EQ(sink.events, "chb"); });
}

TYPED_TEST(TransportRules, MayBeDestroyedAndCancelledFromInsideTheSink) {
  for (const char* when : {"destroy in head", "destroy in bytes", "cancel in bytes", "destroy in end"}) {
    SCOPED_TRACE(when);
    TypeParam stage(Scene{.pieces = {"a", "b", "c"}});
    Recorder sink;
    std::unique_ptr<HttpCall> call;
    bool done = false;
    const std::string what = when;
    const auto act = [&] {
      what.starts_with("cancel") ? call->cancel() : call.reset();
      done = true;
    };
    if (what.ends_with("head")) sink.on_head = act;
    if (what.ends_with("bytes"))
      sink.on_bytes = [&] {
        if (!done) act();
      };
    if (what.ends_with("end")) sink.on_end = act;
    stage.on_thread([&] { call = stage.transport().start(this->request(stage), sink); });
    ASSERT_TRUE(stage.until([&] { return done && (what != "cancel in bytes" || sink.ends == 1); }));
    stage.on_thread([&] {
      EXPECT_LE(sink.ends, 1);
      call.reset();
    });
  }
}

TYPED_TEST(TransportRules, PauseHoldsBackAndResumeGoesOn) {
  TypeParam stage(Scene{.pieces = {std::string(40'000, 'x'), std::string(40'000, 'y'), "end"}});
  Recorder sink;
  sink.pause = true;
  std::unique_ptr<HttpCall> call;
  stage.on_thread([&] { call = stage.transport().start(this->request(stage), sink); });
  ASSERT_TRUE(stage.until([&] { return !sink.text.empty(); }));
  std::size_t before = 0;
  while (sink.ends == 0) {
    stage.on_thread([&] {
      before = sink.text.size();
      call->resume();
      call->resume();
      EXPECT_EQ(sink.text.size(), before) << "the sink was called from inside resume";
    });
    ASSERT_TRUE(stage.until([&] { return sink.ends == 1 || sink.text.size() > before; }));
  }
  stage.on_thread([&] {
    EXPECT_EQ(sink.events.back(), '.');
    EXPECT_EQ(sink.text.size(), 80'003U);
    call.reset();
  });
}

TYPED_TEST(TransportRules, RunsManyAtOnceAndStartsFromInsideASink) {
  TypeParam stage(Scene{.pieces = {"hello"}});
  std::vector<std::unique_ptr<Recorder>> sinks;
  std::vector<std::unique_ptr<HttpCall>> calls;
  int ended = 0;
  std::function<void()> start_one = [&] {
    sinks.push_back(std::make_unique<Recorder>());
    Recorder& sink = *sinks.back();
    sink.on_end = [&] {
      ++ended;
      if (sinks.size() < 40) start_one();
    };
    calls.push_back(stage.transport().start(this->request(stage), sink));
  };
  stage.on_thread([&] {
    for (int i = 0; i < 8; ++i) start_one();
  });
  ASSERT_TRUE(stage.until([&] { return ended == 40; }));
  stage.on_thread([&] {
    for (const auto& sink : sinks) {
      EXPECT_EQ(sink->events, "chb.");
      EXPECT_EQ(sink->text, "hello");
    }
    calls.clear();
  });
}

TYPED_TEST(TransportRules, MayGoAwayWithCallsUnderWay) {
  Recorder sink;
  std::unique_ptr<HttpCall> call;
  {
    TypeParam stage(Scene{.answers = false});
    stage.on_thread([&] { call = stage.transport().start(this->request(stage), sink); });
    ASSERT_TRUE(stage.until([&] { return sink.events == "c"; }));
    stage.on_thread([&] { call.reset(); });
  }
  EXPECT_EQ(sink.ends, 0);
}

}  // namespace
}  // namespace antiphon::test
