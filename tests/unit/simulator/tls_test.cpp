#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "client.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// One request after the other through libcurl, which keeps its connection between them.
class Curl {
 public:
  explicit Curl(const Simulator& simulator, long wanted = CURL_HTTP_VERSION_2TLS)
      : handle_(curl_easy_init(), curl_easy_cleanup), url_("https://localhost:" + std::to_string(simulator.port())) {
    curl_easy_setopt(handle_.get(), CURLOPT_CAINFO, simulator.ca_file().c_str());
    curl_easy_setopt(handle_.get(), CURLOPT_HTTP_VERSION, wanted);
    curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(handle_.get(), CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle_.get(), CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle_.get(), CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle_.get(), CURLOPT_ERRORBUFFER, error_.data());
  }

  CURLcode chat(const std::string& path, const std::string& body) {
    text.clear();
    headers.clear();
    curl_easy_setopt(handle_.get(), CURLOPT_URL, (url_ + path).c_str());
    curl_easy_setopt(handle_.get(), CURLOPT_COPYPOSTFIELDS, body.c_str());
    const CURLcode code = curl_easy_perform(handle_.get());
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_VERSION, &version);
    return code;
  }
  void add_header(const char* line) {
    headers_.reset(curl_slist_append(headers_.release(), line));
    curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
  }
  void set_ca_file(const char* path) { curl_easy_setopt(handle_.get(), CURLOPT_CAINFO, path); }
  void set_client_file(const char* path) { curl_easy_setopt(handle_.get(), CURLOPT_SSLCERT, path); }
  std::string error() const { return error_.data(); }

  std::string text;
  std::string headers;
  long status = 0;
  long version = 0;
  std::function<bool()> wants_more = [] { return true; };

 private:
  static std::size_t take(char* bytes, std::size_t, std::size_t size, void* self) {
    Curl& curl = *static_cast<Curl*>(self);
    curl.text.append(bytes, size);
    return curl.wants_more() ? size : 0;
  }
  static std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* self) {
    static_cast<Curl*>(self)->headers.append(bytes, size);
    return size;
  }

  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr, curl_slist_free_all};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
  std::string url_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

const std::string path = "/v1/chat/completions";
const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
const std::string stream_body = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})";

TEST(Tls, SpeaksBothVersionsOfHttp) {
  Simulator simulator(Scenario().tls(true));
  EXPECT_EQ(simulator.url().substr(0, 8), "https://");
  Simulator plain;
  const std::string expected = ask(plain, request_text("POST", path, body)).body;
  Curl second(simulator);
  EXPECT_EQ(second.chat(path, body), CURLE_OK);
  EXPECT_EQ(second.version, CURL_HTTP_VERSION_2_0);
  EXPECT_EQ(second.text, expected);
  EXPECT_EQ(second.chat(path, stream_body), CURLE_OK);
  EXPECT_NE(second.text.find("data: [DONE]\n\n"), std::string::npos);
  Curl first(simulator, CURL_HTTP_VERSION_1_1);
  EXPECT_EQ(first.chat(path, body), CURLE_OK);
  EXPECT_EQ(first.version, CURL_HTTP_VERSION_1_1);
  EXPECT_EQ(first.text, expected);
  const auto requests = simulator.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].http_version, "2");
  EXPECT_EQ(requests[0].header("host"), "localhost:" + std::to_string(simulator.port()));
  EXPECT_EQ(requests[0].body, body);
  EXPECT_EQ(requests[1].connection, requests[0].connection);
  EXPECT_EQ(requests[2].http_version, "1.1");
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::answered, 3, 10s));
}

TEST(Tls, OffersTheOldVersionOnlyWhenToldSo) {
  Simulator simulator(Scenario().tls(true).http2(false));
  Curl curl(simulator);
  EXPECT_EQ(curl.chat(path, body), CURLE_OK);
  EXPECT_EQ(curl.version, CURL_HTTP_VERSION_1_1);
}

TEST(Tls, ItsAuthorityVouchesForItAlone) {
  std::string file;
  {
    Simulator simulator(Scenario().tls(true));
    Simulator other(Scenario().tls(true));
    file = simulator.ca_file();
    EXPECT_TRUE(std::filesystem::exists(file));
    Curl curl(simulator);
    curl.set_ca_file(other.ca_file().c_str());
    EXPECT_EQ(curl.chat(path, body), CURLE_PEER_FAILED_VERIFICATION);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Tls, ACertificateThatCannotBeReadIsAnError) {
  try {
    Simulator simulator(Scenario().certificate("/nowhere.pem", "/nowhere.key"));
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("tls: /nowhere.pem: ", 0), 0u) << error.what();
  }
}

TEST(Tls, TurnsClientsAwayThatShowNoCertificate) {
  Simulator simulator(Scenario().client_certificates(true));
  Simulator other(Scenario().client_certificates(true));
  Simulator open(Scenario().tls(true));
  EXPECT_EQ(open.client_file(), "");
  EXPECT_NE(simulator.client_file(), "");
  Curl curl(simulator);
  EXPECT_NE(curl.chat(path, body), CURLE_OK);
  EXPECT_NE(curl.error().find("certificate required"), std::string::npos) << curl.error();
  Curl stranger(simulator);
  stranger.set_client_file(other.client_file().c_str());
  EXPECT_NE(stranger.chat(path, body), CURLE_OK);
  Curl friendly(simulator);
  friendly.set_client_file(simulator.client_file().c_str());
  EXPECT_EQ(friendly.chat(path, body), CURLE_OK) << friendly.error();
  EXPECT_EQ(simulator.stats().requests, 1u);
}

TEST(Tls, PlainHttpReachesTheControlsOnly) {
  Simulator simulator(Scenario().tls(true));
  EXPECT_EQ(ask(simulator, request_text("GET", "/_simulator/stats")).status, 200);
  EXPECT_EQ(ask(simulator, request_text("GET", "/v1/models")).status, 400);
  EXPECT_TRUE(simulator.requests().empty());
  Curl curl(simulator);
  EXPECT_EQ(curl.chat("/_simulator/reset", " "), CURLE_OK);
  EXPECT_EQ(curl.text, "{}");
}

TEST(Tls, AServerWithoutItTurnsTheGreetingAwayAtItsFirstByte) {
  Simulator simulator;
  // How a ClientHello begins: a record of a handshake, its version, its length (RFC 8446, 5.1).
  const std::string greeting("\x16\x03\x01\x02\x00\x01", 6);
  for (std::size_t length = 1; length <= greeting.size(); ++length) {
    Client client(simulator);
    client.send(greeting.substr(0, length));
    EXPECT_EQ(client.read_all().substr(0, 12), "HTTP/1.1 400");
    EXPECT_FALSE(client.was_reset());
  }
  EXPECT_TRUE(simulator.requests().empty());
}

TEST(Tls, ALineBreakBeforeARequestIsNoGreeting) {
  Simulator simulator;
  Client client(simulator);
  client.send("\r");
  client.send("\n" + request_text("GET", "/v1/models"));
  EXPECT_EQ(read_answer(client).status, 200);
}

TEST(Tls, CutsAreNoProperEnd) {
  for (const long version : {CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_1}) {
    for (const char* how : {"fin", "rst", "stream", "goaway"}) {
      Scenario scenario;
      scenario.tls(true).rule(R"({"fault": {"cut_after_bytes": 100, "cut_by": ")" + std::string(how) + "\"}}");
      Simulator simulator(scenario);
      Curl curl(simulator, version);
      EXPECT_NE(curl.chat(path, stream_body), CURLE_OK) << how;
      // A reset throws away what the client's system has and the client has not read.
      const bool may_lose = std::string_view(how) == "rst";
      EXPECT_LE(curl.text.size(), 100u) << how;
      EXPECT_TRUE(may_lose || curl.text.size() == 100) << how << ' ' << curl.text.size();
      EXPECT_EQ(simulator.stats().answered, 0u);
      EXPECT_EQ(simulator.stats().disconnects, 0u);
    }
  }
}

// What the other protocols say over HTTP/2 is what they say in the clear.
TEST(Http2, CarriesEveryProtocol) {
  Simulator simulator(Scenario().tls(true));
  Simulator plain;
  const std::string messages =
      R"({"model":"m","max_tokens":99,"stream":true,"messages":[{"role":"user","content":"hi"}]})";
  const std::string responses = R"({"model":"m","stream":true,"input":"hi"})";
  Curl curl(simulator);
  curl.add_header("anthropic-version: 2023-06-01");
  EXPECT_EQ(curl.chat("/v1/messages", messages), CURLE_OK);
  EXPECT_EQ(curl.version, CURL_HTTP_VERSION_2_0);
  EXPECT_EQ(curl.text, ask(plain, anthropic_request(messages)).body);
  EXPECT_NE(curl.headers.find("request-id: req_"), std::string::npos);
  EXPECT_EQ(curl.chat("/v1/responses", responses), CURLE_OK);
  EXPECT_EQ(curl.text, ask(plain, request_text("POST", "/v1/responses", responses)).body);
}

TEST(Tls, ClosingTheBodyWithTheConnectionIsAProperEnd) {
  Scenario scenario;
  scenario.tls(true).rule(R"({"fault": {"close_delimited": true}})");
  Simulator simulator(scenario);
  Curl curl(simulator, CURL_HTTP_VERSION_1_1);
  EXPECT_EQ(curl.chat(path, stream_body), CURLE_OK);
  EXPECT_NE(curl.text.find("[DONE]"), std::string::npos);
}

TEST(Http2, SeesAStreamResetWhileTheConnectionStays) {
  Scenario scenario;
  scenario.tls(true).rule(R"({"times": 1, "timing": {"stop_after_chunks": 1}})");
  Simulator simulator(scenario);
  Curl curl(simulator);
  curl.wants_more = [&] { return curl.text.find("You") == std::string::npos; };
  EXPECT_EQ(curl.chat(path, stream_body), CURLE_WRITE_ERROR);
  curl.wants_more = [] { return true; };
  EXPECT_EQ(curl.chat(path, body), CURLE_OK);
  ASSERT_TRUE(simulator.wait_for(SimulatorEvent::disconnect, 1, 10s));
  EXPECT_EQ(simulator.events(SimulatorEvent::disconnect)[0].request, 1u);
  EXPECT_EQ(simulator.stats().connections_accepted, 1u);
  EXPECT_EQ(simulator.stats().streams_open, 0u);
}

TEST(Http2, SeesTheConnectionGo) {
  Scenario scenario;
  scenario.tls(true).rule(R"({"timing": {"stop_after_chunks": 1}})");
  Simulator simulator(scenario);
  {
    Curl curl(simulator);
    curl.wants_more = [&] { return curl.text.find("You") == std::string::npos; };
    EXPECT_EQ(curl.chat(path, stream_body), CURLE_WRITE_ERROR);
  }
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::close, 1, 10s));
  EXPECT_EQ(simulator.count(SimulatorEvent::disconnect), 1u);
}

TEST(Http2, ARefusedStreamIsAskedAgainByLibcurl) {
  Scenario scenario;
  scenario.tls(true).rule(R"({"times": 1, "fault": {"cut_before_headers": true, "cut_by": "refused"}})");
  Simulator simulator(scenario);
  Curl curl(simulator);
  EXPECT_EQ(curl.chat(path, body), CURLE_OK);
  EXPECT_EQ(simulator.stats().requests, 2u);
}

TEST(Http2, ClosesOnTheNextRequest) {
  Scenario scenario;
  scenario.tls(true).rule(R"({"times": 1, "fault": {"close_on_next_request": true}})");
  Simulator simulator(scenario);
  Curl curl(simulator);
  EXPECT_EQ(curl.chat(path, body), CURLE_OK);
  EXPECT_NE(curl.chat(path, body), CURLE_OK);
  EXPECT_EQ(simulator.stats().requests, 2u);
  EXPECT_TRUE(simulator.wait_for(SimulatorEvent::answered, 1, 10s));
  EXPECT_EQ(simulator.stats().answered, 1u);
}

TEST(Http2, CarriesTheFaultsThatItHasRoomFor) {
  const auto run = [](const char* fault, long version = CURL_HTTP_VERSION_2TLS) {
    Scenario scenario;
    scenario.tls(true).rule(R"({"answer": {"text": "hi there"}, "fault": )" + std::string(fault) + "}");
    Simulator simulator(scenario);
    Curl curl(simulator, version);
    const CURLcode code = curl.chat(path, stream_body);
    return std::to_string(code) + ' ' + curl.headers + '\n' + curl.text;
  };
  const std::string plain = run("{}");
  const auto text_of = [](const std::string& all) { return all.substr(all.find("\r\n\r\n")); };
  EXPECT_EQ(text_of(run(R"({"bytes_per_write": 1})")), text_of(plain));
  EXPECT_EQ(text_of(run(R"({"huge_headers": 60000})")), text_of(plain));
  EXPECT_GT(run(R"({"huge_headers": 60000})").size(), 60000u);
  EXPECT_NE(run(R"({"gzip": true})").find("content-encoding: gzip"), std::string::npos);
  EXPECT_NE(run(R"({"content_length_off_by": 5})")[0], '0');
  // There is no room for these: the stream is reset.
  const std::string no_room = run(R"({"endless_header": true})");
  EXPECT_EQ(no_room.substr(0, no_room.find(' ')), std::to_string(CURLE_HTTP2_STREAM));
}

TEST(Http2, HoldsBackAWriterWhomNobodyReads) {
  Scenario scenario;
  scenario.tls(true).rule(R"({"answer": {"generate": {"chunks": 200000, "chunk_bytes": 1000}}})");
  Simulator simulator(scenario);
  Curl curl(simulator);
  std::uint64_t written = 0;
  curl.wants_more = [&] {
    if (curl.text.size() < 5'000'000) return true;
    // We have not read on for as long as it takes to look this often.
    for (int i = 0; i < 200; ++i) written = simulator.stats().bytes_written;
    return false;
  };
  EXPECT_EQ(curl.chat(path, stream_body), CURLE_WRITE_ERROR);
  EXPECT_GE(written, 4'900'000u);
  EXPECT_LT(written, 100'000'000u);
}

/// Requests that never end, several at once on one connection.
class Uploads {
 public:
  explicit Uploads(const Simulator& simulator) : url_("https://localhost:" + std::to_string(simulator.port()) + path) {
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    for (Handle& upload : uploads_) {
      upload.reset(curl_easy_init());
      curl_easy_setopt(upload.get(), CURLOPT_URL, url_.c_str());
      curl_easy_setopt(upload.get(), CURLOPT_CAINFO, simulator.ca_file().c_str());
      curl_easy_setopt(upload.get(), CURLOPT_NOPROXY, "*");
      curl_easy_setopt(upload.get(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
      curl_easy_setopt(upload.get(), CURLOPT_PIPEWAIT, 1L);
      curl_easy_setopt(upload.get(), CURLOPT_POST, 1L);
      curl_easy_setopt(upload.get(), CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
      curl_easy_setopt(upload.get(), CURLOPT_READFUNCTION, give);
      curl_easy_setopt(upload.get(), CURLOPT_READDATA, this);
      curl_multi_add_handle(multi_.get(), upload.get());
    }
  }
  ~Uploads() {
    for (Handle& upload : uploads_) curl_multi_remove_handle(multi_.get(), upload.get());
  }
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  /// Until one ends, or so many bytes are sent.
  bool run_until_one_ends(std::uint64_t most) {
    int running = 0;
    int left = 0;
    while (sent_ < most) {
      curl_multi_perform(multi_.get(), &running);
      if (curl_multi_info_read(multi_.get(), &left) != nullptr) return true;
      curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
    }
    return false;
  }
  std::uint64_t sent() const { return sent_; }

 private:
  using Handle = std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })>;

  static std::size_t give(char* out, std::size_t, std::size_t size, void* self) {
    std::fill_n(out, size, ' ');
    static_cast<Uploads*>(self)->sent_ += size;
    return size;
  }

  std::string url_;
  std::uint64_t sent_ = 0;
  std::unique_ptr<CURLM, decltype([](CURLM* multi) { curl_multi_cleanup(multi); })> multi_{curl_multi_init()};
  std::array<Handle, 3> uploads_;
};

TEST(Http2, RequestsThatNeverEndAreRefusedOnceTheyAreTooLargeTogether) {
  Simulator simulator(Scenario().tls(true));
  constexpr std::uint64_t megabyte = std::uint64_t{1} << 20;
  Uploads uploads(simulator);
  EXPECT_TRUE(uploads.run_until_one_ends(1000 * megabyte)) << "they are kept without bounds";
  EXPECT_GT(uploads.sent(), 256 * megabyte);
  EXPECT_EQ(simulator.stats().answered, 0u);
}

}  // namespace
}  // namespace antiphon::test
