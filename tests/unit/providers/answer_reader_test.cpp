#include <gtest/gtest.h>

#include <string>

#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

const std::string text_event = R"(data: {"id":"x","choices":[{"index":0,"delta":{"content":"Hi"}}]})"
                               "\n\n";
const std::string finish_event = R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                                 "\n\n";
const std::string end_mark = "data: [DONE]\n\n";

RecordedAnswer stream(std::string bytes) {
  RecordedAnswer answer;
  answer.protocol = "openai-chat";
  answer.bytes = std::move(bytes);
  answer.stream = true;
  answer.headers.add("x-request-id", "req_1");
  return answer;
}

Error error_of(const RecordedAnswer& answer, std::optional<Error> transport_error = std::nullopt) {
  ReadAnswer read = read_answer(answer, {}, std::move(transport_error));
  EXPECT_FALSE(read.result) << read.as_json();
  return read.result ? Error(ErrorKind::internal, "none") : read.result.error();
}

TEST(AnswerReader, ALostConnectionIsATruncatedAnswer) {
  const Error error = error_of(stream(text_event), Error(ErrorKind::connection, "reset by peer"));
  EXPECT_EQ(error.kind(), ErrorKind::truncated);
  EXPECT_EQ(error.http_status(), 200);
  EXPECT_EQ(error.request_id(), "req_1");
  EXPECT_NE(error.message().find("reset by peer"), std::string::npos);
  ASSERT_TRUE(error.partial());
  EXPECT_EQ(error.partial()->content(), "Hi");
  EXPECT_EQ(error.partial()->finish_reason(), FinishReason::none);
}

TEST(AnswerReader, AConnectionLostBeforeTheFirstByteStaysOne) {
  const Error error = error_of(stream(""), Error(ErrorKind::connection, "reset"));
  EXPECT_EQ(error.kind(), ErrorKind::connection);
  EXPECT_EQ(error.partial(), nullptr);
}

TEST(AnswerReader, OtherReasonsKeepTheirKind) {
  for (const ErrorKind kind :
       {ErrorKind::timeout, ErrorKind::cancelled, ErrorKind::deadline_exceeded, ErrorKind::tls}) {
    const Error error = error_of(stream(text_event), Error(kind, "why").where("timeouts.idle"));
    EXPECT_EQ(error.kind(), kind);
    EXPECT_EQ(error.where(), "timeouts.idle");
    ASSERT_TRUE(error.partial());
    EXPECT_EQ(error.partial()->content(), "Hi");
  }
}

TEST(AnswerReader, NothingCountsBehindTheEndMark) {
  for (const ErrorKind kind : {ErrorKind::connection, ErrorKind::cancelled, ErrorKind::timeout}) {
    const ReadAnswer read = read_answer(stream(text_event + finish_event + end_mark), {}, Error(kind, "late"));
    ASSERT_TRUE(read.result) << read.as_json();
    EXPECT_TRUE(read.result->warnings().empty());
    EXPECT_EQ(read.result->request_id(), "req_1");
  }
}

TEST(AnswerReader, AConnectionLostBehindTheFinishIsAWarning) {
  const ReadAnswer read = read_answer(stream(text_event + finish_event), {}, Error(ErrorKind::connection, "reset"));
  ASSERT_TRUE(read.result) << read.as_json();
  ASSERT_EQ(read.result->warnings().size(), 1u);
  EXPECT_EQ(read.result->warnings()[0].where(), "connection");
}

TEST(AnswerReader, CancellingCountsUntilTheEndMark) {
  const Error error = error_of(stream(text_event + finish_event), Error(ErrorKind::cancelled, "stop"));
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_EQ(error.partial()->content(), "Hi");
}

TEST(AnswerReader, AWholeBodyNeedsAWholeConnection) {
  RecordedAnswer answer = stream(R"({"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]})");
  answer.stream = false;
  EXPECT_EQ(error_of(answer, Error(ErrorKind::connection, "cut")).kind(), ErrorKind::truncated);
}

TEST(AnswerReader, AnErrorStatusSaysMoreThanALostConnection) {
  RecordedAnswer answer = stream(R"({"error":{"message":"slow do)");
  answer.status = 429;
  EXPECT_EQ(error_of(answer, Error(ErrorKind::connection, "cut")).kind(), ErrorKind::rate_limited);
  EXPECT_EQ(error_of(answer, Error(ErrorKind::cancelled, "stop")).kind(), ErrorKind::cancelled);
}

TEST(AnswerReader, NoAnswerAtAll) {
  RecordedAnswer answer = stream("");
  answer.status = 0;
  EXPECT_EQ(error_of(answer, Error(ErrorKind::dns, "unknown host")).kind(), ErrorKind::dns);
  EXPECT_EQ(error_of(answer).kind(), ErrorKind::protocol);
}

TEST(AnswerReader, DatesCountFromTheClockThatIsGiven) {
  RecordedAnswer answer = stream("{}");
  answer.status = 503;
  // The clock stands at the epoch.
  answer.headers.add("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT");
  EXPECT_EQ(error_of(answer).retry_after(), std::chrono::seconds(9));
}

TEST(AnswerReader, TheProviderSaysWhetherToTryAgain) {
  // providers.md 1.1: the header beats the table of statuses; 6.6: OpenRouter has it in the body.
  RecordedAnswer answer = stream("{}");
  answer.status = 400;
  EXPECT_EQ(error_of(answer).should_retry(), std::nullopt);
  answer.headers.add("x-should-retry", "TRUE");
  EXPECT_EQ(error_of(answer).should_retry(), true);
  answer.headers.set("x-should-retry", "false");
  EXPECT_EQ(error_of(answer).should_retry(), false);
  answer.headers.set("x-should-retry", "perhaps");
  EXPECT_EQ(error_of(answer).should_retry(), std::nullopt);
  answer.bytes = R"({"error":{"code":404,"metadata":{"availability":{"code":"no_endpoints","retryable":false}}}})";
  EXPECT_EQ(error_of(answer).should_retry(), false);
  answer.headers.set("x-should-retry", "true");
  EXPECT_EQ(error_of(answer).should_retry(), true);
}

TEST(AnswerReader, BrokenTextIsRepairedWithAWarning) {
  const ReadAnswer known = read_answer(
      stream("data: {\"choices\":[{\"delta\":{\"content\":\"a\xff\x62\"},\"finish_reason\":\"stop\"}]}\n\n"));
  ASSERT_TRUE(known.result) << known.as_json();
  EXPECT_EQ(known.result->content(),
            "a\xEF\xBF\xBD"
            "b");
  ASSERT_EQ(known.result->warnings().size(), 1u);
  EXPECT_EQ(known.result->warnings()[0].where(), "encoding");

  const ReadAnswer unknown = read_answer(
      stream("data: {\"odd\":\"\xc3(\",\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n"));
  ASSERT_TRUE(unknown.result) << unknown.as_json();
  EXPECT_EQ(unknown.result->content(), "a");
  EXPECT_EQ(unknown.result->warnings()[0].where(), "encoding");
}

TEST(AnswerReader, TheWholeBodyIsKeptAsItCame) {
  RecordedAnswer answer = stream("{\"choices\": [{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n");
  answer.stream = false;
  EXPECT_EQ(read_answer(answer).result->raw(), answer.bytes);
  EXPECT_EQ(read_answer(stream(text_event + finish_event)).result->raw(), "");
}

class Collect final : public ChunkSink {
 public:
  void push(Chunk chunk) override { chunks.push_back(std::move(chunk)); }
  std::vector<Chunk> chunks;
};

/// Reads a stream with the reader's own limits and settings.
class LimitedReader {
 public:
  explicit LimitedReader(std::size_t max_bytes, const char* protocol = "openai-chat")
      : target_{codec::find_preset("openai"), "m", "https://api.openai.com/v1"},
        reader(*codec::find_codec(protocol), target_, true, max_bytes, &sink) {
    head(200);
  }
  void head(int status) {
    HttpHead head;
    head.status = status;
    reader.head(head, std::chrono::system_clock::time_point());
  }

 private:
  codec::Target target_;

 public:
  Collect sink;
  codec::AnswerReader reader;
};

TEST(AnswerReader, GivesTheEventsThemselvesOnRequest) {
  LimitedReader limited(1000);
  limited.reader.raw_events(true);
  limited.reader.feed(text_event + finish_event + end_mark);
  ASSERT_TRUE(limited.reader.end(std::nullopt));
  std::vector<std::string> kinds;
  for (const Chunk& chunk : limited.sink.chunks) kinds.emplace_back(to_string(chunk.kind()));
  EXPECT_EQ(kinds, (std::vector<std::string>{"raw", "content", "raw", "raw", "finish"}));
  EXPECT_EQ("data: " + limited.sink.chunks[0].text() + "\n\n", text_event);
}

TEST(AnswerReader, AWholeBodyIsBounded) {
  LimitedReader limited(100);
  EXPECT_TRUE(limited.reader.feed("{" + std::string(99, ' ')));
  EXPECT_FALSE(limited.reader.feed(" "));
  const auto result = limited.reader.end(std::nullopt);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(result.error().where(), "max_response_bytes");
}

TEST(AnswerReader, AnEventIsBounded) {
  for (const char* protocol : {"openai-chat", "ollama"}) {
    LimitedReader limited(1 << 20, protocol);
    const std::string start = std::string(protocol) == "ollama" ? "{\"a\":\"" : "data: {\"a\":\"";
    const std::string piece(4096, 'x');
    EXPECT_TRUE(limited.reader.feed(start));
    std::size_t fed = 0;
    while (fed < std::size_t{50} << 20 && limited.reader.feed(piece)) fed += piece.size();
    EXPECT_LT(fed, std::size_t{2} << 20) << protocol;
    EXPECT_EQ(limited.reader.end(std::nullopt).error().kind(), ErrorKind::response_too_large) << protocol;
  }
}

TEST(AnswerReader, WhatIsKeptOfAStreamIsBounded) {
  LimitedReader limited(10'000);
  std::size_t events = 0;
  while (events < 100'000 && limited.reader.feed(text_event)) ++events;
  EXPECT_LT(events, 5'000u);
  const auto result = limited.reader.end(std::nullopt);
  EXPECT_EQ(result.error().kind(), ErrorKind::response_too_large);
  EXPECT_GT(result.error().partial()->content().size(), 8'000u);
}

TEST(AnswerReader, WhatIsKeptBeforeThereIsContentIsBounded) {
  for (const bool raw : {false, true}) {
    LimitedReader limited(100'000);
    limited.reader.raw_events(raw);
    std::size_t events = 0;
    const auto next = [&] {
      return raw ? std::string("data: {\"choices\":[]}\n\n")
                 : "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":" + std::to_string(events) + "}}\n\n";
    };
    while (events < 10'000 && limited.reader.feed(next())) ++events;
    EXPECT_LT(events, 1'000u) << raw;
    EXPECT_EQ(limited.reader.end(std::nullopt).error().kind(), ErrorKind::response_too_large);
  }
  // Behind content the reader may hold the sender back.
  LimitedReader limited(100'000);
  limited.reader.raw_events(true);
  EXPECT_TRUE(limited.reader.feed(text_event));
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(limited.reader.feed("data: {\"choices\":[]}\n\n"));
}

TEST(AnswerReader, AnErrorBodyIsCut) {
  LimitedReader limited(std::size_t{1} << 30);
  limited.head(500);
  EXPECT_FALSE(limited.reader.feed(std::string(100'000, 'x')));
  EXPECT_EQ(limited.reader.end(std::nullopt).error().raw_body().size(), std::size_t{64} << 10);
}

TEST(AnswerReader, EndlessBlanksTakeNoMemory) {
  LimitedReader limited(100);
  for (int round = 0; round < 1000; ++round) ASSERT_TRUE(limited.reader.feed(std::string(1000, '\n')));
  limited.reader.feed(text_event.substr(0, 60));
  EXPECT_EQ(limited.reader.end(std::nullopt).error().kind(), ErrorKind::protocol);
}

}  // namespace
}  // namespace antiphon::tests
