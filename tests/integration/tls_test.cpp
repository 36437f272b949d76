// TLS as users set it, each setting with its effect, against the simulator.

#include <gtest/gtest.h>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "integration/one_attempt.hpp"
#include "support/failure.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// By a name that is in the simulator's certificate.
std::string url_of(const Simulator& simulator, const std::string& host = "localhost") {
  return "https://" + host + ":" + std::to_string(simulator.port()) + "/v1";
}

ModelConfig tls_config(const std::string& url, const TlsOptions& tls = TlsOptions()) {
  return ModelConfig("m-1", providers::openai)
      .base_url(url)
      .api_key(planted_key)
      .tls(tls)
      .retry_config(RetryConfig().max_attempts(1));
}

ModelConfig tls_config(const Simulator& simulator, const TlsOptions& tls = TlsOptions()) {
  return tls_config(url_of(simulator), tls);
}

TlsOptions trusting(const Simulator& simulator) { return TlsOptions().ca_file(simulator.ca_file()); }

void expect_refused(const Provider& provider, std::string_view where = "") {
  for (const Error& error : {chat_failure(provider), stream_failure(provider)}) {
    EXPECT_EQ(error.kind(), ErrorKind::tls) << error.what();
    if (!where.empty()) {
      EXPECT_EQ(error.where(), where) << error.what();
    }
  }
}

TEST(Tls, AServerThatNobodyVouchesForIsRefused) {
  Simulator simulator(Scenario().tls(true));
  expect_refused(create_provider(tls_config(simulator)));
  EXPECT_TRUE(simulator.requests().empty()) << "the key went to a server that is not who it says";
}

TEST(Tls, AnAuthorityOfOnesOwn) {
  Simulator simulator(Scenario().tls(true));
  expect_answers(create_provider(tls_config(simulator, trusting(simulator))));
  Simulator other(Scenario().tls(true));
  expect_refused(create_provider(tls_config(simulator, trusting(other))));
}

TEST(Tls, AFileOfAuthoritiesThatIsNoneIsNamed) {
  Simulator simulator(Scenario().tls(true));
  expect_refused(create_provider(tls_config(simulator, TlsOptions().ca_file("/nowhere.pem"))), "tls.ca_file");
}

TEST(Tls, TheNameMustBeInTheCertificate) {
  Simulator simulator(Scenario().tls(true));
  const Engine engine(
      EngineOptions().resolver([](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; }));
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  const std::string url = url_of(simulator, "other.test");
  expect_refused(create_provider(tls_config(url, trusting(simulator)), on_engine));
  EXPECT_TRUE(simulator.requests().empty());
  expect_answers(create_provider(tls_config(url, TlsOptions().verify(false)), on_engine));
}

TEST(Tls, AConnectionThatWasNotCheckedServesNobodyElse) {
  Simulator simulator(Scenario().tls(true));
  const Engine engine;
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  const Provider careless = create_provider(tls_config(simulator, TlsOptions().verify(false)), on_engine);
  const Provider careful = create_provider(tls_config(simulator), on_engine);
  const Provider trusting_it = create_provider(tls_config(simulator, trusting(simulator)), on_engine);
  for (int round = 0; round < 2; ++round) {
    expect_answers(careless);
    expect_refused(careful);
    expect_answers(trusting_it);
  }
}

TEST(Tls, AClientCertificate) {
  Simulator simulator(Scenario().client_certificates(true));
  const TlsOptions trust = trusting(simulator);
  const std::string& file = simulator.client_file();
  expect_answers(create_provider(tls_config(simulator, TlsOptions(trust).client_certificate(file).client_key(file))));
  // The certificate's file may hold the key too.
  expect_answers(create_provider(tls_config(simulator, TlsOptions(trust).client_certificate(file))));
  simulator.reset();
  expect_refused(create_provider(tls_config(simulator, trust)));
  Simulator other(Scenario().client_certificates(true));
  const std::string& strange = other.client_file();
  expect_refused(create_provider(tls_config(simulator, TlsOptions(trust).client_certificate(strange))));
  EXPECT_TRUE(simulator.requests().empty());
}

TEST(Tls, AClientCertificateThatCannotBeUsedIsNamed) {
  Simulator simulator(Scenario().client_certificates(true));
  const TlsOptions trust = trusting(simulator);
  const std::string& file = simulator.client_file();
  for (const TlsOptions& tls : {TlsOptions(trust).client_certificate("/nowhere.pem"),
                                TlsOptions(trust).client_certificate(file).client_key("/nowhere.pem"),
                                // An authority's certificate, and no key.
                                TlsOptions(trust).client_certificate(simulator.ca_file())}) {
    expect_refused(create_provider(tls_config(simulator, tls)), "tls.client_certificate");
  }
}

/// Of both ways of asking. One that hangs would end as a timeout.
std::vector<Error> failures_of(const Provider& provider) { return {chat_failure(provider), stream_failure(provider)}; }

TEST(Tls, ToAServerThatSpeaksPlainHttpFailsAtOnce) {
  Simulator plain;
  const std::string url = url_of(plain);
  const auto began = std::chrono::steady_clock::now();
  for (const Error& error : failures_of(create_provider(tls_config(url).timeouts(Timeouts().connect(1min))))) {
    EXPECT_EQ(error.kind(), ErrorKind::tls) << error.what();
    EXPECT_NE(error.message().find("no TLS at that address"), std::string::npos) << error.what();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  EXPECT_TRUE(plain.requests().empty());
}

TEST(Tls, PlainHttpToAServerThatWantsItIsToldSo) {
  Simulator simulator(Scenario().tls(true));
  const std::string url = simulator.openai_base_url();
  ASSERT_TRUE(url.starts_with("https"));
  for (const Error& error : failures_of(create_provider(tls_config("http" + url.substr(5))))) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << error.what();
    EXPECT_EQ(error.http_status(), 400);
    EXPECT_NE(error.raw_body().find("speaks TLS"), std::string::npos) << error.raw_body();
  }
  EXPECT_TRUE(simulator.requests().empty());
}

TEST(Tls, AServerThatIsSilentInTheHandshakeEndsInTheConnectTimeout) {
  // Not a byte, and the beginning of a record that never goes on.
  for (const char* words : {"", "\x16\x03\x03"}) {
    RawServer server([words](RawConnection& connection, int) {
      connection.write(words);
      connection.wait_for_close();
    });
    const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
    for (const Error& error : failures_of(create_provider(tls_config(url).timeouts(Timeouts().connect(300ms))))) {
      EXPECT_EQ(error.kind(), ErrorKind::timeout) << error.what();
      EXPECT_EQ(error.where(), "timeouts.connect");
      EXPECT_NE(error.message().find("in the TLS handshake"), std::string::npos) << error.message();
    }
    EXPECT_EQ(server.connections(), 2);
  }
}

TEST(HttpVersion, IsTheNewestThatBothHave) {
  Simulator simulator(Scenario().tls(true));
  Simulator old(Scenario().tls(true).http2(false));
  Simulator plain;
  expect_answers(create_provider(tls_config(simulator, trusting(simulator))));
  expect_answers(create_provider(tls_config(old, trusting(old))));
  expect_answers(create_provider(tls_config(plain.openai_base_url())));
  for (const RecordedRequest& request : simulator.requests()) EXPECT_EQ(request.http_version, "2");
  for (const RecordedRequest& request : old.requests()) EXPECT_EQ(request.http_version, "1.1");
  for (const RecordedRequest& request : plain.requests()) EXPECT_EQ(request.http_version, "1.1");
}

TEST(HttpVersion, TheOldOneWhenAskedFor) {
  Simulator simulator(Scenario().tls(true));
  expect_answers(create_provider(tls_config(simulator, trusting(simulator)).http_version(HttpVersion::http1)));
  // Also on an engine that has spoken the new one to this server.
  const Engine engine;
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  expect_answers(create_provider(tls_config(simulator, trusting(simulator)), on_engine));
  expect_answers(
      create_provider(tls_config(simulator, trusting(simulator)).http_version(HttpVersion::http1), on_engine));
  std::vector<std::string> versions;
  for (const RecordedRequest& request : simulator.requests()) versions.push_back(request.http_version);
  EXPECT_EQ(versions, (std::vector<std::string>{"1.1", "1.1", "2", "2", "1.1", "1.1"}));
}

}  // namespace
}  // namespace antiphon::test
