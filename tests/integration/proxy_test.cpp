// Proxies: which one is asked, what it gets to see, and who is named when it fails.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include <antiphon/antiphon.hpp>
#include <antiphon/simulator.hpp>

#include "integration/one_attempt.hpp"
#include "support/failure.hpp"
#include "support/test_proxy.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// A name that only a proxy can turn into an address.
ModelConfig proxied_config(const Simulator& simulator, const std::string& host = "target.invalid") {
  const std::string scheme = simulator.ca_file().empty() ? "http" : "https";
  return ModelConfig("m-1", providers::openai)
      .base_url(scheme + "://" + host + ":" + std::to_string(simulator.port()) + "/v1")
      .api_key(planted_key)
      .tls(TlsOptions().ca_file(simulator.ca_file()))
      .retry_config(RetryConfig().max_attempts(1));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

/// Variables of the environment for as long as this lives.
class Environment {
 public:
  using Variables = std::map<std::string, std::string>;
  explicit Environment(Variables variables) : variables_(std::move(variables)) {
    for (const auto& [name, value] : variables_) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : variables_) unsetenv(name.c_str());
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  Variables variables_;
};

TEST(Proxy, ForwardsPlainRequests) {
  Simulator simulator;
  TestProxy proxy;
  expect_answers(create_provider(proxied_config(simulator).proxy(proxy.url())));
  ASSERT_EQ(proxy.asked().size(), 2U);
  EXPECT_TRUE(proxy.asked()[0].starts_with("POST http://target.invalid:" + std::to_string(simulator.port()) +
                                           "/v1/chat/completions HTTP/1.1\r\n"))
      << proxy.asked()[0];
}

TEST(Proxy, TunnelsTlsAndSeesNoKey) {
  Simulator simulator(Scenario().tls(true));
  TestProxy proxy;
  // The name in the certificate, which the proxy is given and we never look up.
  const Engine engine(EngineOptions().resolver([](const std::string&) { return std::vector<std::string>(); }));
  const ModelConfig config = proxied_config(simulator, "localhost").proxy(proxy.url("http", "me:planted-password"));
  expect_answers(create_provider(config, ProviderOptions().engine(engine)));
  ASSERT_EQ(proxy.asked().size(), 2U);
  for (const std::string& head : proxy.asked()) {
    EXPECT_TRUE(head.starts_with("CONNECT localhost:" + std::to_string(simulator.port()))) << head;
    EXPECT_FALSE(has(head, planted_key)) << "the key is the provider's business";
    // "me:planted-password" in Base64.
    EXPECT_TRUE(has(head, "Proxy-Authorization: Basic bWU6cGxhbnRlZC1wYXNzd29yZA==")) << head;
  }
  for (const RecordedRequest& request : simulator.requests()) {
    EXPECT_EQ(request.header("authorization"), "Bearer " + std::string(planted_key));
    EXPECT_EQ(request.header("proxy-authorization"), "") << "the password is the proxy's business";
  }
}

TEST(Proxy, SocksByNameAndByAddress) {
  Simulator simulator;
  TestProxy proxy;
  expect_answers(create_provider(proxied_config(simulator).proxy(proxy.url("socks5h"))));
  // Without the h the name is looked up here.
  const Engine engine(
      EngineOptions().resolver([](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; }));
  expect_answers(
      create_provider(proxied_config(simulator).proxy(proxy.url("socks5")), ProviderOptions().engine(engine)));
  const std::string port = ":" + std::to_string(simulator.port());
  EXPECT_EQ(proxy.asked(), (std::vector<std::string>{"SOCKS target.invalid" + port, "SOCKS target.invalid" + port,
                                                     "SOCKS 127.0.0.1" + port, "SOCKS 127.0.0.1" + port}));
}

TEST(Proxy, OverTls) {
  // The simulator answers for every host: as a proxy would for a plain request.
  Simulator proxy(Scenario().tls(true).http2(false));
  const std::string url = "https://localhost:" + std::to_string(proxy.port());
  const ModelConfig config = ModelConfig("m-1", providers::openai)
                                 .base_url("http://target.invalid/v1")
                                 .api_key(planted_key)
                                 .proxy(url)
                                 .retry_config(RetryConfig().max_attempts(1));
  expect_answers(create_provider(ModelConfig(config).tls(TlsOptions().ca_file(proxy.ca_file()))));
  expect_answers(create_provider(ModelConfig(config).tls(TlsOptions().verify(false))));
  proxy.reset();
  EXPECT_EQ(chat_failure(create_provider(config)).kind(), ErrorKind::tls);
  EXPECT_TRUE(proxy.requests().empty());
}

TEST(Proxy, OfTheEnvironment) {
  Simulator simulator;
  TestProxy proxy;
  TestProxy other;
  const Environment environment(
      Environment::Variables{{"http_proxy", proxy.url()}, {"no_proxy", "direct.test,127.0.0.0/8"}});
  const Engine engine(
      EngineOptions().resolver([](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; }));
  const ProviderOptions on_engine = ProviderOptions().engine(engine);
  expect_answers(create_provider(proxied_config(simulator), on_engine));
  EXPECT_EQ(proxy.asked().size(), 2U);
  for (const char* host : {"direct.test", "deep.direct.test", "127.0.0.1"}) {
    expect_answers(create_provider(proxied_config(simulator, host), on_engine));
  }
  expect_answers(create_provider(proxied_config(simulator).proxy(""), on_engine));
  EXPECT_EQ(proxy.asked().size(), 2U) << "asked although it was excluded";
  expect_answers(create_provider(proxied_config(simulator).proxy(other.url()), on_engine));
  EXPECT_EQ(proxy.asked().size(), 2U) << "asked although there was another";
  EXPECT_EQ(other.asked().size(), 2U);
}

TEST(Proxy, ThatRefusesIsNamed) {
  Simulator plain;
  Simulator secure(Scenario().tls(true));
  TestProxy proxy;
  proxy.refuse(407);
  for (const Simulator* simulator : {&plain, &secure}) {
    for (const char* scheme : {"http", "socks5h"}) {
      SCOPED_TRACE(std::string(scheme) + " to " + simulator->url());
      const Provider provider =
          create_provider(proxied_config(*simulator).proxy(proxy.url(scheme, "me:planted-password")));
      for (const Error& error : {chat_failure(provider), stream_failure(provider)}) {
        EXPECT_EQ(error.kind(), ErrorKind::proxy) << error.what();
      }
    }
  }
}

TEST(Proxy, ThatIsNotThereIsNamed) {
  Simulator simulator;
  const std::string port = std::to_string(closed_port());
  for (const char* scheme : {"http", "socks5h"}) {
    const std::string user = "://me:planted-password@";
    const Error gone =
        chat_failure(create_provider(proxied_config(simulator).proxy(scheme + user + "127.0.0.1:" + port)));
    EXPECT_EQ(gone.kind(), ErrorKind::connection) << gone.what();
    EXPECT_EQ(gone.where(), "proxy");
    const Error unknown =
        chat_failure(create_provider(proxied_config(simulator).proxy(scheme + user + "no-such-host.invalid:" + port)));
    EXPECT_EQ(unknown.kind(), ErrorKind::dns) << unknown.what();
    EXPECT_EQ(unknown.where(), "proxy");
  }
}

TEST(Proxy, UrlsThatAreNoneAreNamedAndNotShown) {
  Simulator simulator;
  for (const char* url :
       {"ftp://me:planted@127.0.0.1:1", "http://me:planted@", "http://me:planted@[::1", "://planted",
        "http://planted:port", "http://me:plan ted@127.0.0.1:9", "http://me:plan\tted@127.0.0.1:9",
        "http://m e:planted@127.0.0.1:9", "socks5://planted@127.0.0.1:9/foo bar", "http://me:planted%00@127.0.0.1:9",
        "http://me:planted%0a@127.0.0.1:9", "http://me:planted\xc3\xa9@127.0.0.1:9"}) {
    SCOPED_TRACE(url);
    try {
      create_provider(proxied_config(simulator).proxy(url));
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(without_key(error).kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), "proxy");
    }
    const Environment environment(Environment::Variables{{"http_proxy", url}});
    const Engine engine;
    const Error error =
        chat_failure(create_provider(proxied_config(simulator, "localhost"), ProviderOptions().engine(engine)));
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config) << error.what();
    EXPECT_EQ(error.where(), "proxy");
  }
}

}  // namespace
}  // namespace antiphon::test
