#include <gtest/gtest.h>
#include <zlib.h>

#include "client.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

const std::string stream_request = openai_chat("hi", R"(,"stream":true)");

std::string fault(std::string_view json) { return R"({"fault": )" + std::string(json) + "}"; }

TEST(HttpFault, CutsBeforeTheHeaders) {
  for (const bool reset : {false, true}) {
    Simulator simulator(
        rule(fault(reset ? R"({"cut_before_headers": true, "cut_by": "rst"})" : R"({"cut_before_headers": true})")));
    Client client(simulator);
    client.send(stream_request);
    EXPECT_EQ(client.read_all(), "");
    EXPECT_EQ(client.was_reset(), reset);
    EXPECT_EQ(simulator.stats().disconnects, 0u);
    EXPECT_EQ(simulator.stats().answered, 0u);
  }
}

TEST(HttpFault, CutsAfterTheHeaders) {
  Simulator simulator(rule(fault(R"({"cut_after_bytes": 0})")));
  Client client(simulator);
  client.send(stream_request);
  const std::string all = client.read_all();
  EXPECT_EQ(all.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_EQ(all.substr(all.size() - 4), "\r\n\r\n");
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpFault, CutsAfterSoManyBytesOfTheBody) {
  for (const bool reset : {false, true}) {
    Simulator simulator(
        rule(fault(reset ? R"({"cut_after_bytes": 100, "cut_by": "rst"})" : R"({"cut_after_bytes": 100})")));
    for (const std::string& request : {stream_request, openai_chat("hi")}) {
      Client client(simulator);
      client.send(request);
      const Answer answer = read_answer(client);
      EXPECT_EQ(answer.body.size(), 100u);
      EXPECT_FALSE(answer.complete);
      client.read_all();
      EXPECT_EQ(client.was_reset(), reset);
    }
  }
}

TEST(HttpFault, ClosesAKeptConnectionOnTheNextRequest) {
  Simulator simulator(rule(R"({"times": 1, "fault": {"close_on_next_request": true}})"));
  Client client(simulator);
  client.send(openai_chat("first"));
  EXPECT_TRUE(read_answer(client).complete);
  client.send(openai_chat("second"));
  EXPECT_EQ(client.read_all(), "");
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::request, 2, 10s));
  EXPECT_NE(simulator.requests()[1].body.find("second"), std::string::npos);
  EXPECT_EQ(simulator.stats().answered, 1u);
  EXPECT_EQ(simulator.stats().requests_open, 0u);
  EXPECT_EQ(ask(simulator, openai_chat("third")).status, 200);
}

TEST(HttpFault, PromisesMoreThanItSends) {
  Simulator simulator(rule(fault(R"({"content_length_off_by": 7})")));
  for (const std::string& request : {stream_request, openai_chat("hi")}) {
    Client client(simulator);
    client.send(request);
    const Answer answer = read_answer(client);
    EXPECT_EQ(std::to_string(answer.body.size() + 7), answer.header("content-length"));
    EXPECT_FALSE(answer.complete);
  }
}

TEST(HttpFault, SendsMoreThanItPromises) {
  Simulator simulator(rule(R"({"times": 1, "fault": {"content_length_off_by": -7}})"));
  Client client(simulator);
  client.send(openai_chat("hi"));
  const Answer answer = read_answer(client);
  EXPECT_TRUE(answer.complete);
  const std::string rest = client.read_bytes(7);
  EXPECT_EQ(rest.size(), 7u);
  EXPECT_EQ(rest.back(), '}');
  client.send(openai_chat("hi"));
  EXPECT_EQ(read_answer(client).body, answer.body + rest) << "the connection was to be kept";
}

TEST(HttpFault, EndsABodyByClosing) {
  Simulator simulator(rule(fault(R"({"close_delimited": true})")));
  Client client(simulator);
  client.send(stream_request);
  const Answer answer = read_answer(client);
  EXPECT_EQ(answer.header("content-length") + answer.header("transfer-encoding"), "");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(answer.events().back(), "[DONE]");
}

TEST(HttpFault, WritesByteByByte) {
  Simulator plain;
  Simulator simulator(rule(fault(R"({"bytes_per_write": 1})")));
  Client usual(plain);
  usual.send(stream_request);
  const Answer wanted = read_answer(usual);
  // The system joins those that wait, most of them when the machine is busy; not each time.
  std::size_t most = 0;
  for (int i = 0; i < 5 && most <= 10 * usual.packets_received(); ++i) {
    Client client(simulator);
    client.send(stream_request);
    EXPECT_EQ(read_answer(client).body, wanted.body);
    most = std::max<std::size_t>(most, client.packets_received());
  }
  EXPECT_GT(most, 10 * usual.packets_received());
}

TEST(HttpFault, SendsHugeHeaders) {
  Simulator simulator(rule(fault(R"({"huge_headers": 100000})")));
  const Answer answer = ask(simulator, openai_chat("hi"));
  std::size_t padding = 0;
  for (const auto& [name, value] : answer.headers) {
    if (name.rfind("x-padding-", 0) == 0) padding += value.size();
  }
  EXPECT_EQ(padding, 100000u);
  EXPECT_TRUE(answer.complete);
}

TEST(HttpFault, SendsAHeaderWithoutEnd) {
  Simulator simulator(rule(fault(R"({"endless_header": true})")));
  Client client(simulator);
  client.send(openai_chat("hi"));
  const std::string begin = client.read_bytes(20'000'000);
  EXPECT_EQ(begin.size(), 20'000'000u);
  EXPECT_EQ(begin.find('\n', 20), std::string::npos);
  client.close();
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, 10s));
}

TEST(HttpFault, SendsBytesInPlaceOfHttp) {
  Simulator simulator(rule(R"({"raw": {"http": "HTTP/9 what\n\u0000no"}})"));
  Client client(simulator);
  client.send(openai_chat("hi"));
  EXPECT_EQ(client.read_all(), std::string("HTTP/9 what\n\0no", 15));
  EXPECT_FALSE(client.was_reset());
}

/// Takes apart what has come so far, as a client must that shows each piece at once.
class Inflater {
 public:
  Inflater() { inflateInit2(&stream_, 15 + 16); }
  ~Inflater() { inflateEnd(&stream_); }
  std::string add(const std::string& bytes) {
    std::string out;
    std::string buffer(65536, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    int result = Z_OK;
    while (result == Z_OK) {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream_.avail_out = static_cast<uInt>(buffer.size());
      result = inflate(&stream_, Z_SYNC_FLUSH);
      out.append(buffer.data(), buffer.size() - stream_.avail_out);
      if (result == Z_STREAM_END) ended = true;
    }
    return out;
  }
  bool ended = false;

 private:
  z_stream stream_{};
};

TEST(HttpFault, CompressesStreamsAndWholeAnswers) {
  Simulator plain;
  Simulator simulator(rule(fault(R"({"gzip": true})")));
  for (const std::string& request : {stream_request, openai_chat("hi")}) {
    const Answer answer = ask(simulator, request);
    EXPECT_EQ(answer.header("content-encoding"), "gzip");
    Inflater inflater;
    EXPECT_EQ(inflater.add(answer.body), ask(plain, request).body);
    EXPECT_TRUE(inflater.ended);
  }
}

TEST(HttpFault, KeepsTheConnectionAfterACompressedAnswer) {
  Simulator simulator(rule(fault(R"({"gzip": true})")));
  Client client(simulator);
  for (const std::string& request : {openai_chat("hi"), stream_request, openai_chat("hi")}) {
    client.send(request);
    EXPECT_TRUE(read_answer(client).complete);
  }
  EXPECT_EQ(simulator.stats().connections_accepted, 1U);
}

TEST(HttpFault, FlushesEachCompressedPiece) {
  Simulator simulator(
      rule(R"({"answer": {"chunks": ["early"]}, "timing": {"stop_after_chunks": 1}, "fault": {"gzip": true}})"));
  Client client(simulator);
  client.send(stream_request);
  client.read_until("\r\n\r\n");
  Inflater inflater;
  std::string text;
  while (text.find("early") == std::string::npos) {
    const std::string size = client.read_until("\r\n");
    ASSERT_FALSE(size.empty());
    text += inflater.add(client.read_bytes(std::strtoull(size.c_str(), nullptr, 16)));
    client.read_bytes(2);
  }
}

TEST(HttpFault, AnswersAStreamRequestInOnePiece) {
  Simulator simulator(rule(fault(R"({"ignore_stream": true})")));
  const Answer answer = ask(simulator, stream_request);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(Json(answer.body).text("/object"), "chat.completion");
}

TEST(HttpFault, NeverEndsABody) {
  Simulator simulator(rule(fault(R"({"endless": true})")));
  for (const std::string& request : {stream_request, openai_chat("hi"), ollama_chat("hi")}) {
    Client client(simulator);
    client.send(request);
    EXPECT_EQ(client.read_bytes(3'000'000).size(), 3'000'000u);
  }
  EXPECT_EQ(simulator.stats().answered, 0u);
}

TEST(Http, KeepsAConnectionUnlessAskedToClose) {
  Simulator simulator;
  Client client(simulator);
  for (int i = 0; i < 3; ++i) {
    client.send(openai_chat("hi"));
    EXPECT_TRUE(read_answer(client).complete);
  }
  EXPECT_EQ(simulator.stats().connections_accepted, 1u);
  client.send(request_text("GET", "/v1/models", "", "Connection: close\r\n"));
  const std::string last = client.read_all();
  EXPECT_NE(last.find("connection: close\r\n"), std::string::npos);
  EXPECT_FALSE(client.was_reset());
}

TEST(Http, AnswersPipelinedRequestsInOrder) {
  Simulator simulator;
  Client client(simulator);
  client.send(openai_chat("one") + openai_chat("two"));
  EXPECT_NE(read_answer(client).body.find("\\\"one\\\""), std::string::npos);
  EXPECT_NE(read_answer(client).body.find("\\\"two\\\""), std::string::npos);
}

TEST(Http, SpeaksTheOlderVersion) {
  Simulator simulator;
  Client client(simulator);
  const std::string body = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"a"}]})";
  client.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
              body);
  const std::string all = client.read_all();
  EXPECT_EQ(all.find("transfer-encoding"), std::string::npos);
  EXPECT_NE(all.find("data: [DONE]\n\n"), std::string::npos);
}

TEST(Http, TakesChunkedBodiesInAnyPieces) {
  Simulator simulator;
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"chunky"}]})";
  std::string request = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char& c : body) request += std::string("1;x=y\r\n") + c + "\r\n";
  request += "0\r\nTrailer: a\r\n\r\n";
  Client client(simulator);
  for (const char& c : request) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_NE(read_answer(client).body.find("chunky"), std::string::npos);
  EXPECT_EQ(simulator.requests()[0].body, body);
}

TEST(Http, TellsAWaitingClientToGoOn) {
  Simulator simulator;
  Client client(simulator);
  client.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  EXPECT_EQ(read_answer(client).status, 400);
}

TEST(Http, AnswersHeadWithoutABody) {
  Simulator simulator;
  Client client(simulator);
  client.send(request_text("HEAD", "/v1/models"));
  EXPECT_EQ(client.read_until("\r\n\r\n").substr(0, 12), "HTTP/1.1 405");
  client.send(request_text("GET", "/api/version"));
  EXPECT_EQ(read_answer(client).status, 200);
}

struct Bad {
  const char* request;
  int status;
};

class BadHttp : public testing::TestWithParam<Bad> {};

TEST_P(BadHttp, IsRefused) {
  Simulator simulator;
  Client client(simulator);
  client.send(GetParam().request);
  EXPECT_EQ(read_answer(client).status, GetParam().status);
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(simulator.stats().requests, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadHttp,
    testing::Values(Bad{"nonsense\r\n\r\n", 400}, Bad{"GET / HTTP/2.0\r\n\r\n", 400},
                    Bad{"GET nowhere HTTP/1.1\r\n\r\n", 400}, Bad{"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
                    Bad{"GET / HTTP/1.1\r\nname : x\r\n\r\n", 400},
                    Bad{"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400},
                    Bad{"POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n", 413},
                    Bad{"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", 400},
                    Bad{"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nfffffffffff\r\n", 413},
                    Bad{"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n", 400}));

TEST(Http, BoundsTheHead) {
  Simulator simulator;
  Client client(simulator);
  client.send("GET / HTTP/1.1\r\na: " + std::string(300'000, 'a'));
  EXPECT_EQ(read_answer(client).status, 431);
}

}  // namespace
}  // namespace antiphon::test
