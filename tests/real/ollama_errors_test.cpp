// What a real Ollama refuses (providers.md, 5.4), and what becomes of a stream that nobody wants any more.
#include <chrono>
#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>

#include "real/ollama_server.hpp"
#include "support/raw_server.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;
using antiphon::test::connect_to_loopback;
using antiphon::test::RawConnection;
using antiphon::test::RawServer;
using Clock = std::chrono::steady_clock;

void expect_unknown(const Error& error, const std::string& model) {
  EXPECT_EQ(error.kind(), ErrorKind::not_found) << error.what();
  EXPECT_EQ(error.http_status(), 404);
  EXPECT_NE(error.provider_message().find("\"" + model + "\" not found"), std::string::npos) << error.what();
}

TEST(RealOllamaErrors, an_unknown_model_is_told_apart) {
  const Provider nobody = ollama_at(ollama_url(), "nobody");
  const Result<Response> whole = nobody.try_chat("Hi", brief());
  ASSERT_FALSE(whole);
  expect_unknown(whole.error(), "nobody");
  const Result<Response> streamed = nobody.stream("Hi", brief()).try_collect();
  ASSERT_FALSE(streamed);
  expect_unknown(streamed.error(), "nobody");
  const Result<Embeddings> embedded = nobody.try_embed("Hi");
  ASSERT_FALSE(embedded);
  EXPECT_EQ(embedded.error().kind(), ErrorKind::not_found);
  const Result<Response> by_openai = ollama_by_openai("nobody").try_chat("Hi", brief());
  ASSERT_FALSE(by_openai);
  expect_unknown(by_openai.error(), "nobody");
}

TEST(RealOllamaErrors, a_body_that_is_wrong_is_told_apart) {
  const Options wrong = brief().extra(R"({"messages": 7})");
  for (const bool streamed : {false, true}) {
    const Result<Response> result =
        streamed ? ollama().stream("Hi", wrong).try_collect() : ollama().try_chat("Hi", wrong);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request) << result.error().what();
    EXPECT_EQ(result.error().http_status(), 400);
    EXPECT_NE(result.error().provider_message().find("cannot unmarshal"), std::string::npos) << result.error().what();
  }
}

/// Between the library and Ollama: sees the connection close, and passes that on.
class Relay {
 public:
  Relay()
      : server_([this](RawConnection& client, int) {
          RawConnection ollama(connect_to_loopback(ollama_port()));
          ollama.write(client.read_request());
          std::string passed;
          std::thread answer([&] {
            for (std::string piece; !(piece = ollama.read_some()).empty() && client.write(piece);) passed += piece;
          });
          client.wait_for_close();
          ollama.shut_down_writing();
          answer.join();
          closed_.set_value(passed);
        }) {}

  std::string url() const { return server_.url(); }
  /// Waits for the end of the one connection: what had come of the answer.
  std::string passed() {
    auto closed = closed_.get_future();
    if (closed.wait_for(std::chrono::seconds(60)) != std::future_status::ready) throw std::runtime_error("still open");
    return closed.get();
  }

 private:
  std::promise<std::string> closed_;
  // Last, so that its threads end first.
  RawServer server_;
};

// The grammar makes the model write on for at least this long.
constexpr int long_answer = 600;
constexpr const char* long_schema = R"({"type": "array", "items": {"type": "boolean"}, "minItems": 300})";

TEST(RealOllamaErrors, a_stream_that_is_cancelled_closes_its_connection_and_the_model_stops) {
  Relay relay;
  Clock::time_point first;
  Clock::duration each{};
  {
    Stream stream =
        ollama_at(relay.url()).stream("Go on.", brief(long_answer).response_format(JsonSchema(Json(long_schema))));
    int pieces = 0;
    Error error(ErrorKind::internal, "it was not cancelled");
    try {
      for (const Chunk& chunk : stream) {
        if (chunk.content().empty()) continue;
        if (pieces == 0) first = Clock::now();
        each = (Clock::now() - first) / std::max(pieces, 1);
        if (++pieces == 9) stream.cancel();
      }
    } catch (const Error& cancelled) {
      error = cancelled;
    }
    EXPECT_EQ(error.kind(), ErrorKind::cancelled) << error.what();
    ASSERT_NE(error.partial(), nullptr);
    EXPECT_FALSE(error.partial()->content().empty());
  }
  const std::string passed = relay.passed();
  EXPECT_NE(passed.find("\"done\":false"), std::string::npos);
  EXPECT_EQ(passed.find("\"done\":true"), std::string::npos);
  // The server gives one answer at a time: the next would have had to wait for the rest of the first.
  const Response next = ollama().chat("Hi", brief(2));
  EXPECT_LT(next.duration(), each * (long_answer / 2));
}

}  // namespace
}  // namespace antiphon_tests
