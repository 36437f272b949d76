// Files given by URL, for providers that take bytes alone (providers.md §5.2 and §6.13, trap 105): when they are
// fetched, how often, from where, and what becomes of a call when they are not to be had.

#include "pipeline/fetch_media.hpp"

#include <gtest/gtest.h>

#include <stop_token>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

using namespace std::string_literals;

// The shortest beginnings that tell what a file is.
const std::string png = "\x89PNG\r\n\x1a\n";
constexpr const char* png_in_base64 = "iVBORw0KGgo=";
const std::string pdf = "%PDF-1.7 x";
constexpr const char* pdf_in_base64 = "JVBERi0xLjcgeA==";

constexpr const char* cat = "http://pictures.example/cats/cat.png?token=s3cret";
constexpr const char* place = "messages/0/content/0/url";

Messages asking_about(const std::string& url) {
  return Messages().add(Message(Role::user).add(Part::image_url(url)).add(Part::text("What is this?")));
}

Script file(std::string bytes, std::string type = "image/png", std::chrono::nanoseconds after = 0ns) {
  return Script().connect().head(200, {{"content-type", std::move(type)}}, after).bytes(std::move(bytes)).end();
}
Script sending_on(std::string location, int status = 302) {
  return Script().connect().head(status, {{"location", std::move(location)}}).end();
}
Script ollama_says(std::string_view text) { return json_answer(200, ollama_answer(text)); }

class FetchMediaTest : public testing::Test {
 protected:
  FetchMediaTest() { engine.serve("o", {ollama_says("a cat")}); }

  std::shared_ptr<Running> ask(const std::string& url = cat, Options options = Options().fetch_urls()) {
    return engine.run_chat(engine.provider(engine.ollama("o")), std::move(options), asking_about(url));
  }
  /// Of a call that never came to ask its model.
  Error failure(const std::string& url = cat, Options options = Options().fetch_urls()) {
    const auto call = ask(url, std::move(options));
    EXPECT_EQ(call->ends, 1);
    EXPECT_EQ(engine.sent_to("o"), 0U);
    EXPECT_TRUE(engine.scheduler.idle()) << "a timer was left behind";
    if (*call->result) return Error(ErrorKind::internal, "there was no failure");
    EXPECT_TRUE(call->attempts().empty());
    EXPECT_EQ(call->error().message().find("s3cret"), std::string::npos) << "the query may hold a secret";
    return call->error();
  }
  Error failure_of(const Script& script, FetchPolicy policy = FetchPolicy()) {
    engine.serve("pictures.example", {script});
    Error error = failure(cat, Options().fetch_urls(policy));
    EXPECT_EQ(error.where(), place);
    EXPECT_NE(error.message().find("pictures.example"), std::string::npos) << error.message();
    EXPECT_EQ(engine.sent_to("pictures.example"), 1U) << "a file is asked for once";
    return error;
  }
  std::string body_to(const std::string& host) const {
    std::string body;
    for (const SentRequest& sent : engine.sent) {
      if (sent.host == host) body = sent.request.body;
    }
    return body;
  }

  VirtualEngine engine;
};

TEST_F(FetchMediaTest, WithoutTheOptionNothingIsFetchedAndTheWarningNamesIt) {
  engine.serve("pictures.example", {file(png)});
  const auto call = ask(cat, Options());
  ASSERT_TRUE(*call->result) << call->error().what();
  ASSERT_EQ(call->warnings().size(), 1U);
  EXPECT_EQ(call->warnings()[0].where(), "messages/0/content/0");
  EXPECT_NE(call->warnings()[0].message().find("fetch_urls"), std::string::npos);
  EXPECT_EQ(engine.sent_to("pictures.example"), 0U);
}

TEST_F(FetchMediaTest, WithoutTheOptionAStrictCallFails) {
  engine.serve("pictures.example", {file(png)});
  const auto call = ask(cat, Options().strict());
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(call->error().where(), "messages/0/content/0");
  EXPECT_NE(call->error().message().find("fetch_urls"), std::string::npos);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(FetchMediaTest, TheBytesTakeThePlaceOfTheUrl) {
  engine.serve("pictures.example", {file(png)});
  const auto call = ask();
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(call->response().content(), "a cat");
  EXPECT_TRUE(call->warnings().empty());
  EXPECT_NE(body_to("o").find(R"("images":["iVBORw0KGgo="])"), std::string::npos) << body_to("o");
  EXPECT_EQ(call->attempts().size(), 1U) << "fetching is no attempt of the provider";
}

// providers.md §1.3: recordings are taken as base64 alone, by the short names of their formats.
TEST_F(FetchMediaTest, ARecordingToo) {
  engine.serve("tones.example", {file("ID3\x04", "audio/mpeg")});
  engine.serve("c", {good("a bell")});
  const Messages messages =
      Messages().add(Message(Role::user).add(Part::audio_url("http://tones.example/bell")).add(Part::text("What?")));
  const auto call = engine.run_chat(engine.provider(engine.config("c")), Options().fetch_urls(), messages);
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_NE(body_to("c").find(R"("input_audio":{"data":"SUQzBA==","format":"mp3"})"), std::string::npos)
      << body_to("c");
  engine.serve("tones.example", {file("<html>", "text/html")});
  EXPECT_EQ(engine.run_chat(engine.provider(engine.config("c")), Options().fetch_urls(), messages)->error().where(),
            place);
}

TEST_F(FetchMediaTest, AStreamFetchesToo) {
  engine.serve("pictures.example", {file(png)});
  engine.serve("o", {Script()
                         .connect()
                         .head(200, {{"content-type", "application/x-ndjson"}})
                         .bytes(ollama_stream({"a ", "cat"}))
                         .end()});
  const auto call = engine.run_stream(engine.provider(engine.ollama("o")), Options().fetch_urls(), asking_about(cat));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->text(), "a cat");
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
}

TEST_F(FetchMediaTest, NobodyIsShownWhoAsks) {
  engine.serve("pictures.example", {file(png)});
  ModelConfig config = engine.ollama("o").api_key("sk-secret").header("X-Team", "seven").query("trace", "on");
  config.proxy("http://proxy:1").tls(TlsOptions().client_certificate("cert.pem").verify(false));
  engine.run_chat(engine.provider(config), Options().fetch_urls().header("X-Call", "eight"), asking_about(cat));
  ASSERT_FALSE(engine.sent.empty());
  const HttpRequest& request = engine.sent.front().request;
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, cat);
  EXPECT_TRUE(request.body.empty());
  EXPECT_EQ(request.headers.size(), 2U);
  EXPECT_EQ(request.headers.get("accept"), "image/*");
  EXPECT_TRUE(request.headers.get("user-agent").starts_with("antiphon/"));
  EXPECT_EQ(request.proxy, "http://proxy:1") << "the way out is the same";
  EXPECT_TRUE(request.tls == TlsOptions()) << "a client certificate is a credential";
  EXPECT_TRUE(request.public_only);
}

TEST_F(FetchMediaTest, OncePerCallHoweverOftenItIsTried) {
  engine.serve("pictures.example", {file(png)});
  engine.serve("o", {refusing(500), refusing(503), ollama_says("at last")});
  const auto call = ask();
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->attempts().size(), 3U);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
  ask();
  EXPECT_EQ(engine.sent_to("pictures.example"), 2U) << "another call fetches again";
}

TEST_F(FetchMediaTest, OnceForAllWhereItStands) {
  engine.serve("pictures.example", {file(png)});
  Message message(Role::user, "One, two, three");
  message.add(Part::image_url(cat)).add(Part::image_url(cat));
  const auto call =
      engine.run_chat(engine.provider(engine.ollama("o")), Options().fetch_urls().images(cat), Messages().add(message));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
  const std::string three = R"("images":["iVBORw0KGgo=","iVBORw0KGgo=","iVBORw0KGgo="])";
  EXPECT_NE(body_to("o").find(three), std::string::npos) << body_to("o");
}

TEST_F(FetchMediaTest, OnceForAllRoundsOfTools) {
  engine.serve("pictures.example", {file(png)});
  const std::string asks = R"({"model":"m-2","created_at":"2026-08-21T09:00:01Z","message":{"role":"assistant",)"
                           R"("content":"","tool_calls":[{"function":{"name":"look","arguments":{}}}]},)"
                           R"("done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2})";
  engine.serve("o", {json_answer(200, asks), ollama_says("a cat")});
  const Tool look = tool("look", "Looks", Json(R"({"type":"object"})"), [](const Json&) { return "closer"s; });
  const auto call = ask(cat, Options().fetch_urls().tools(look));
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(engine.sent_to("o"), 2U);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
  EXPECT_NE(body_to("o").find(png_in_base64), std::string::npos) << "the second round too";
}

TEST_F(FetchMediaTest, WhoTakesUrlsGetsThem) {
  engine.serve("a", {good("a cat")});
  const auto call = engine.run_chat(engine.provider("a"), Options().fetch_urls(), asking_about(cat));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(engine.sent.size(), 1U);
  EXPECT_NE(body_to("a").find(R"("url":"http://pictures.example/cats/cat.png?token=s3cret")"), std::string::npos);
}

TEST_F(FetchMediaTest, ADocumentBecomesADataUri) {
  engine.serve("a", {good("a paper")});
  engine.serve("papers.example", {file(pdf, "application/pdf")});
  Message message(Role::user, "What is this?");
  message.add(Part::document_url("https://papers.example/p", "paper.pdf"));
  const auto call = engine.run_chat(engine.provider("a"), Options().fetch_urls(), Messages().add(message));
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(engine.sent.front().request.headers.get("accept"), "*/*");
  const std::string sent = "\"filename\":\"paper.pdf\",\"file_data\":\"data:application/pdf;base64,"s + pdf_in_base64;
  EXPECT_NE(body_to("a").find(sent), std::string::npos) << body_to("a");
}

TEST_F(FetchMediaTest, AChainFetchesOnlyForTheLinkThatNeedsIt) {
  engine.serve("a", {good("by URL"), refusing(400), refusing(500)});
  engine.serve("pictures.example", {file(png)});
  const ModelConfig first = engine.config("a").retry_config(RetryConfig().max_attempts(1));
  const FallbackProvider both(engine.provider(first), engine.provider(engine.ollama("o")));
  auto call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  EXPECT_EQ(call->response().content(), "by URL");
  call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  EXPECT_FALSE(*call->result) << "a wrong request is wrong everywhere";
  EXPECT_EQ(engine.sent_to("pictures.example"), 0U);
  call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "a cat");
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
}

TEST_F(FetchMediaTest, LinksOfAChainShareWhatWasFetched) {
  engine.serve("pictures.example", {file(png)});
  engine.serve("p", {ollama_says("the second saw it")});
  engine.serve("o", {refusing(500)});
  const ModelConfig first = engine.ollama("o").retry_config(RetryConfig().max_attempts(1));
  const FallbackProvider both(engine.provider(first), engine.provider(engine.ollama("p")));
  const auto call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  EXPECT_EQ(call->response().content(), "the second saw it");
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
}

TEST_F(FetchMediaTest, WhatOneLinkMayFetchAnotherMayNot) {
  engine.serve("pictures.example", {file(png)});
  engine.serve("o", {refusing(500)});
  const ModelConfig first = engine.ollama("o").retry_config(RetryConfig().max_attempts(1));
  const FallbackProvider both(
      engine.provider(ModelConfig(first).options(Options().fetch_urls())),
      engine.provider(engine.ollama("p").options(Options().fetch_urls(FetchPolicy().max_bytes(png.size() - 1)))));
  const auto call = engine.run_chat(both, Options(), asking_about(cat));
  ASSERT_FALSE(*call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(engine.sent_to("p"), 0U);
  EXPECT_EQ(engine.sent_to("pictures.example"), 2U);
}

TEST_F(FetchMediaTest, AFileThatIsNotThereLeadsToALinkThatNeedsNone) {
  engine.serve("pictures.example", {refusing(404)});
  engine.serve("a", {good("by URL")});
  const FallbackProvider both(engine.provider(engine.ollama("o")), engine.provider("a"));
  const auto call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "by URL");
  EXPECT_EQ(engine.sent_to("o"), 0U);
}

TEST_F(FetchMediaTest, OfTwoSideBySideOneFetchesForBoth) {
  engine.serve("pictures.example", {file(png, "image/png", 5s)});
  engine.serve("o", {silence()});
  engine.serve("p", {ollama_says("the second was faster")});
  FallbackConfig config;
  config.link(engine.provider(engine.ollama("o"))).link(engine.provider(engine.ollama("p")));
  const FallbackProvider both(config.hedge(HedgeConfig().delay(1s)));
  const auto call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(call->response().content(), "the second was faster");
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
  EXPECT_EQ(engine.sent_to("o"), 1U);
  EXPECT_EQ(call->took, 5s);
}

TEST_F(FetchMediaTest, TheModelMayAllowItAndTheCallForbid) {
  engine.serve("pictures.example", {file(png)});
  const Provider provider = engine.provider(engine.ollama("o").options(Options().fetch_urls()));
  EXPECT_TRUE(*engine.run_chat(provider, Options(), asking_about(cat))->result);
  const auto call = engine.run_chat(provider, Options().fetch_urls(FetchPolicy::off()), asking_about(cat));
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(call->warnings().size(), 1U);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
}

TEST_F(FetchMediaTest, AttachmentsAndTheirPlace) {
  engine.serve("pictures.example", {refusing(410)});
  const auto call = engine.run_chat(engine.provider(engine.ollama("o")), Options().fetch_urls().images(cat));
  EXPECT_EQ(call->error().where(), "attachments/0/url");
  EXPECT_EQ(call->error().kind(), ErrorKind::not_found);
}

TEST_F(FetchMediaTest, StatusesSayWhatWentWrong) {
  const std::vector<std::pair<int, ErrorKind>> cases = {
      {404, ErrorKind::not_found},      {403, ErrorKind::permission},   {401, ErrorKind::permission},
      {429, ErrorKind::rate_limited},   {503, ErrorKind::server_error}, {400, ErrorKind::invalid_request},
      {204, ErrorKind::invalid_request}};
  for (const auto& [status, kind] : cases) {
    engine.sent.clear();
    const Error error = failure_of(refusing(status));
    EXPECT_EQ(error.kind(), kind) << status;
    EXPECT_NE(error.message().find("status " + std::to_string(status)), std::string::npos);
    EXPECT_EQ(error.http_status(), 0) << "that is the provider's";
    EXPECT_EQ(error.provider(), "ollama/m-2");
  }
}

TEST_F(FetchMediaTest, AFileThatIsTooLarge) {
  const std::string large = png + std::string(93, 'x');
  const Error error = failure_of(file(large), FetchPolicy().max_bytes(100));
  EXPECT_EQ(error.kind(), ErrorKind::response_too_large);
  EXPECT_NE(error.message().find("100 bytes"), std::string::npos) << error.message();
  engine.serve("pictures.example", {file(large.substr(0, 100))});
  EXPECT_TRUE(*ask(cat, Options().fetch_urls(FetchPolicy().max_bytes(100)))->result);
}

TEST_F(FetchMediaTest, AllFilesOfACallTogether) {
  engine.serve("pictures.example", {file(png + std::string(52, 'x'))});
  Message message(Role::user, "Compare");
  message.add(Part::image_url("http://pictures.example/1")).add(Part::image_url("http://pictures.example/2"));
  const auto fetching = [&](std::size_t all) {
    return engine.run_chat(engine.provider(engine.ollama("o")),
                           Options().fetch_urls(FetchPolicy().max_total_bytes(all)), Messages().add(message));
  };
  EXPECT_TRUE(*fetching(120)->result);
  for (const std::size_t all : {119, 60}) {
    const auto call = fetching(all);
    ASSERT_FALSE(*call->result);
    EXPECT_EQ(call->error().kind(), ErrorKind::response_too_large);
    EXPECT_EQ(call->error().where(), "messages/0/content/2/url");
    EXPECT_NE(call->error().message().find("together"), std::string::npos);
  }
}

TEST_F(FetchMediaTest, WhatIsNoImageIsNotSent) {
  const std::vector<Script> liars = {file("<html>Log in</html>", "text/html"),
                                     file("<html>Log in</html>", "image/png"),
                                     file("%PDF-1.7", "image/jpeg"),
                                     file("plain words", "application/octet-stream"),
                                     file("plain words", ""),
                                     file("", "image/png")};
  for (const Script& liar : liars) {
    engine.sent.clear();
    EXPECT_EQ(failure_of(liar).kind(), ErrorKind::invalid_request);
  }
}

TEST_F(FetchMediaTest, TheBytesTellTheTypeWhateverTheServerSays) {
  for (const char* told : {"text/plain", "application/octet-stream", "image/jpeg", ""}) {
    engine.serve("pictures.example", {file(png, told)});
    EXPECT_TRUE(*ask()->result) << told;
  }
}

TEST_F(FetchMediaTest, RedirectsAreFollowed) {
  engine.serve("pictures.example", {sending_on("../b.png#top", 301), sending_on("//other.example/c", 307)});
  engine.serve("other.example", {sending_on("?size=2", 303), file(png)});
  const auto call = ask();
  ASSERT_TRUE(*call->result) << call->error().what();
  ASSERT_EQ(engine.sent.size(), 5U);
  EXPECT_EQ(engine.sent[1].request.url, "http://pictures.example/cats/../b.png");
  EXPECT_EQ(engine.sent[2].request.url, "http://other.example/c");
  EXPECT_EQ(engine.sent[3].request.url, "http://other.example/c?size=2");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(engine.sent[i].request.public_only);
}

TEST_F(FetchMediaTest, ARelativeAddressBesideAHostAlone) {
  engine.serve("pictures.example", {sending_on("http://other.example")});
  engine.serve("other.example", {sending_on("c.png"), file(png)});
  const auto call = ask();
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_EQ(engine.sent[2].request.url, "http://other.example/c.png");
}

TEST_F(FetchMediaTest, ACircleEnds) {
  engine.serve("pictures.example", {sending_on("/again")});
  const Error error = failure();
  EXPECT_EQ(error.kind(), ErrorKind::redirected);
  EXPECT_EQ(error.where(), place);
  EXPECT_EQ(engine.sent_to("pictures.example"), 6U) << "the first and five redirects";
  engine.sent.clear();
  EXPECT_EQ(failure(cat, Options().fetch_urls(FetchPolicy().max_redirects(0))).kind(), ErrorKind::redirected);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
}

TEST_F(FetchMediaTest, RedirectsLeadNowhereElse) {
  for (const char* location : {"file:///etc/passwd", "ftp://pictures.example/a.png", "data:image/png;base64,iVBORw0K",
                               "gopher://x", "http://", "", "http://user:password@pictures.example/"}) {
    engine.sent.clear();
    EXPECT_EQ(failure_of(sending_on(location)).kind(), ErrorKind::redirected) << location;
  }
  engine.serve("safe.example", {sending_on("http://pictures.example/a.png")});
  EXPECT_EQ(failure("https://safe.example/").kind(), ErrorKind::redirected) << "from https to http";
}

TEST_F(FetchMediaTest, AddressesThatAreNotPublicAreNotAsked) {
  for (const char* host : {"127.0.0.1", "localhost", "a.localhost.", "10.1.2.3:80", "192.168.0.1", "172.31.0.1",
                           "169.254.169.254", "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
                           "127.1", "2130706433", "0x7f.1", "100.64.0.1"}) {
    const Error error = failure("http://"s + host + "/latest/meta-data");
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << host;
    EXPECT_EQ(error.where(), place);
    EXPECT_NE(error.message().find("private_addresses"), std::string::npos);
    EXPECT_TRUE(engine.sent.empty()) << host;
    engine.serve("pictures.example", {sending_on("http://"s + host + "/latest/meta-data")});
    EXPECT_EQ(failure().kind(), ErrorKind::invalid_request) << "behind a redirect: " << host;
    EXPECT_EQ(engine.sent.size(), 1U) << host;
    engine.sent.clear();
  }
}

TEST_F(FetchMediaTest, UnlessThatIsAllowed) {
  engine.serve("10.1.2.3", {file(png)});
  const auto call = ask("http://10.1.2.3/a.png", Options().fetch_urls(FetchPolicy().private_addresses()));
  ASSERT_TRUE(*call->result) << call->error().what();
  EXPECT_FALSE(engine.sent.front().request.public_only);
}

TEST_F(FetchMediaTest, AUrlWithAPasswordIsRefused) {
  const Error error = failure("http://me:s3cret@pictures.example/a.png");
  EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(FetchMediaTest, ASlowServer) {
  const Script trickling = Script().connect().head(200, {{"content-type", "image/png"}}).bytes(png, 20s).end(20s);
  const Error error = failure_of(trickling);
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_NE(error.message().find("30 s"), std::string::npos) << error.message();
  EXPECT_EQ(engine.now(), 30s);
  engine.sent.clear();
  EXPECT_EQ(failure_of(Script(), FetchPolicy().timeout(2s)).kind(), ErrorKind::timeout) << "no connection at all";
  EXPECT_EQ(engine.now(), 32s);
}

TEST_F(FetchMediaTest, RedirectsShareTheTime) {
  engine.serve("pictures.example", {Script().connect().head(302, {{"location", "/again"}}, 4s).end()});
  const Error error = failure(cat, Options().fetch_urls(FetchPolicy().timeout(10s)));
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_EQ(engine.now(), 10s);
}

TEST_F(FetchMediaTest, ARedirectAtTheLastInstantIsNotFollowed) {
  engine.serve("pictures.example", {Script().head(302, {{"location", "/again"}}, 4s).end()});
  const Error error = failure(cat, Options().fetch_urls(FetchPolicy().timeout(4s)));
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_EQ(engine.now(), 4s);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
}

TEST_F(FetchMediaTest, TheNetworkFails) {
  EXPECT_EQ(failure_of(failing(ErrorKind::dns)).kind(), ErrorKind::dns);
  engine.sent.clear();
  EXPECT_EQ(failure_of(failing(ErrorKind::tls)).kind(), ErrorKind::tls);
  engine.sent.clear();
  const Script cut = Script().connect().head(200).bytes(png).fail(Error(ErrorKind::truncated, "cut"));
  EXPECT_EQ(failure_of(cut).kind(), ErrorKind::truncated);
}

TEST_F(FetchMediaTest, CancellingReachesThrough) {
  engine.serve("pictures.example", {silence()});
  std::stop_source stop;
  const auto call = engine.chat(engine.provider(engine.ollama("o")), Options().fetch_urls().cancel_on(stop.get_token()),
                                asking_about(cat));
  engine.scheduler.run_for(3s);
  EXPECT_EQ(engine.sent_to("pictures.example"), 1U);
  EXPECT_FALSE(call->result);
  stop.request_stop();
  engine.scheduler.run();
  ASSERT_TRUE(call->result);
  EXPECT_EQ(call->error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(call->took, 3s);
  EXPECT_TRUE(engine.scheduler.idle());
}

TEST_F(FetchMediaTest, TheDeadlineReachesThrough) {
  engine.serve("pictures.example", {silence()});
  const Error error = failure(cat, Options().fetch_urls().deadline(7s));
  EXPECT_EQ(error.kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(error.where(), "deadline");
  EXPECT_EQ(engine.now(), 7s);
}

TEST_F(FetchMediaTest, AFileThatIsNotNeededAnyMoreIsNotWaitedFor) {
  // The second link takes the URL itself, and answers while the file of the first is on its way.
  engine.serve("pictures.example", {file(png, "image/png", 5s)});
  engine.serve("a", {good("by URL", 3s)});
  FallbackConfig config;
  config.link(engine.provider(engine.ollama("o"))).link(engine.provider("a"));
  const FallbackProvider both(config.hedge(HedgeConfig().delay(1s)));
  const auto call = engine.run_chat(both, Options().fetch_urls(), asking_about(cat));
  ASSERT_TRUE(*call->result);
  EXPECT_EQ(call->response().content(), "by URL");
  EXPECT_EQ(call->took, 4s) << "nobody waits for a file that is not needed any more";
  EXPECT_EQ(engine.sent_to("o"), 0U);
  EXPECT_TRUE(engine.scheduler.idle());
}

TEST_F(FetchMediaTest, BoundsThatAreNone) {
  const auto refused = [&](FetchPolicy policy) {
    const Error error = failure(cat, Options().fetch_urls(policy));
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
    return error.where();
  };
  EXPECT_EQ(refused(FetchPolicy().max_bytes(0)), "fetch_urls.max_bytes");
  EXPECT_EQ(refused(FetchPolicy().max_total_bytes(0)), "fetch_urls.max_total_bytes");
  EXPECT_EQ(refused(FetchPolicy().timeout(0s)), "fetch_urls.timeout");
  EXPECT_EQ(refused(FetchPolicy().max_redirects(-1)), "fetch_urls.max_redirects");
  EXPECT_TRUE(engine.sent.empty());
}

}  // namespace
}  // namespace antiphon::test
