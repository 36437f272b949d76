// Hundreds of calls at once, from many threads and in every way, at providers that fail in every way: whatever happens,
// each call ends once, nothing is sent that nobody counts, and at the end nothing is held any more.

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include <antiphon/antiphon.hpp>

#include "chat/provider_core.hpp"
#include "integration/storm/caller.hpp"
#include "integration/storm/fates.hpp"
#include "pipeline/endpoint.hpp"
#include "pipeline/frame_pool.hpp"
#include "support/refusing_port.hpp"
#include "support/simulator_process.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

using Endpoints = std::set<std::shared_ptr<pipeline::Endpoint>>;

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) count += entry.is_symlink();
  return count;
}

/// Of coroutines, on the engine's thread, when the last call has ended: those that nobody waited for any more as well.
std::ptrdiff_t live_frames(const Engine& engine) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    if (std::chrono::steady_clock::now() > patience) {
      ADD_FAILURE() << engine.calls_in_flight() << " calls do not end";
      return -1;
    }
    const bool at_rest = engine.calls_in_flight() == 0;
    std::promise<std::ptrdiff_t> frames;
    EXPECT_TRUE(engine.core()->post([&] { frames.set_value(pipeline::FramePool::held()); }));
    const std::ptrdiff_t count = frames.get_future().get();
    if (at_rest) return count;
  }
}

/// Lets everything through, by the long way.
class Passing : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    next->call(std::move(request), std::move(done), [](Chunk chunk) { return std::optional(std::move(chunk)); });
  }
};

/// Providers that fail, each in a process of its own but one, which is not even there. Models are named for them.
class Weather {
 public:
  explicit Weather(std::uint64_t seed)
      : fates_(seed),
        one_(fates_.scenario(700)),
        two_(fates_.scenario(700)),
        three_(fates_.scenario(700, R"("tls": true, )")),
        pausing_(R"({"rules": [{"status": 429, "error": {"message": "wait"}, "headers": {"retry-after": "30"}}]})"),
        fair_(R"({"rules": [{"answer": {"text": "Fair."}}]})") {}

  ModelConfig one(const std::string& key = "k") const {
    return config("one", providers::openai, key, one_.openai_base_url());
  }
  ModelConfig two() const { return config("two", providers::ollama, "k", two_.ollama_base_url()); }
  ModelConfig three() const {
    return config("three", providers::openai, "k", "https://localhost:" + std::to_string(three_.port()) + "/v1")
        .tls(TlsOptions().ca_file(three_.ca_file()));
  }
  /// Asks for more patience than anybody has.
  ModelConfig pausing() const {
    return config("pausing", providers::openai, "k", pausing_.openai_base_url())
        .retry_config(RetryConfig().max_retry_after(1s));
  }
  ModelConfig fair() const { return config("fair", providers::openai, "k", fair_.openai_base_url()); }
  ModelConfig refusing() const { return config("refusing", providers::openai, "k", port_.url()); }

  /// By the name of their model.
  std::map<std::string, const SimulatorProcess*> simulators() const {
    return {{"one", &one_}, {"two", &two_}, {"three", &three_}, {"pausing", &pausing_}, {"fair", &fair_}};
  }

 private:
  static ModelConfig config(const char* model, ProviderId provider, const std::string& key, const std::string& url) {
    return ModelConfig(model, provider)
        .base_url(url)
        .api_key(key)
        .retry_config(RetryConfig().initial_delay(5ms).max_delay(20ms))
        .timeouts(Timeouts().first_content(150ms).between_chunks(150ms));
  }

  Fates fates_;
  SimulatorProcess one_;
  SimulatorProcess two_;
  SimulatorProcess three_;
  SimulatorProcess pausing_;
  SimulatorProcess fair_;
  RefusingPort port_;
};

/// The providers that are asked, in every composition.
class Fleet {
 public:
  Fleet(const Weather& weather, const Engine& engine, Callbacks callbacks) : engine_(engine), callbacks_(callbacks) {
    const auto never_mind = CircuitBreakerConfig().failures(5).rest(30ms).max_rest(100ms);
    const auto chain = [&] { return FallbackConfig().circuit_breaker(never_mind); };
    const Limits few = Limits().max_concurrent(3);
    add(chain().link(link(weather.one())));
    add(chain().link(link(weather.refusing())).link(link(weather.one())).link(link(weather.two())));
    add(chain().link(link(weather.two())).link(link(weather.three())).hedge(HedgeConfig().delay(15ms)));
    add(chain().link(link(weather.one("limited").limits(few))).link(link(weather.three())));
    add(chain().strategy(FallbackStrategy::weighted).link(link(weather.two()).weight(2)).link(link(weather.three())));
    add(chain()
            .strategy(FallbackStrategy::lowest_latency)
            .link(link(weather.one()).first_content_within(60ms))
            .link(link(weather.two())));
    add(chain().link(link(weather.pausing())).link(link(weather.three())));
    providers_.push_back(
        create_provider(weather.one(), handle().layer(std::make_shared<Passing>()).layer(std::make_shared<Passing>())));
    aside_.emplace(create_provider(weather.fair().limits(few), handle()));
  }

  const std::vector<Provider>& providers() const { return providers_; }
  const Provider& aside() const { return *aside_; }
  Endpoints endpoints() const {
    Endpoints endpoints;
    for (const Provider& provider : providers_) {
      for (const pipeline::Link& link : provider.core()->links) endpoints.insert(link.endpoint);
    }
    endpoints.insert(aside_->core()->links.front().endpoint);
    return endpoints;
  }

 private:
  ProviderOptions handle() const { return ProviderOptions().engine(engine_).callbacks(callbacks_); }
  FallbackLink link(const ModelConfig& config) const {
    return create_provider(config, ProviderOptions().engine(engine_));
  }
  void add(const FallbackConfig& config) { providers_.push_back(FallbackProvider(config, handle())); }

  const Engine& engine_;
  Callbacks callbacks_;
  std::vector<Provider> providers_;
  std::optional<Provider> aside_;
};

void make_calls(Caller& caller) {
  constexpr int threads = 10;
  constexpr int calls_each = 20;
  constexpr int others = 150;
  std::vector<std::thread> blocked;
  for (int i = 0; i < threads; ++i) {
    blocked.emplace_back([&caller] {
      for (int call = 0; call < calls_each; ++call) caller.blocking();
    });
  }
  std::vector<Coroutine> coroutines;
  for (int i = 0; i < others; ++i) {
    caller.callback();
    coroutines.push_back(caller.coroutine());
  }
  for (std::thread& thread : blocked) thread.join();
  caller.hang_ups().all();
  for (Coroutine& coroutine : coroutines) coroutine.wait();
  caller.wait();
}

void nothing_is_held(const Endpoints& endpoints) {
  for (const auto& endpoint : endpoints) {
    EXPECT_EQ(endpoint.use_count(), 1) << "a permit or a call still holds it";
    EXPECT_EQ(endpoint->gate().inside(), 0U);
    for (const Limits& limits : {Limits(), Limits().max_concurrent(3)}) {
      EXPECT_EQ(endpoint->turnstile(limits).inside(), 0U);
      EXPECT_EQ(endpoint->turnstile(limits).waiting(), 0U);
    }
  }
}

/// An attempt that its own side ended may never have come so far as to be sent. Nor may one whose connection was shared
/// (HTTP/2) and went down with another.
bool is_certainly_sent(const Attempt& attempt) {
  if (!attempt.error() || attempt.status() != 0) return true;
  switch (*attempt.error()) {
    case ErrorKind::cancelled:
    case ErrorKind::deadline_exceeded:
    case ErrorKind::timeout:
      return false;
    case ErrorKind::connection:
    case ErrorKind::truncated:
      return attempt.model() != "three";
    default:
      return true;
  }
}

/// Requests by call and model, as the simulators counted them.
std::map<std::pair<int, std::string>, int> received(const Weather& weather) {
  std::map<std::pair<int, std::string>, int> counts;
  for (const auto& [model, simulator] : weather.simulators()) {
    for (const RecordedRequest& request : simulator->requests()) {
      ++counts[std::pair(std::stoi(std::string(request.header("x-call"))), model)];
    }
    EXPECT_EQ(simulator->stats().requests_forgotten, 0U);
  }
  return counts;
}

std::string listed(const Ledger::Entry& call) {
  std::string text = call.asked + "\n";
  for (const Attempt& attempt : call.attempts) {
    text += attempt.model() + " " + std::to_string(attempt.status()) + " ";
    text += attempt.error() ? std::string(to_string(*attempt.error())) + ": " + attempt.error_message() : "well";
    text += "\n";
  }
  return text;
}

void every_request_is_an_attempt(const Weather& weather, const std::vector<Ledger::Entry>& calls) {
  const auto requests = received(weather);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    std::map<std::string, int> most;
    std::map<std::string, int> least;
    for (const auto& [model, simulator] : weather.simulators()) most[model] = least[model] = 0;
    for (const Attempt& attempt : calls[i].attempts) {
      if (attempt.model() == "refusing") continue;
      ++most[attempt.model()];
      least[attempt.model()] += is_certainly_sent(attempt);
    }
    for (const auto& [model, count] : most) {
      const auto found = requests.find(std::pair(static_cast<int>(i), model));
      const int there = found == requests.end() ? 0 : found->second;
      EXPECT_LE(there, count) << "call " << i << " to " << model << ": sent and not counted";
      EXPECT_GE(there, least[model]) << "call " << i << " to " << model << ": counted and not sent\n"
                                     << listed(calls[i]);
    }
  }
}

void every_call_ended_once(const std::vector<Ledger::Entry>& calls) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Ledger::Entry& call = calls[i];
    SCOPED_TRACE("call " + std::to_string(i) + ": " + call.what + "\n" + listed(call));
    EXPECT_EQ(call.ended, 1);
    EXPECT_EQ(call.returned, call.wanted ? 1 : 0);
    if (!call.may_be_late) {
      EXPECT_NE(call.error, ErrorKind::deadline_exceeded) << "it was forgotten";
    }
    EXPECT_NE(call.error, ErrorKind::internal);
  }
}

/// A storm in which these did not happen has shown nothing.
void much_happened(const std::vector<Ledger::Entry>& calls) {
  std::set<ErrorKind> kinds;
  std::set<ErrorKind> attempt_kinds;
  int well = 0, again = 0, elsewhere = 0, waited = 0, joints = 0;
  for (const Ledger::Entry& call : calls) {
    if (call.error) kinds.insert(*call.error);
    well += !call.error;
    joints += call.joints != 0;
    std::set<std::string> models;
    for (const Attempt& attempt : call.attempts) {
      if (attempt.error()) attempt_kinds.insert(*attempt.error());
      models.insert(attempt.model());
      waited += attempt.waited() > 0ms;
    }
    elsewhere += models.size() > 1;
    again += call.attempts.size() > models.size();
  }
  for (const int count : {well, again, elsewhere, waited, joints}) EXPECT_GT(count, 0);
  for (const ErrorKind kind : {ErrorKind::cancelled, ErrorKind::deadline_exceeded}) EXPECT_TRUE(kinds.contains(kind));
  for (const ErrorKind kind :
       {ErrorKind::connection, ErrorKind::timeout, ErrorKind::truncated, ErrorKind::protocol, ErrorKind::rate_limited,
        ErrorKind::overloaded, ErrorKind::server_error, ErrorKind::quota_exceeded, ErrorKind::cancelled}) {
    EXPECT_TRUE(attempt_kinds.contains(kind)) << to_string(kind);
  }
  std::printf("%zu calls: %d well, %d tried again, %d asked elsewhere, %d waits, %d continued\n", calls.size(), well,
              again, elsewhere, waited, joints);
}

class Storm : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Storm, EachCallEndsOnceAndNothingIsLeft) {
  const Weather weather(GetParam());
  const std::size_t descriptors = open_descriptors();
  Ledger ledger;
  Endpoints endpoints;
  {
    const Engine engine(EngineOptions().random_seed(GetParam()));
    const Fleet fleet(weather, engine, ledger.callbacks());
    endpoints = fleet.endpoints();
    Caller caller(fleet.providers(), fleet.aside(), ledger, GetParam());
    make_calls(caller);
    EXPECT_EQ(live_frames(engine), 0);
  }
  nothing_is_held(endpoints);
  EXPECT_EQ(open_descriptors(), descriptors);
  for (const auto& [model, simulator] : weather.simulators()) {
    EXPECT_TRUE(simulator->wait(SimulatorEvent::close, simulator->stats().connections_accepted).reached) << model;
    EXPECT_EQ(simulator->stats().requests_open, 0U) << model;
  }
  const std::vector<Ledger::Entry> calls = ledger.entries();
  every_call_ended_once(calls);
  every_request_is_an_attempt(weather, calls);
  much_happened(calls);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Storm, testing::Values(1, 2, 3));

}  // namespace
}  // namespace antiphon::test
