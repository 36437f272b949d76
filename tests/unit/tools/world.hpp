#pragma once

// An engine on a clock and a network of the test's own, and a model on it that says what it is told to, over OpenAI
// Chat Completions (providers.md §1).

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include "support/scripted_transport.hpp"
#include "support/virtual_scheduler.hpp"

namespace antiphon::test {

struct Wanted {
  Wanted(std::string i, std::string n, std::string a) : id(std::move(i)), name(std::move(n)), arguments(std::move(a)) {}
  std::string id;
  std::string name;
  std::string arguments;
};

/// An answer of the model, whole or streamed as it was asked for.
class Said {
 public:
  Said() = default;
  static Said text(std::string words) {
    Said said;
    said.text_ = std::move(words);
    return said;
  }
  /// Of another protocol, whole and as it is.
  static Said body(std::string json) {
    Said said;
    said.body_ = std::move(json);
    return said;
  }
  Said& call(std::string id, std::string name, std::string arguments) {
    calls_.emplace_back(std::move(id), std::move(name), std::move(arguments));
    return *this;
  }
  Said& finish(std::string reason) { return finish_ = std::move(reason), *this; }
  Said& status(int value) { return status_ = value, *this; }
  /// Tokens in and out; without any, the answer says nothing of them.
  Said& used(int input, int output) { return usage_ = tokens(input, output), *this; }
  /// In its own words.
  Said& usage(std::string json) { return usage_ = std::move(json), *this; }
  /// By what name the answer calls its model.
  Said& model(std::string name) { return model_ = std::move(name), *this; }
  Said& without_usage() { return usage_.clear(), *this; }
  /// A stream ends behind what it used, without a word.
  Said& cut() { return cut_ = true, *this; }
  /// How long it takes.
  Said& after(std::chrono::nanoseconds value) { return after_ = value, *this; }

  Script script(bool streamed) const {
    if (status_ != 200) return Script::answer(status_, "application/json", R"({"error":{"message":"down"}})");
    Script script;
    if (!body_.empty()) {
      script.connect().head(200, {{"content-type", "application/json"}});
      return script.bytes(body_, after_).end();
    }
    script.connect().head(200, {{"content-type", streamed ? "text/event-stream" : "application/json"}});
    return script.bytes(streamed ? events() : body(), after_).end();
  }

 private:
  std::string reason() const { return !finish_.empty() ? finish_ : calls_.empty() ? "stop" : "tool_calls"; }
  static std::string tokens(int input, int output) {
    return R"({"prompt_tokens":)" + std::to_string(input) + R"(,"completion_tokens":)" + std::to_string(output) + "}";
  }
  std::string usage_json() const { return usage_.empty() ? "null" : usage_; }

  std::string body() const {
    std::string message = R"({"role":"assistant","content":)" + (text_.empty() ? "null" : Json::string(text_).text());
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      message += i == 0 ? R"(,"tool_calls":[)" : ",";
      message += R"({"id":)" + Json::string(calls_[i].id).text() + R"(,"type":"function","function":{"name":)" +
                 Json::string(calls_[i].name).text() + R"(,"arguments":)" + Json::string(calls_[i].arguments).text() +
                 "}}";
    }
    if (!calls_.empty()) message += "]";
    return R"({"id":"c","model":")" + model_ + R"(","choices":[{"index":0,"message":)" + message +
           R"(},"finish_reason":")" + reason() + R"("}],"usage":)" + usage_json() + "}";
  }
  std::string event(const std::string& delta, const std::string& finish) const {
    return R"(data: {"id":"c","model":")" + model_ + R"(","choices":[{"index":0,"delta":)" + delta +
           R"(,"finish_reason":)" + finish + "}]}\n\n";
  }
  /// Arguments come in two pieces, calls take turns.
  std::string events() const {
    if (cut_) return usage_event();
    std::string out;
    if (!text_.empty()) out += event(R"({"content":)" + Json::string(text_).text() + "}", "null");
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      out += event(R"({"tool_calls":[{"index":)" + std::to_string(i) + R"(,"id":)" + Json::string(calls_[i].id).text() +
                       R"(,"type":"function","function":{"name":)" + Json::string(calls_[i].name).text() +
                       R"(,"arguments":""}}]})",
                   "null");
    }
    for (const bool first : {true, false}) {
      for (std::size_t i = 0; i < calls_.size(); ++i) {
        const std::string& whole = calls_[i].arguments;
        const std::string piece = first ? whole.substr(0, whole.size() / 2) : whole.substr(whole.size() / 2);
        out += event(R"({"tool_calls":[{"index":)" + std::to_string(i) + R"(,"function":{"arguments":)" +
                         Json::string(piece).text() + "}}]}",
                     "null");
      }
    }
    out += event("{}", "\"" + reason() + "\"");
    return out + usage_event() + "data: [DONE]\n\n";
  }
  std::string usage_event() const {
    return R"(data: {"id":"c","model":")" + model_ + R"(","choices":[],"usage":)" + usage_json() + "}\n\n";
  }

  std::string text_;
  std::string body_;
  std::string model_ = "m";
  std::vector<Wanted> calls_;
  std::string finish_;
  bool cut_ = false;
  int status_ = 200;
  std::string usage_ = R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":10})";
  std::chrono::nanoseconds after_{0};
};

class World {
 public:
  World() {
    EngineOptions options;
    options.scheduler(scheduler).run_tools_on([this](std::function<void()> task) { run_tool(std::move(task)); });
    options.transport([this](Scheduler& clock) {
      return std::make_unique<ScriptedTransport>(clock, [this](const HttpRequest& request) {
        bodies.push_back(request.body);
        if (answers.empty()) return Said::text("Nothing more.").script(is_streamed(request));
        Said next = std::move(answers.front());
        answers.pop_front();
        return next.script(is_streamed(request));
      });
    });
    engine.emplace(std::move(options));
  }
  ~World() {
    engine.reset();
    scheduler.run();
  }

  Provider provider(ProviderOptions options = ProviderOptions(), const std::string& model = "m") {
    return provider(ModelConfig(model, providers::openai), std::move(options));
  }
  Provider provider(ModelConfig model, ProviderOptions options) {
    RetryConfig once;
    model.base_url("http://provider/v1").api_key("k").retry_config(once.max_attempts(1));
    return create_provider(model, options.engine(*engine));
  }
  void say(Said said) { answers.push_back(std::move(said)); }

  /// Runs a call to its end.
  Result<Response> run(Async<Response> call) {
    auto ended = std::make_shared<std::optional<Result<Response>>>();
    std::move(call).then([ended](Result<Response> result) { *ended = std::move(result); });
    while (!*ended && scheduler.step()) {
    }
    if (!*ended) return Error(ErrorKind::internal, "the call never ended");
    return **ended;
  }
  Result<Response> chat(const Options& options) { return run(provider().async_chat("Hi", options)); }
  /// By another protocol.
  Result<Response> chat(const ModelConfig& model, const Options& options) {
    return run(provider(model, ProviderOptions()).async_chat("Hi", options));
  }
  Result<Response> stream(const Options& options, std::vector<Chunk>& chunks) {
    Stream stream = provider().stream("Hi", options);
    return run(stream.for_each([&chunks](const Chunk& chunk) { chunks.push_back(chunk); }));
  }

  VirtualScheduler scheduler;
  std::deque<Said> answers;
  std::vector<std::string> bodies;
  std::function<void(std::function<void()>)> run_tool = [](std::function<void()> task) { task(); };
  std::optional<Engine> engine;

 private:
  static bool is_streamed(const HttpRequest& request) {
    return request.body.find(R"("stream":true)") != std::string::npos;
  }
};

/// A history in words: `assistant calls a1 weather {"x":1}`, `tool a1: sunny`, `tool a2! down`.
inline std::string in_words(const Messages& messages) {
  std::string text;
  for (const Message& message : messages) {
    if (!text.empty()) text += "\n";
    text += to_string(message.role());
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::text) text += ": " + part.text();
      if (part.kind() == PartKind::tool_call)
        text += " calls " + part.id() + " " + part.name() + " " + part.arguments();
      if (part.kind() == PartKind::tool_result) text += " " + part.id() + (part.is_error() ? "! " : ": ") + part.text();
    }
    if (message.partial()) text += " (partial)";
  }
  return text;
}

struct Where {
  std::string city;
};
inline void describe(Fields<Where>& fields) { fields.field("city", &Where::city); }

inline Tool weather() {
  return tool("weather", "Current weather of a city", [](const Where& w) { return "sunny in " + w.city; });
}

}  // namespace antiphon::test
