// Every asynchronous call there is, with all its arguments written inside `co_await`. g++ 12 corrupts memory there for
// braced aggregates and braced lists, so no type of ours is one and no call of ours needs one. Sanitizers watch.
// A lambda that captures something with a destructor is one of its aggregates too: only its users can name it first.

#include <gtest/gtest.h>

#include <boost/asio.hpp>

#include <antiphon/antiphon.hpp>
#include <antiphon/asio.hpp>

#include "support/coroutine.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Long enough to be no small string, of which a wrong copy might go unnoticed.
const std::string long_text(100, 'x');

/// Keeps nothing.
class SilentLogger : public Logger {
 public:
  void log(const LogRecord&) override {}
};

class OpenLayer : public Layer {
 public:
  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    next->call(std::move(request), std::move(done));
  }
};

constexpr const char* two_vectors =
    R"({"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[3,4]}],"model":"m-1"})";

/// Answers chats, streams, the question for models and for vectors.
void serve(RawConnection& connection, int) {
  std::string request;
  while (!(request = connection.read_request()).empty()) {
    if (request.starts_with("GET ")) {
      connection.write(http_answer(R"({"object":"list","data":[{"id":"m-1"},{"id":"m-2"}]})"));
    } else if (request.find("/embeddings") != request.npos) {
      connection.write(http_answer(two_vectors));
    } else {
      connection.write(asks_for_stream(request) ? whole_stream({"Hel", "lo"}) : http_answer(chat_answer("Hello")));
    }
  }
}

Coroutine chats(const std::string& url) {
  EXPECT_EQ(
      (co_await create_provider(ModelConfig("m-1", providers::openai)
                                    .base_url(url)
                                    .api_key([] { return long_text; })
                                    .header("x-a", long_text)
                                    .timeouts(Timeouts().connect(5s).idle(5s).total(10s))
                                    .tls(TlsOptions().ca_file(long_text).verify(false))
                                    .retry_config(RetryConfig().max_attempts(2).backoff_factor(1.5)),
                                ProviderOptions().callbacks(Callbacks()
                                                                .on_request([](const Request&) {})
                                                                .on_response([](const Request&, const Response&) {})
                                                                .on_error([](const Request&, const Error&) {})))
           .async_chat(Messages().system(long_text).user(long_text).assistant(long_text).add(
                           Message(Role::user)
                               .add(Part::text(long_text))
                               .add(Part::image(long_text, "image/png"))
                               .add(Part::document(long_text, "application/pdf", "a.pdf"))),
                       Options()
                           .temperature(0.5)
                           .top_p(0.5)
                           .stop(long_text, "b")
                           .metadata("k", long_text)
                           .tools(Tool("f", long_text, R"({"type":"object"})"), Tool("g", long_text).strict(true))
                           .tool_choice(ToolChoice::named("f"))
                           .response_format(JsonSchema(R"({"type":"object"})", "n").description(long_text))
                           .images("data:image/png;base64,AAAA")
                           .attach(Part::audio(long_text, "wav"))
                           .header("x-b", long_text)
                           .extra(R"({"x":1})")
                           .option("y", long_text)
                           .timeouts(Timeouts().first_content(5s))
                           .deadline(10s)
                           .cancel_on(std::stop_token())))
          .content(),
      "Hello");
  EXPECT_EQ((co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                 .async_chat(long_text, Options().user(long_text))
                 .as_result())
                .value()
                .content(),
            "Hello");
  EXPECT_EQ((co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                 .async_chat(Messages(long_text))
                 .on([](std::function<void()> task) { task(); }))
                .content(),
            "Hello");
}

Coroutine streams(const std::string& url) {
  Stream stream = create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key(long_text))
                      .stream(Messages().user(long_text), Options().seed(7).raw_events());
  std::string text;
  while (const Chunk* chunk = co_await stream.next()) text += chunk->content();
  EXPECT_EQ(text, "Hello");
  Stream elsewhere = create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                         .stream(long_text)
                         .on([](std::function<void()> task) { task(); });
  while (const Chunk* chunk = co_await elsewhere.next()) text += chunk->content();
  EXPECT_EQ(text, "HelloHello");
  EXPECT_EQ((co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                 .stream(Messages().user(long_text), Options().max_tokens(5))
                 .async_collect())
                .content(),
            "Hello");
  EXPECT_EQ((co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                 .stream(Messages().user(long_text), Options().top_k(5))
                 .for_each([&text](const Chunk& chunk) { text += chunk.content(); })
                 .as_result())
                .value()
                .content(),
            "Hello");
  EXPECT_EQ(text, "HelloHelloHello");
}

Coroutine models_and_conversations(const std::string& url) {
  EXPECT_EQ((co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                 .async_list_models(Options().header("x-a", long_text).deadline(10s)))
                .size(),
            2U);
  Conversation conversation(create_provider(ModelConfig("m-1", providers::openai).base_url(url)),
                            ConversationConfig().system(long_text).options(Options().user(long_text)));
  conversation.add_user_message(long_text);
  EXPECT_EQ((co_await conversation.async_continue_chat()).content(), "Hello");
  conversation.add_user_message(long_text);
  EXPECT_EQ((co_await conversation.async_continue_chat(Options().stop(long_text).metadata("k", long_text))).content(),
            "Hello");
  conversation.add_user_message(long_text);
  EXPECT_EQ((co_await conversation.stream_chat(Options().stop(long_text)).async_collect()).content(), "Hello");
  EXPECT_EQ((co_await Conversation(create_provider(ModelConfig("m-1", providers::openai).base_url(url)),
                                   ConversationConfig().system(long_text).options(Options().user(long_text)))
                 .async_continue_chat(Options().temperature(0.1))
                 .as_result())
                .value()
                .content(),
            "Hello");
}

Coroutine several_providers(const std::string& url) {
  EXPECT_EQ((co_await FallbackProvider(create_provider(ModelConfig("m-1", providers::openai).base_url(url)),
                                       create_provider(ModelConfig("m-2", providers::openai).base_url(url)))
                 .async_chat(Messages().user(long_text), Options().user(long_text)))
                .content(),
            "Hello");
}

Coroutine embeds(const std::string& url) {
  EXPECT_EQ(
      (co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url).api_key(long_text))
           .async_embed(Texts(long_text, "b"), EmbeddingOptions().dimensions(2).header("x-a", long_text).deadline(10s)))
          .size(),
      2U);
  EXPECT_EQ((co_await create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                 .async_embed(Texts(long_text, long_text))
                 .as_result())
                .value()
                .size(),
            2U);
}

Coroutine tools_and_observers(const std::string& url) {
  EXPECT_EQ(
      (co_await create_provider(
           ModelConfig("m-1", providers::openai).base_url(url),
           ProviderOptions().logger(std::make_shared<SilentLogger>()).layer(std::make_shared<OpenLayer>()))
           .async_chat(Messages().user(long_text),
                       Options()
                           .tools(tool("f", long_text, R"({"type":"object"})", [](const Json&) { return long_text; }))
                           .tool_loop(ToolLoop().max_steps(2).approve([](const ToolCall&) { return true; }))))
          .content(),
      "Hello");
}

asio::awaitable<void> with_asio(std::string url, bool& done) {
  EXPECT_EQ(
      (co_await complete_with(create_provider(ModelConfig("m-1", providers::openai).base_url(url).header("x", "y"))
                                  .async_chat(Messages().system(long_text).user(long_text),
                                              Options().stop(long_text, "b").metadata("k", long_text)),
                              asio::use_awaitable))
          .content(),
      "Hello");
  EXPECT_EQ((co_await complete_with(create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                                        .async_list_models(Options().header("x-a", long_text)),
                                    asio::use_awaitable))
                .size(),
            2U);
  EXPECT_EQ(
      (co_await complete_with(create_provider(ModelConfig("m-1", providers::openai).base_url(url))
                                  .async_embed(Texts(long_text, "b"), EmbeddingOptions().header("x-a", long_text)),
                              asio::use_awaitable))
          .size(),
      2U);
  Stream stream = create_provider(ModelConfig("m-1", providers::openai).base_url(url)).stream(long_text);
  std::string text;
  while (const Chunk* chunk = co_await async_next(stream, asio::use_awaitable)) text += chunk->content();
  EXPECT_EQ(text, "Hello");
  done = true;
}

class InlineAwait : public testing::Test {
 protected:
  std::string url() const { return server_.url("/v1"); }

 private:
  RawServer server_{serve};
};

TEST_F(InlineAwait, Chats) { chats(url()).wait(); }
TEST_F(InlineAwait, Streams) { streams(url()).wait(); }
TEST_F(InlineAwait, ModelsAndConversations) { models_and_conversations(url()).wait(); }
TEST_F(InlineAwait, Embeds) { embeds(url()).wait(); }
TEST_F(InlineAwait, ToolsAndObservers) { tools_and_observers(url()).wait(); }
TEST_F(InlineAwait, SeveralProviders) { several_providers(url()).wait(); }

TEST_F(InlineAwait, WithAsio) {
  asio::io_context context;
  bool done = false;
  asio::co_spawn(context, with_asio(url(), done), asio::detached);
  context.run();
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace antiphon::test
