// What users write: keys in headers, tokens of their own, the clouds' credentials by this process's environment.

#include <antiphon/credentials.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

#include "providers/key_style.hpp"
#include "support/temporary_folder.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::KeyStyle;
using codec::NoCredentials;
using test::World;
using namespace std::chrono_literals;

/// Sets a variable of this process as long as it lives. One thread.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

template <class Make>
std::string refusal_of(Make make) {
  try {
    make();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    return error.where() + ": " + error.message();
  }
  return "none";
}

TEST(PublicCredentials, AKeyInAHeader) {
  World world;
  const auto asked = world.run(*header_key("x-api-key", "KEY"));
  EXPECT_EQ(asked->header("X-Api-Key"), "KEY");
  EXPECT_EQ(asked->request.headers.size(), 1u);
  EXPECT_EQ(world.run(*bearer_key("KEY"))->header("authorization"), "Bearer KEY");
}

TEST(PublicCredentials, HeadersOfTheUsersOwnWin) {
  World world;
  for (const char* own : {"X-API-Key", "Authorization"}) {
    HttpRequest request;
    request.headers.add(own, "mine");
    const auto asked = world.ask(*header_key("x-api-key", "KEY"), request);
    EXPECT_FALSE(asked->error);
    EXPECT_EQ(asked->request.headers, request.headers) << "never both";
  }
}

TEST(PublicCredentials, NamesThatNoHeaderCanHave) {
  for (const char* name : {"", "a b", "a:b", "a\r\nb", "é", "a\"b"}) {
    EXPECT_TRUE(refusal_of([&] { header_key(name, "KEY"); }).starts_with("header_key: ")) << name;
  }
}

TEST(PublicCredentials, KeysFromACallback) {
  World world;
  std::string key = "old";
  const auto authenticator = header_key("api-key", [&key] { return key; });
  EXPECT_EQ(world.run(*authenticator)->header("api-key"), "old");
  const auto at = world.scheduler.steady_now();
  EXPECT_FALSE(authenticator->rejected_with(test::refusal(401), at));
  key = "new";
  EXPECT_FALSE(authenticator->rejected_with(test::refusal(403), at)) << "a 403 is about what one may do";
  EXPECT_TRUE(authenticator->rejected_with(test::refusal(401), at));
  EXPECT_EQ(world.run(*authenticator)->header("api-key"), "new");
  key = "a\nb";
  EXPECT_EQ(world.run(*authenticator)->error->kind(), ErrorKind::authentication);
}

TEST(PublicCredentials, TokensFromASourceOfTheUsersOwn) {
  World world;
  int fetches = 0;
  const std::shared_ptr<Authenticator> authenticator =
      bearer_token([&](Fetcher& fetcher, std::function<void(Result<AccessToken>)> done) {
        ++fetches;
        HttpRequest request;
        request.url = "https://login.example.com/";
        fetcher.fetch(std::move(request), 10s, [&fetcher, done](Result<HttpResponse> answer) {
          if (!answer) return done(answer.error());
          done(AccessToken(answer->body).expires_at(fetcher.scheduler().wall_now() + 1h));
        });
      });
  world.server = [&](const HttpRequest&) {
    return test::Script::answer(200, "text/plain", "t" + std::to_string(fetches));
  };
  EXPECT_EQ(world.run(*authenticator)->header("authorization"), "Bearer t1");
  EXPECT_EQ(world.run(*authenticator)->header("authorization"), "Bearer t1");
  world.scheduler.run_for(1h);
  const auto second = world.run(*authenticator);
  EXPECT_EQ(second->header("authorization"), "Bearer t2");
  EXPECT_TRUE(authenticator->rejected_with(test::refusal(401), second->at));
  EXPECT_EQ(world.run(*authenticator)->header("authorization"), "Bearer t3");
  EXPECT_EQ(fetches, 3);
}

TEST(PublicCredentials, SourcesThatFail) {
  World world;
  const auto error = [&](TokenSource source) { return *world.run(*bearer_token(std::move(source)))->error; };
  const auto gives = [](Result<AccessToken> token) {
    return [token](Fetcher&, const std::function<void(Result<AccessToken>)>& done) { done(token); };
  };
  EXPECT_EQ(error(gives(Error(ErrorKind::permission, "not you").where("login"))).where(), "login");
  for (const char* token : {"", "a\r\nX: SECRET"}) {
    const Error refused = error(gives(AccessToken(token)));
    EXPECT_EQ(refused.kind(), ErrorKind::authentication);
    EXPECT_EQ(refused.message(), "the token is empty or holds a control character");
  }
  EXPECT_EQ(error([](Fetcher&, const auto&) { throw std::runtime_error("oops"); }).kind(), ErrorKind::internal);
  EXPECT_EQ(refusal_of([] { bearer_token(nullptr); }), "bearer_token: there is no source of tokens");
}

TEST(PublicCredentials, Azure) {
  World world;
  const auto headers = [&](const std::shared_ptr<Authenticator>& authenticator) {
    const auto asked = world.run(*authenticator);
    EXPECT_EQ(asked->request.headers.size(), 1u) << "never both";
    return asked->header("api-key") + "|" + asked->header("authorization");
  };
  EXPECT_EQ(headers(AzureCredentials().api_key("KEY")), "KEY|");
  EXPECT_EQ(headers(AzureCredentials().entra_token([] { return std::string("TOKEN"); })), "|Bearer TOKEN");
  EXPECT_EQ(headers(AzureCredentials().entra_tokens(
                [](Fetcher&, const std::function<void(Result<AccessToken>)>& done) { done(AccessToken("FETCHED")); })),
            "|Bearer FETCHED");
  EXPECT_EQ(headers(AzureCredentials().entra_token("TOKEN").api_key("KEY")), "KEY|");
  EXPECT_EQ(headers(AzureCredentials().api_key("KEY").entra_token("TOKEN")), "|Bearer TOKEN");
  {
    const Variable variable("AZURE_OPENAI_API_KEY", "VARIABLE");
    EXPECT_EQ(headers(AzureCredentials()), "VARIABLE|");
  }
  EXPECT_EQ(refusal_of([] { std::shared_ptr<Authenticator> made = AzureCredentials(); }),
            "azure.api_key: the environment has no AZURE_OPENAI_API_KEY");
}

TEST(PublicCredentials, AwsAndGoogleByThisProcesssEnvironment) {
  World world;
  const test::TemporaryFolder folder;
  const Variable home("HOME", folder.path());
  const Variable id("AWS_ACCESS_KEY_ID", "ENV");
  const Variable secret("AWS_SECRET_ACCESS_KEY", "SECRET");
  const std::shared_ptr<Authenticator> aws = AwsCredentials().region("eu-west-1").service("other");
  EXPECT_NE(world.run(*aws)->header("authorization").find("ENV/20231114/eu-west-1/other/"), std::string::npos);
  const Variable file("GOOGLE_APPLICATION_CREDENTIALS", folder.path("nowhere"));
  EXPECT_EQ(
      refusal_of([] { std::shared_ptr<Authenticator> made = GoogleCredentials(); }),
      "google.credentials: GOOGLE_APPLICATION_CREDENTIALS names " + folder.path("nowhere") + ", which is not there");
  ModelConfig config("m", providers::openai);
  config.authenticator(AwsCredentials()).authenticator(AzureCredentials().api_key("k"));
  EXPECT_TRUE(config.authenticator());
}

TEST(KeyStyle, TheHeaderThatEachProviderWants) {
  World world;
  const test::TemporaryFolder folder;
  const Environment nothing = test::environment({{"HOME", folder.path()}});
  const auto headers = [&](KeyStyle style, ApiKey key, const Environment& environment) {
    const auto authenticator = codec::make_authenticator(style, std::move(key), environment, NoCredentials::left_out);
    const auto asked = world.run(*authenticator, "https://bedrock-runtime.eu-west-1.amazonaws.com/");
    EXPECT_FALSE(asked->error);
    std::string text;
    for (const auto& [name, value] : asked->request.headers) text += name + "=" + value + ";";
    return text;
  };
  EXPECT_EQ(headers(KeyStyle::bearer, "K", nothing), "Authorization=Bearer K;");
  EXPECT_EQ(headers(KeyStyle::x_api_key, "K", nothing), "x-api-key=K;");
  EXPECT_EQ(headers(KeyStyle::x_goog_api_key, "K", nothing), "x-goog-api-key=K;");
  EXPECT_EQ(headers(KeyStyle::api_key, "K", nothing), "api-key=K;");
  EXPECT_EQ(headers(KeyStyle::aws, "K", nothing), "Authorization=Bearer K;");
  EXPECT_EQ(headers(KeyStyle::google, "K", nothing), "x-goog-api-key=K;");
  for (const KeyStyle style : {KeyStyle::bearer, KeyStyle::x_api_key, KeyStyle::aws, KeyStyle::google}) {
    EXPECT_EQ(headers(style, ApiKey(), nothing), "");
  }
  EXPECT_EQ(headers(KeyStyle::aws, ApiKey::none(),
                    test::environment({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "SECRET"}})),
            "");
  const std::string with_keys = headers(
      KeyStyle::aws, ApiKey(), test::environment({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "SECRET"}}));
  EXPECT_NE(with_keys.find("Credential=ENV/"), std::string::npos);
}

TEST(KeyStyle, OutOfTheCloudItsCredentialsAreLookedForAndRefused) {
  const test::TemporaryFolder folder;
  const Environment environment =
      test::environment({{"HOME", folder.path()}, {"AWS_EC2_METADATA_DISABLED", "true"}, {"NO_GCE_CHECK", "true"}});
  const auto make = [&](KeyStyle style) {
    return refusal_of([&] { codec::make_authenticator(style, ApiKey(), environment, NoCredentials::refused); });
  };
  EXPECT_TRUE(make(KeyStyle::aws).starts_with("aws: no AWS credentials"));
  EXPECT_TRUE(make(KeyStyle::google).starts_with("google.credentials: no Google credentials"));
  EXPECT_EQ(make(KeyStyle::x_api_key), "none");
}

TEST(KeyStyle, AddressesOfTheCloudsThemselves) {
  EXPECT_TRUE(codec::is_clouds_own(KeyStyle::aws, "https://bedrock-runtime.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(codec::is_clouds_own(KeyStyle::aws, "https://Bedrock-Mantle.eu-west-1.API.AWS/v1"));
  EXPECT_TRUE(codec::is_clouds_own(KeyStyle::google, "https://europe-west1-aiplatform.googleapis.com/v1"));
  EXPECT_FALSE(codec::is_clouds_own(KeyStyle::aws, "http://127.0.0.1:8080"));
  EXPECT_FALSE(codec::is_clouds_own(KeyStyle::aws, "https://amazonaws.com.example.com"));
  EXPECT_FALSE(codec::is_clouds_own(KeyStyle::google, "https://notgoogleapis.com"));
  EXPECT_FALSE(codec::is_clouds_own(KeyStyle::bearer, "https://bedrock-runtime.eu-west-1.amazonaws.com"));
}

}  // namespace
}  // namespace antiphon
