// Tokens of Google Cloud: service accounts, a user's login, the machine's metadata server.

#include <gtest/gtest.h>

#include <antiphon/codec.hpp>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/base64.hpp"
#include "providers/google_credentials.hpp"
#include "providers/google_key_file.hpp"
#include "providers/percent.hpp"
#include "support/temporary_folder.hpp"
#include "unit/credentials/rsa_keys.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::make_google_authenticator;
using codec::NoCredentials;
using test::Authorized;
using test::expect_no_secret;
using test::json_answer;
using test::Script;
using test::World;
using namespace std::chrono_literals;
using Fields = std::map<std::string, std::string>;

std::string as_json(const Fields& fields) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  for (const auto& [name, value] : fields) writer.key_text(name).string(value);
  writer.end_object();
  return text;
}

Fields service_account() {
  return {{"type", "service_account"},
          {"project_id", "my-project"},
          {"private_key_id", "key-7"},
          {"private_key", test::shared_rsa_key().pem()},
          {"client_email", "robot@my-project.iam.gserviceaccount.com"},
          {"token_uri", "https://oauth2.googleapis.com/token"}};
}

Fields user_login() {
  return {{"type", "authorized_user"},
          {"client_id", "id.apps.googleusercontent.com"},
          {"client_secret", "SECRET-OF-CLIENT"},
          {"refresh_token", "1//SECRET+TOKEN"},
          {"quota_project_id", "payer"}};
}

Fields but(Fields fields, const std::string& name, std::string value) {
  fields[name] = std::move(value);
  return fields;
}

Fields without(Fields fields, const std::string& name) {
  fields.erase(name);
  return fields;
}

/// The fields of a form that was posted.
Fields form(const HttpRequest& request) {
  Fields fields;
  std::string_view rest = request.body;
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    const auto equals = field.find('=');
    fields[std::string(field.substr(0, equals))] = codec::percent_decoded(field.substr(equals + 1)).value_or("?");
  }
  return fields;
}

Fields text_fields(std::string_view json_text) {
  Fields fields;
  json::Reader reader;
  EXPECT_TRUE(reader.read_copy(json_text, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      fields[std::string(key)] = value.string() ? std::string(*value.string()) : std::string(value.raw().value_or("?"));
    });
  }));
  return fields;
}

std::string decoded(std::string_view base64_url) {
  std::string bytes;
  EXPECT_EQ(base64_url.find_first_of("+/="), base64_url.npos) << "the alphabet for URLs, without padding";
  base64::Decoder().feed(base64_url, bytes);
  return bytes;
}

class GoogleTest : public testing::Test {
 protected:
  GoogleTest() {
    world.server = [this](const HttpRequest&) {
      return json_answer(200, R"({"access_token":"token-)" + std::to_string(++round) +
                                  R"(","expires_in":3599,"token_type":"Bearer"})");
    };
  }
  std::shared_ptr<Authenticator> make(const GoogleCredentials& credentials, Fields variables = {},
                                      NoCredentials none = NoCredentials::refused) {
    variables.emplace("HOME", folder.path());
    return make_google_authenticator(credentials, test::environment(std::move(variables)), none);
  }
  std::shared_ptr<Authenticator> from(const Fields& fields) { return make(GoogleCredentials().json(as_json(fields))); }
  std::string refusal(const GoogleCredentials& credentials, Fields variables = {}) {
    try {
      make(credentials, std::move(variables));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      expect_no_secret(error);
      return error.where() + ": " + error.message();
    }
    return "none";
  }
  std::string refusal(const Fields& fields) { return refusal(GoogleCredentials().json(as_json(fields))); }
  Error failure(Authenticator& authenticator) {
    const auto asked = world.run(authenticator);
    EXPECT_EQ(asked->calls, 1);
    EXPECT_TRUE(asked->error);
    EXPECT_TRUE(asked->request.headers.empty());
    EXPECT_TRUE(world.scheduler.idle()) << "a timer was left behind";
    const Error error = asked->error.value_or(Error(ErrorKind::internal, "no error"));
    expect_no_secret(error);
    return error;
  }
  std::string bearer(Authenticator& authenticator) { return world.run(authenticator)->header("authorization"); }

  test::TemporaryFolder folder;
  World world;
  int round = 0;
};

TEST_F(GoogleTest, AServiceAccountSignsForItsToken) {
  const auto authenticator = from(service_account());
  EXPECT_EQ(bearer(*authenticator), "Bearer token-1");
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].method, "POST");
  EXPECT_EQ(world.sent[0].url, "https://oauth2.googleapis.com/token");
  EXPECT_EQ(world.sent[0].headers.get("content-type"), "application/x-www-form-urlencoded");
  const Fields sent = form(world.sent[0]);
  EXPECT_EQ(sent.at("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");

  const std::string_view assertion = sent.at("assertion");
  const auto first = assertion.find('.');
  const auto second = assertion.find('.', first + 1);
  ASSERT_NE(second, assertion.npos);
  EXPECT_EQ(text_fields(decoded(assertion.substr(0, first))),
            (Fields{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "key-7"}}));
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(world.now().time_since_epoch()).count();
  EXPECT_EQ(text_fields(decoded(assertion.substr(first + 1, second - first - 1))),
            (Fields{{"iss", "robot@my-project.iam.gserviceaccount.com"},
                    {"scope", "https://www.googleapis.com/auth/cloud-platform"},
                    {"aud", "https://oauth2.googleapis.com/token"},
                    {"iat", std::to_string(now)},
                    {"exp", std::to_string(now + 3600)}}));
  EXPECT_TRUE(test::shared_rsa_key().verifies(assertion.substr(0, second), decoded(assertion.substr(second + 1))));
}

TEST_F(GoogleTest, TheScopeOfAServiceAccount) {
  const auto authenticator =
      make(GoogleCredentials().json(as_json(without(service_account(), "private_key_id"))).scope("https://other"));
  world.run(*authenticator);
  const std::string assertion = form(world.sent.at(0)).at("assertion");
  const auto first = assertion.find('.');
  EXPECT_EQ(decoded(assertion.substr(0, first)), R"({"alg":"RS256","typ":"JWT"})");
  EXPECT_EQ(text_fields(decoded(assertion.substr(first + 1, assertion.rfind('.') - first - 1))).at("scope"),
            "https://other");
}

TEST_F(GoogleTest, AUserShowsTheRefreshToken) {
  const auto authenticator = from(user_login());
  const auto asked = world.run(*authenticator);
  EXPECT_EQ(asked->header("authorization"), "Bearer token-1");
  EXPECT_EQ(asked->header("x-goog-user-project"), "payer");
  EXPECT_EQ(world.sent.at(0).url, "https://oauth2.googleapis.com/token");
  EXPECT_EQ(form(world.sent[0]), (Fields{{"grant_type", "refresh_token"},
                                         {"client_id", "id.apps.googleusercontent.com"},
                                         {"client_secret", "SECRET-OF-CLIENT"},
                                         {"refresh_token", "1//SECRET+TOKEN"}}));
}

TEST_F(GoogleTest, WhoPays) {
  const auto payer = [&](const GoogleCredentials& credentials, Fields variables) {
    return world.run(*make(credentials, std::move(variables)))->header("x-goog-user-project");
  };
  const GoogleCredentials user = GoogleCredentials().json(as_json(user_login()));
  EXPECT_EQ(payer(user, {{"GOOGLE_CLOUD_QUOTA_PROJECT", "variable"}}), "variable");
  EXPECT_EQ(payer(GoogleCredentials(user).quota_project("given"), {{"GOOGLE_CLOUD_QUOTA_PROJECT", "variable"}}),
            "given");
  EXPECT_EQ(payer(GoogleCredentials().json(as_json(service_account())), {}), "");
  EXPECT_EQ(payer(GoogleCredentials().access_token("mine").quota_project("given"), {}), "given");
  EXPECT_EQ(refusal(GoogleCredentials(user).quota_project("a\nb")),
            "google.quota_project: it holds a control character");

  HttpRequest request;
  request.url = "https://example.com/";
  request.headers.add("X-Goog-User-Project", "mine");
  const auto authenticator = make(user);
  const auto asked = world.ask(*authenticator, request);
  world.scheduler.run();
  EXPECT_EQ(asked->header("x-goog-user-project"), "mine");
}

TEST_F(GoogleTest, TheTokenIsKeptRenewedEarlyAndAfterA401) {
  const auto authenticator = from(user_login());
  EXPECT_EQ(bearer(*authenticator), "Bearer token-1");
  EXPECT_EQ(bearer(*authenticator), "Bearer token-1");
  world.scheduler.run_for(57min);
  EXPECT_EQ(bearer(*authenticator), "Bearer token-1") << "renewed beside it";
  const auto second = world.run(*authenticator);
  EXPECT_EQ(second->header("authorization"), "Bearer token-2");
  EXPECT_FALSE(authenticator->rejected_with(test::refusal(403), second->at));
  EXPECT_TRUE(authenticator->rejected_with(test::refusal(401), second->at));
  EXPECT_EQ(bearer(*authenticator), "Bearer token-3");
  EXPECT_EQ(world.sent.size(), 3u);
}

TEST_F(GoogleTest, OneFetchForAllWhoWait) {
  const auto authenticator = from(service_account());
  std::vector<std::shared_ptr<Authorized>> all;
  for (int i = 0; i < 50; ++i) all.push_back(world.ask(*authenticator));
  world.scheduler.run();
  for (const auto& asked : all) EXPECT_EQ(asked->header("authorization"), "Bearer token-1");
  EXPECT_EQ(world.sent.size(), 1u);
}

TEST_F(GoogleTest, TheTokenIsFetchedTheWayTheCallGoes) {
  HttpRequest request;
  request.url = "https://example.com/";
  request.proxy = "http://proxy:3128";
  request.tls.ca_file("/corp.pem").verify(false).client_certificate("/me.pem");
  const auto authenticator = from(user_login());
  world.ask(*authenticator, request);
  world.scheduler.run();
  EXPECT_EQ(world.sent.at(0).proxy, "http://proxy:3128");
  EXPECT_EQ(world.sent[0].tls, TlsOptions().ca_file("/corp.pem")) << "whoever gets a refresh token proves who it is";
}

TEST_F(GoogleTest, AHeaderOfTheUsersOwnWins) {
  HttpRequest request;
  request.url = "https://example.com/";
  request.headers.add("authorization", "Bearer mine");
  const auto authenticator = from(user_login());
  const auto asked = world.ask(*authenticator, request);
  EXPECT_EQ(asked->calls, 1);
  EXPECT_EQ(asked->request.headers, request.headers);
  EXPECT_TRUE(world.sent.empty());
}

TEST_F(GoogleTest, WithoutAnEngineOnlyWhatIsThere) {
  const auto authenticator = from(user_login());
  HttpRequest request;
  std::optional<Error> error;
  const auto done = [&](std::optional<Error> result) { error = std::move(result); };
  authenticator->authorize(request, world.now(), done);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::authentication);
  world.run(*authenticator);
  authenticator->authorize(request, world.now(), done);
  EXPECT_FALSE(error);
  EXPECT_EQ(request.headers.get("authorization"), "Bearer token-1");
}

TEST_F(GoogleTest, ATokenServerThatRefuses) {
  const auto authenticator = from(user_login());
  world.server = [](const HttpRequest&) {
    return json_answer(400, R"({"error":"invalid_grant","error_description":"1//SECRET+TOKEN has been revoked"})");
  };
  const Error error = failure(*authenticator);
  EXPECT_EQ(error.kind(), ErrorKind::authentication);
  EXPECT_EQ(error.where(), "google.token");
  EXPECT_EQ(error.http_status(), 400);
  EXPECT_EQ(error.provider_code(), "invalid_grant");
  EXPECT_EQ(error.provider_message(), "*** has been revoked");
  EXPECT_EQ(error.message(),
            "Google's token server refused to give credentials; sign in again: gcloud auth "
            "application-default login");

  const auto robot = from(service_account());
  world.server = [](const HttpRequest&) { return json_answer(400, R"({"error":"invalid_grant"})"); };
  EXPECT_EQ(failure(*robot).message(), "Google's token server refused to give credentials");
  world.server = [](const HttpRequest& request) {
    return json_answer(401,
                       R"({"error":"invalid_client","error_description":")" + form(request).at("assertion") + "\"}");
  };
  EXPECT_EQ(failure(*robot).provider_message(), "***");
  world.server = [](const HttpRequest&) { return json_answer(503, "<html>SECRET</html>"); };
  EXPECT_EQ(failure(*robot).kind(), ErrorKind::overloaded);
}

TEST_F(GoogleTest, ATokenServerThatGivesNone) {
  const auto authenticator = from(user_login());
  const auto started = world.scheduler.steady_now();
  world.server = [](const HttpRequest&) { return Script().connect(); };
  const Error silent = failure(*authenticator);
  EXPECT_EQ(silent.kind(), ErrorKind::timeout);
  EXPECT_EQ(silent.where(), "google.token");
  EXPECT_EQ(world.scheduler.steady_now() - started, 30s);
  world.server = [](const HttpRequest&) { return Script().fail(Error(ErrorKind::dns, "no such host")); };
  EXPECT_EQ(failure(*authenticator).kind(), ErrorKind::dns);
  for (const char* body : {"", "null", "[]", "{}", R"({"access_token":""})", R"({"access_token":17})",
                           R"({"id_token":"x"})", R"({"access_token":"SECRET\n"})", R"({"access_token":"SECRET")"}) {
    world.server = [body](const HttpRequest&) { return json_answer(200, body); };
    const Error error = failure(*authenticator);
    EXPECT_EQ(error.kind(), ErrorKind::protocol) << body;
    EXPECT_EQ(error.where(), "google.token");
  }
}

TEST_F(GoogleTest, LifetimesAsServersWriteThem) {
  const auto lasts = [&](const char* expires_in, std::chrono::seconds time) {
    round = 0;
    world.server = [this, expires_in](const HttpRequest&) {
      return json_answer(200, R"({"access_token":"token-)" + std::to_string(++round) + "\"" + expires_in + "}");
    };
    const auto authenticator = from(user_login());
    world.run(*authenticator);
    world.scheduler.run_for(time);
    return bearer(*authenticator) == "Bearer token-1";
  };
  EXPECT_TRUE(lasts(R"(,"expires_in":3600)", 50min));
  EXPECT_FALSE(lasts(R"(,"expires_in":3600)", 60min));
  EXPECT_FALSE(lasts(R"(,"expires_in":"3600")", 60min)) << "a number in a string";
  EXPECT_FALSE(lasts(R"(,"expires_in":3600.0)", 60min));
  EXPECT_TRUE(lasts("", 1000h)) << "until it is refused";
  EXPECT_TRUE(lasts(R"(,"expires_in":null)", 1000h));
  EXPECT_TRUE(lasts(R"(,"expires_in":9223372036854775807)", 24h * 300));
  EXPECT_FALSE(lasts(R"(,"expires_in":9223372036854775807)", 24h * 400)) << "a year is enough";
  EXPECT_FALSE(lasts(R"(,"expires_in":-5)", 31s));
}

TEST_F(GoogleTest, TheMetadataServer) {
  const auto authenticator = make(GoogleCredentials());
  EXPECT_EQ(bearer(*authenticator), "Bearer token-1");
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].method, "GET");
  EXPECT_EQ(world.sent[0].url,
            "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token");
  EXPECT_EQ(world.sent[0].headers.get("metadata-flavor"), "Google");
  EXPECT_EQ(world.sent[0].proxy, "");
  world.run(*make(GoogleCredentials(), {{"GCE_METADATA_HOST", "127.0.0.1:8899"}}));
  EXPECT_EQ(world.sent.back().url.substr(0, 27), "http://127.0.0.1:8899/compu");
  EXPECT_EQ(refusal(GoogleCredentials(), {{"GCE_METADATA_HOST", "a b"}}),
            "google.metadata: GCE_METADATA_HOST is not the name of a host");
}

TEST_F(GoogleTest, NothingAtAll) {
  const std::string path = folder.path(".config/gcloud/application_default_credentials.json");
  const std::string searched = "no Google credentials: GOOGLE_APPLICATION_CREDENTIALS is not set, there is no " + path;
  EXPECT_EQ(refusal(GoogleCredentials(), {{"NO_GCE_CHECK", "true"}}),
            "google.credentials: " + searched + ", and NO_GCE_CHECK is set");
  const auto authenticator = make(GoogleCredentials());
  world.server = [](const HttpRequest&) { return Script().fail(Error(ErrorKind::dns, "no such host")); };
  const Error error = failure(*authenticator);
  EXPECT_EQ(error.kind(), ErrorKind::authentication) << "trying again would not help";
  EXPECT_EQ(error.message(), searched + ", and the metadata server of the machine gave no credentials: no such host");
  world.server = [](const HttpRequest&) { return json_answer(404, "no account"); };
  EXPECT_EQ(failure(*authenticator).where(), "google.metadata");
  world.server = [](const HttpRequest&) { return Script().fail(Error(ErrorKind::connection, "lost")); };
  EXPECT_EQ(failure(*authenticator).kind(), ErrorKind::connection) << "it is there after all";
  EXPECT_EQ(make(GoogleCredentials(), {}, NoCredentials::left_out), nullptr);
}

TEST_F(GoogleTest, WhereFilesAreSearched) {
  const auto client = [&](const GoogleCredentials& credentials, Fields variables) {
    world.run(*make(credentials, std::move(variables)));
    return form(world.sent.back()).at("client_id");
  };
  const std::string named = folder.write("named.json", as_json(but(user_login(), "client_id", "named")));
  const std::string given = folder.write("given.json", as_json(but(user_login(), "client_id", "given")));
  const char* login = "application_default_credentials.json";
  folder.write(std::string(".config/gcloud/") + login, as_json(but(user_login(), "client_id", "home")));
  folder.write(std::string("sdk/") + login, as_json(but(user_login(), "client_id", "sdk")));
  const Fields all = {{"GOOGLE_APPLICATION_CREDENTIALS", named}, {"CLOUDSDK_CONFIG", folder.path("sdk")}};
  EXPECT_EQ(client(GoogleCredentials().file(given), all), "given");
  EXPECT_EQ(client(GoogleCredentials(), all), "named");
  EXPECT_EQ(client(GoogleCredentials(), {{"CLOUDSDK_CONFIG", folder.path("sdk")}}), "sdk");
  EXPECT_EQ(client(GoogleCredentials(), {}), "home");
  EXPECT_EQ(bearer(*make(GoogleCredentials().access_token("mine"), all)), "Bearer mine");
}

TEST_F(GoogleTest, FilesThatAreNotThereOrCannotBeRead) {
  const std::string nowhere = folder.path("nowhere.json");
  EXPECT_EQ(refusal(GoogleCredentials(), {{"GOOGLE_APPLICATION_CREDENTIALS", nowhere}}),
            "google.credentials: GOOGLE_APPLICATION_CREDENTIALS names " + nowhere + ", which is not there");
  EXPECT_EQ(refusal(GoogleCredentials().file(nowhere)),
            "google.credentials: GoogleCredentials::file names " + nowhere + ", which is not there");
  EXPECT_EQ(refusal(GoogleCredentials().file(folder.path())),
            "google.credentials: cannot read " + folder.path() + ": it is not an ordinary file");
  folder.write("sdk/application_default_credentials.json/x", "");
  EXPECT_EQ(refusal(GoogleCredentials(), {{"CLOUDSDK_CONFIG", folder.path("sdk")}}),
            "google.credentials: cannot read " + folder.path("sdk/application_default_credentials.json") +
                ": it is not an ordinary file");
}

TEST_F(GoogleTest, FilesThatHoldNoCredentials) {
  const std::string place = "google.credentials";
  const std::string json = ": GoogleCredentials::json: ";
  EXPECT_TRUE(refusal(GoogleCredentials().json("SECRET")).starts_with(place + json + "it is not JSON: "));
  EXPECT_EQ(refusal(GoogleCredentials().json("[]")), place + json + "it is not a JSON object");
  EXPECT_EQ(refusal(Fields{}), place + "/type" + json + "it is missing, or no text");
  EXPECT_EQ(refusal(Fields{{"type", "external_account"}}),
            place + "/type" + json +
                "credentials of type \"external_account\" are not supported; service_account and authorized_user are");
  // A text that is no type, a key in the wrong field perhaps, is not told.
  for (const std::string& wrong : {test::shared_rsa_key().pem(), std::string("SECRET 1"), std::string(41, 'a')}) {
    EXPECT_EQ(
        refusal(Fields{{"type", wrong}}),
        place + "/type" + json + "credentials of this type are not supported; service_account and authorized_user are");
  }
  for (const char* field : {"private_key", "client_email"}) {
    EXPECT_EQ(refusal(without(service_account(), field)), place + "/" + field + json + "it is missing, or no text");
  }
  for (const char* field : {"client_id", "client_secret", "refresh_token"}) {
    EXPECT_EQ(refusal(without(user_login(), field)), place + "/" + field + json + "it is missing, or no text");
  }
  EXPECT_EQ(refusal(but(user_login(), "token_uri", "nowhere")), place + "/token_uri" + json + "it is not a URL");
  EXPECT_EQ(refusal(but(user_login(), "token_uri", "http://example.com/token")),
            place + "/token_uri" + json + "it does not begin with https://");
  EXPECT_EQ(refusal(but(user_login(), "token_uri", "http://127.0.0.1:99/token")), "none");
}

TEST_F(GoogleTest, PrivateKeysThatAreNone) {
  const std::string place = "google.credentials/private_key: GoogleCredentials::json: ";
  const std::string no_key = place + "it is not an unencrypted private key in PEM form";
  EXPECT_EQ(refusal(but(service_account(), "private_key", "SECRET")), no_key);
  EXPECT_EQ(refusal(but(service_account(), "private_key",
                        "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n")),
            no_key);
  EXPECT_EQ(refusal(but(service_account(), "private_key", test::shared_rsa_key().pem("password"))), no_key)
      << "and nobody was asked for a password";
  EXPECT_EQ(refusal(but(service_account(), "private_key", test::KeyPair::elliptic().pem())),
            place + "it is not an RSA key");
}

TEST_F(GoogleTest, TheProjectNobodySaid) {
  const auto project = [&](const Authenticator* authenticator, Fields variables) {
    variables.emplace("HOME", folder.path());
    return codec::default_google_project(test::environment(std::move(variables)), authenticator);
  };
  const auto made_of = [&](const GoogleCredentials& credentials) {
    return codec::make_google_authenticator(credentials, test::environment({{"HOME", folder.path()}}),
                                            codec::NoCredentials::refused);
  };
  const auto robot = made_of(GoogleCredentials().json(as_json(service_account())));
  EXPECT_EQ(project(robot.get(), {}), "my-project");
  EXPECT_EQ(project(robot.get(), {{"GCLOUD_PROJECT", "old"}}), "old");
  EXPECT_EQ(project(robot.get(), {{"GCLOUD_PROJECT", "old"}, {"GOOGLE_CLOUD_PROJECT", "new"}}), "new");
  const auto token = made_of(GoogleCredentials().access_token(ApiKey("t")));
  EXPECT_EQ(project(token.get(), {}), "") << "a token tells no project";
  EXPECT_EQ(project(nullptr, {}), "");
  const std::string file = folder.write("robot.json", as_json(service_account()));
  EXPECT_EQ(project(nullptr, {{"GOOGLE_APPLICATION_CREDENTIALS", file}}), "my-project");
  EXPECT_EQ(project(token.get(), {{"GOOGLE_APPLICATION_CREDENTIALS", file}}), "") << "it is not what is used";
}

TEST_F(GoogleTest, VertexIsAskedInTheProjectOfTheServiceAccount) {
  for (const char* name : {"GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"}) unsetenv(name);
  const ModelConfig model = ModelConfig("gemini-3-flash-preview", providers::vertex)
                                .authenticator(GoogleCredentials().json(as_json(service_account())));
  EXPECT_EQ(encode(model, "hi", Options(), false).http.url,
            "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers/google/models/"
            "gemini-3-flash-preview:generateContent");
}

}  // namespace
}  // namespace antiphon
