// What a configuration does to calls.

#include "support.hpp"

namespace antiphon::config_test {
namespace {

using namespace std::chrono_literals;

test::Script overloaded(const HttpRequest&) { return test::Script::answer(503, "application/json", "{}"); }
test::Script silent(const HttpRequest&) { return test::Script().connect(); }

TEST(Calls, OptionsOfTheModelAreSentAndThoseOfTheCallWin) {
  Network network(good_answer);
  const Config config = Config::parse(R"(
[models.m]
provider = "openai"
model = "x"
base_url = "http://h/v1"
options = { temperature = 0.25, max_tokens = 50, own = { verbosity = "low" }, headers = { X-Trace = "on" } }
)");
  const Provider provider = config.create_provider("m", network.options());
  ASSERT_TRUE(network.ask(provider, Options().temperature(0.75)));
  const HttpRequest& sent = network.requests().front();
  EXPECT_EQ(sent.url, "http://h/v1/chat/completions");
  EXPECT_TRUE(has(sent.body, R"("temperature":0.75)")) << sent.body;
  EXPECT_TRUE(has(sent.body, R"("max_tokens":50)")) << sent.body;
  EXPECT_TRUE(has(sent.body, R"("verbosity":"low")")) << sent.body;
  EXPECT_TRUE(sent.headers.find("x-trace"));
}

TEST(Calls, OptionsOfTheHandleStandBetweenThoseOfCallAndModel) {
  Network network(good_answer);
  const ModelConfig model =
      ModelConfig("x", "ollama").options(Options().temperature(0.1).seed(1).top_p(0.1).option("num_ctx", 1));
  const Provider provider =
      create_provider(model, network.options().options(Options().seed(2).top_p(0.2).option("num_ctx", 2)));
  ASSERT_TRUE(network.ask(provider, Options().top_p(0.3)));
  const std::string& body = network.requests().front().body;
  EXPECT_TRUE(has(body, R"("temperature":0.1)")) << body;
  EXPECT_TRUE(has(body, R"("seed":2)")) << body;
  EXPECT_TRUE(has(body, R"("top_p":0.3)")) << body;
  EXPECT_TRUE(has(body, R"("num_ctx":2)")) << body;
}

TEST(Calls, WrongOptionsOfAHandleAreAnErrorAtOnce) {
  try {
    create_provider(ModelConfig("x", "ollama"), ProviderOptions().options(Options().option("temperature", "hot")));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "options.temperature");
  }
  EXPECT_THROW(create_provider(ModelConfig("x", "ollama").options(Options().top_p(2))), Error);
  EXPECT_THROW(create_provider(ModelConfig("x", "ollama").options(Options().deadline(0s))), Error);
  const auto past = std::chrono::steady_clock::now() - 1s;
  for (const bool of_the_model : {true, false}) {
    ModelConfig config("x", "ollama");
    ProviderOptions handle;
    of_the_model ? void(config.options(Options().deadline(past))) : void(handle.options(Options().deadline(past)));
    try {
      create_provider(config, handle);
      ADD_FAILURE() << of_the_model;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), "options.deadline");
      EXPECT_EQ(error.message(), "is in the past");
    }
  }
  const Provider timely = create_provider(ModelConfig("x", "ollama").options(Options().deadline(past + 1h)));
  EXPECT_THROW(FallbackProvider(FallbackConfig().link(timely), ProviderOptions().options(Options().deadline(past))),
               Error);
  EXPECT_THROW(create_provider(ModelConfig("x", "ollama").options(Options().timeouts(Timeouts().idle(0s)))), Error);
}

TEST(Calls, CallbacksSeeWhatIsAsked) {
  Network network(good_answer);
  std::optional<double> seen;
  const Config config =
      Config::parse("[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\noptions = { temperature = 0.5 }");
  ProviderOptions options = network.options();
  options.callbacks(Callbacks().on_request([&](const Request& request) { seen = request.options().temperature(); }));
  ASSERT_TRUE(network.ask(config.create_provider("m", options)));
  EXPECT_EQ(seen, 0.5);
}

TEST(Calls, EachLinkHasItsOwnOptionsAndTheChainsAboveThem) {
  Network network([](const HttpRequest& request) {
    return request.url.starts_with("http://first") ? overloaded(request) : good_answer(request);
  });
  const Config config = Config::parse(R"(
[defaults]
retry = { max_attempts = 1 }
[models.first]
provider = "openai"
model = "a"
base_url = "http://first/v1"
options = { temperature = 0.25, top_p = 0.5, own = { verbosity = "low" } }
[models.second]
provider = "ollama"
model = "b"
base_url = "http://second"
options = { max_tokens = 7, top_p = 0.25 }
[models.chain]
fallback = ["first", "second"]
options = { top_p = 1, seed = 3 }
)");
  const Result<Response> answer = network.ask(config.create_provider("chain", network.options()), Options().seed(4));
  ASSERT_TRUE(answer) << answer.error().what();
  ASSERT_EQ(network.requests().size(), 2U);
  const std::string& first = network.requests()[0].body;
  EXPECT_TRUE(has(first, R"("temperature":0.25)") && has(first, R"("verbosity":"low")")) << first;
  EXPECT_TRUE(has(first, R"("top_p":1)") && has(first, R"("seed":4)")) << first;
  EXPECT_FALSE(has(first, "max_tokens")) << first;
  const std::string& second = network.requests()[1].body;
  EXPECT_TRUE(has(second, R"("num_predict":7)") && has(second, R"("top_p":1)")) << second;
  EXPECT_FALSE(has(second, "temperature") || has(second, "verbosity")) << second;
}

TEST(Calls, OptionsOfAChainInsideStayThere) {
  Network network([](const HttpRequest& request) {
    return request.url.starts_with("http://a") ? overloaded(request) : good_answer(request);
  });
  const Config config = Config::parse(R"(
[defaults]
retry = { max_attempts = 1 }
[models.a]
provider = "ollama"
model = "a"
base_url = "http://a"
options = { seed = 1, top_k = 2 }
[models.b]
provider = "ollama"
model = "b"
base_url = "http://b"
[models.inner]
fallback = ["a"]
options = { seed = 9 }
[models.outer]
fallback = ["inner", "b"]
)");
  ASSERT_TRUE(network.ask(config.create_provider("outer", network.options())));
  ASSERT_EQ(network.requests().size(), 2U);
  EXPECT_TRUE(has(network.requests()[0].body, R"("seed":9)")) << network.requests()[0].body;
  EXPECT_TRUE(has(network.requests()[0].body, R"("top_k":2)")) << network.requests()[0].body;
  EXPECT_FALSE(has(network.requests()[1].body, "seed")) << network.requests()[1].body;
}

TEST(Calls, RetryIsAsTheFileSays) {
  Network network(overloaded);
  const Config config = Config::parse(R"(
[models.m]
provider = "ollama"
model = "x"
retry = { max_attempts = 4, budget = 1 }
[models.once]
provider = "ollama"
model = "x"
base_url = "http://other"
retry = { never_on = ["overloaded", "server_error"] }
)");
  const Result<Response> failed = network.ask(config.create_provider("m", network.options()));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().attempts().size(), 4U);
  EXPECT_EQ(network.requests().size(), 4U);
  EXPECT_EQ(network.ask(config.create_provider("once", network.options())).error().attempts().size(), 1U);
}

TEST(Calls, TimeoutsAndDeadlinesAreAsTheFileSays) {
  Network network(silent);
  const Config config = Config::parse(R"(
[models.slow]
provider = "ollama"
model = "x"
timeouts = { first_content = "7s" }
retry = { max_attempts = 1 }
[models.late]
provider = "ollama"
model = "x"
options = { deadline = "3s" }
[models.both]
fallback = ["late"]
)");
  auto began = network.now();
  const Result<Response> slow = network.ask(config.create_provider("slow", network.options()));
  EXPECT_EQ(slow.error().where(), "timeouts.first_content");
  EXPECT_EQ(network.now() - began, 7s);
  for (const char* name : {"late", "both"}) {
    began = network.now();
    const Result<Response> late = network.ask(config.create_provider(name, network.options()));
    EXPECT_EQ(late.error().kind(), ErrorKind::deadline_exceeded) << name;
    EXPECT_EQ(network.now() - began, 3s) << name;
  }
}

TEST(Calls, AConversationHasTheOptionsToo) {
  Network network(good_answer);
  const Config config = Config::parse("[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\noptions = { seed = 5 }");
  Conversation conversation(config.create_provider("m", network.options()));
  conversation.add_user_message("Hi");
  bool ended = false;
  conversation.async_continue_chat().then([&](Result<Response> result) { ended = result.operator bool(); });
  network.run();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(has(network.requests().front().body, R"("seed":5)")) << network.requests().front().body;
}

TEST(Calls, WhatWouldBeSentShowsTheOptions) {
  const Config config = Config::parse("[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\noptions = { seed = 5 }");
  const EncodedRequest encoded = encode(config.models("m").front(), Messages().user("Hi"), Options(), false);
  EXPECT_TRUE(has(encoded.http.body, R"("seed":5)")) << encoded.http.body;
}

}  // namespace
}  // namespace antiphon::config_test
