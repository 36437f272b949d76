#pragma once

// An engine on a clock of the test's own, with a scripted network: what is tested is the shipped library from the
// public calls down to the bytes.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/antiphon.hpp>

#include "chat/provider_core.hpp"
#include "support/ollama_answers.hpp"
#include "support/openai_answers.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::test {

using namespace std::chrono_literals;
using Headers = std::vector<std::pair<std::string, std::string>>;

inline Script json_answer(int status, std::string body, Headers headers = {}, std::chrono::nanoseconds after = 0ns) {
  headers.emplace_back("content-type", "application/json");
  return Script().connect().head(status, std::move(headers), after).bytes(std::move(body)).end();
}
/// A whole answer of an OpenAI server.
inline Script good(std::string_view text, std::chrono::nanoseconds after = 0ns) {
  return json_answer(200, chat_answer(text), {}, after);
}
inline Script refusing(int status, Headers headers = {}, std::string body = R"({"error":{"message":"no"}})") {
  return json_answer(status, std::move(body), std::move(headers));
}
inline Script failing(ErrorKind kind, std::chrono::nanoseconds after = 0ns) {
  return Script().fail(Error(kind, "the network failed"), after);
}
inline Script streaming(std::string events, std::chrono::nanoseconds after = 0ns) {
  return Script().connect().head(200, {{"content-type", "text/event-stream"}}, after).bytes(std::move(events)).end();
}
/// A stream that is cut behind these events.
inline Script cut_behind(std::string events) {
  return Script()
      .connect()
      .head(200, {{"content-type", "text/event-stream"}})
      .bytes(std::move(events))
      .fail(Error(ErrorKind::connection, "reset"));
}
/// Nothing ever comes.
inline Script silence() { return Script().connect(); }

/// What a test does with a call.
struct Running {
  std::optional<Result<Response>> result;
  std::vector<Chunk> chunks;
  std::chrono::nanoseconds took{};
  int ends = 0;

  std::string text() const {
    std::string joined;
    for (const Chunk& chunk : chunks) joined += chunk.content();
    return joined;
  }
  const Response& response() const { return result->value(); }
  const Error& error() const { return result->error(); }
  const std::vector<Attempt>& attempts() const { return *result ? (*result)->attempts() : result->error().attempts(); }
  const std::vector<Warning>& warnings() const { return *result ? (*result)->warnings() : result->error().warnings(); }
};

struct SentRequest {
  std::chrono::nanoseconds at;  ///< since the engine began
  std::string host;
  HttpRequest request;
};

class VirtualEngine {
 public:
  VirtualEngine() { restart(); }
  ~VirtualEngine() { stop(); }
  VirtualEngine(const VirtualEngine&) = delete;
  VirtualEngine& operator=(const VirtualEngine&) = delete;

  /// What a host answers, in turn, and the last one for ever.
  void serve(const std::string& host, std::vector<Script> scripts) { scripts_[host] = std::move(scripts); }

  ModelConfig config(const std::string& host, std::string model = "m-1") const {
    return ModelConfig(std::move(model), providers::openai).base_url("http://" + host + "/v1").api_key("k");
  }
  ModelConfig ollama(const std::string& host) const {
    return ModelConfig("m-2", providers::ollama).base_url("http://" + host);
  }
  Provider provider(const std::string& host) { return provider(config(host)); }
  Provider provider(ModelConfig config, ProviderOptions options = ProviderOptions()) {
    return create_provider(std::move(config), std::move(options.engine(*engine)));
  }

  std::shared_ptr<Running> chat(const Provider& provider, Options options = Options(), Messages messages = "Hi") {
    auto running = std::make_shared<Running>();
    provider.async_chat(std::move(messages), std::move(options)).then(keep(running));
    return running;
  }
  std::shared_ptr<Running> stream(const Provider& provider, Options options = Options(), Messages messages = "Hi") {
    auto running = std::make_shared<Running>();
    provider.stream(std::move(messages), std::move(options))
        .for_each([running](const Chunk& chunk) { running->chunks.push_back(chunk); })
        .then(keep(running));
    return running;
  }
  /// The same until nothing is left to do.
  std::shared_ptr<Running> run_chat(const Provider& provider, Options options = Options(), Messages messages = "Hi") {
    auto running = chat(provider, std::move(options), std::move(messages));
    scheduler.run();
    return running;
  }
  std::shared_ptr<Running> run_stream(const Provider& provider, Options options = Options(), Messages messages = "Hi") {
    auto running = stream(provider, std::move(options), std::move(messages));
    scheduler.run();
    return running;
  }

  static pipeline::Endpoint& endpoint(const Provider& provider, std::size_t link = 0) {
    return *provider.core()->links[link].endpoint;
  }
  std::size_t sent_to(const std::string& host) const {
    std::size_t count = 0;
    for (const SentRequest& request : sent) count += request.host == host;
    return count;
  }
  std::chrono::nanoseconds now() { return scheduler.steady_now() - began_; }

  VirtualScheduler scheduler;
  std::optional<Engine> engine;
  std::vector<SentRequest> sent;

 private:
  void restart() {
    EngineOptions options;
    options.scheduler(scheduler).random_seed(1);
    // On this thread: nothing happens that the clock does not know.
    options.run_tools_on([](std::function<void()> task) { task(); });
    options.transport([this](Scheduler& s) {
      return std::make_unique<ScriptedTransport>(s, [this](const HttpRequest& request) { return answer(request); });
    });
    engine.emplace(std::move(options));
  }
  void stop() {
    engine.reset();
    scheduler.run();
  }
  Script answer(const HttpRequest& request) {
    const std::size_t begin = request.url.find("//") + 2;
    const std::string host = request.url.substr(begin, request.url.find('/', begin) - begin);
    sent.push_back(SentRequest{now(), host, request});
    std::vector<Script>& scripts = scripts_[host];
    if (scripts.empty()) return failing(ErrorKind::connection);
    Script script = scripts.front();
    if (scripts.size() > 1) scripts.erase(scripts.begin());
    return script;
  }
  std::function<void(Result<Response>)> keep(const std::shared_ptr<Running>& running) {
    const auto started = now();
    return [this, running, started](Result<Response> result) {
      running->result = std::move(result);
      running->took = now() - started;
      ++running->ends;
    };
  }

  std::chrono::steady_clock::time_point began_ = scheduler.steady_now();
  std::map<std::string, std::vector<Script>> scripts_;
};

}  // namespace antiphon::test
