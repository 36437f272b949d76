// Asking which models there are: an exchange like others.

#include "pipeline/list_models.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/virtual_engine.hpp"

namespace antiphon::test {
namespace {

using Models = Result<std::vector<ModelInfo>>;

constexpr const char* list =
    R"({"object":"list","data":[{"id":"m-1","object":"model"},{"id":"m-2","object":"model"}]})";

class ListModelsTest : public testing::Test {
 protected:
  std::shared_ptr<std::optional<Models>> start(const Provider& provider, Options options = Options()) {
    auto result = std::make_shared<std::optional<Models>>();
    provider.async_list_models(std::move(options)).then([result](Models models) { *result = std::move(models); });
    return result;
  }
  Models run(const Provider& provider, Options options = Options()) {
    const auto result = start(provider, std::move(options));
    engine.scheduler.run();
    return **result;
  }

  ModelConfig claude() const { return ModelConfig("c-1", providers::anthropic).base_url("http://a").api_key("k"); }

  VirtualEngine engine;
};

TEST_F(ListModelsTest, Lists) {
  engine.serve("a", {json_answer(200, list)});
  const Models models = run(engine.provider("a"));
  ASSERT_TRUE(models);
  ASSERT_EQ(models->size(), 2U);
  EXPECT_EQ((*models)[1].id(), "m-2");
  EXPECT_EQ(engine.sent[0].request.url, "http://a/v1/models");
  EXPECT_EQ(engine.sent[0].request.headers.get("authorization"), "Bearer k");
}

TEST_F(ListModelsTest, IsTriedAgain) {
  engine.serve("a", {refusing(503, {{"retry-after", "2"}}), json_answer(200, list)});
  EXPECT_TRUE(run(engine.provider("a")));
  EXPECT_EQ(engine.sent[1].at, 2s);
}

TEST_F(ListModelsTest, AttemptsAreOnTheError) {
  engine.serve("a", {refusing(503), json_answer(200, "nonsense"), refusing(401)});
  const Models models = run(engine.provider("a"));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind(), ErrorKind::authentication);
  EXPECT_EQ(models.error().provider(), "openai/m-1");
  ASSERT_EQ(models.error().attempts().size(), 3U);
  EXPECT_EQ(models.error().attempts()[0].status(), 503);
  EXPECT_EQ(models.error().attempts()[1].error(), ErrorKind::protocol);
}

TEST_F(ListModelsTest, WarningsAreOnTheError) {
  engine.serve("a", {refusing(500)});
  const Provider provider = engine.provider(engine.config("a").retry_config(RetryConfig().max_attempts(100)));
  const Models models = run(provider);
  ASSERT_FALSE(models);
  ASSERT_FALSE(models.error().warnings().empty());
  EXPECT_EQ(models.error().warnings()[0].where(), "retry_config.budget");
}

TEST_F(ListModelsTest, WaitsItsTurn) {
  engine.serve("a", {json_answer(200, list, {}, 2s)});
  const Provider provider = engine.provider(engine.config("a").limits(Limits().max_concurrent(1)));
  const auto first = start(provider);
  const auto second = start(provider);
  engine.scheduler.run_for(1s);
  EXPECT_EQ(engine.sent.size(), 1U);
  engine.scheduler.run();
  EXPECT_TRUE(**first);
  EXPECT_TRUE(**second);
}

TEST_F(ListModelsTest, HasADeadline) {
  engine.serve("a", {silence()});
  const Models models = run(engine.provider("a"), Options().deadline(3s));
  EXPECT_EQ(models.error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(engine.now(), 3s);
  EXPECT_FALSE(run(engine.provider("a"), Options().deadline(-1s)));
  EXPECT_EQ(engine.sent.size(), 1U);
}

TEST_F(ListModelsTest, IsBounded) {
  engine.serve("a", {json_answer(200, list)});
  const Models models = run(engine.provider(engine.config("a").max_response_bytes(20)));
  EXPECT_EQ(models.error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(models.error().where(), "max_response_bytes");
}

/// A page of Anthropic's list (providers.md §3.10) with one model, and whether another follows.
std::string page(const std::string& model, bool more) {
  return R"({"data":[{"type":"model","id":")" + model + R"("}],"has_more":)" + (more ? "true" : "false") +
         R"(,"first_id":")" + model + R"(","last_id":")" + model + R"("})";
}

TEST_F(ListModelsTest, AsksForPageAfterPage) {
  engine.serve("a", {json_answer(200, page("c-1", true)), refusing(503, {{"retry-after", "2"}}),
                     json_answer(200, page("c-2", true)), json_answer(200, page("c-3", false))});
  const Models models = run(engine.provider(claude()));
  ASSERT_TRUE(models) << models.error().what();
  ASSERT_EQ(models->size(), 3U);
  EXPECT_EQ((*models)[0].id(), "c-1");
  EXPECT_EQ((*models)[2].id(), "c-3");
  ASSERT_EQ(engine.sent.size(), 4U);
  EXPECT_EQ(engine.sent[0].request.url, "http://a/v1/models?limit=1000");
  EXPECT_EQ(engine.sent[1].request.url, "http://a/v1/models?limit=1000&after_id=c-1");
  EXPECT_EQ(engine.sent[2].request.url, engine.sent[1].request.url);
  EXPECT_EQ(engine.sent[3].request.url, "http://a/v1/models?limit=1000&after_id=c-2");
}

TEST_F(ListModelsTest, APageThatFailsFailsTheList) {
  engine.serve("a", {json_answer(200, page("c-1", true)), refusing(401)});
  const Models models = run(engine.provider(claude()));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind(), ErrorKind::authentication);
  EXPECT_EQ(models.error().attempts().size(), 2U);
}

TEST_F(ListModelsTest, AListThatDoesNotGoOnIsAnError) {
  engine.serve("a", {json_answer(200, page("c-1", true)), json_answer(200, page("c-1", true))});
  const Models models = run(engine.provider(claude()));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind(), ErrorKind::protocol);
  EXPECT_EQ(models.error().where(), "models");
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(ListModelsTest, PagesAreBounded) {
  std::vector<Script> endless;
  for (int i = 0; i < 101; ++i) endless.push_back(json_answer(200, page("c-" + std::to_string(i), true)));
  engine.serve("a", std::move(endless));
  const Models models = run(engine.provider(claude()));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(models.error().where(), "models");
  EXPECT_NE(models.error().message().find("more than 100 pages"), std::string::npos) << models.error().message();
  EXPECT_EQ(engine.sent.size(), 100U);
}

TEST_F(ListModelsTest, PagesAreBoundedTogether) {
  engine.serve("a", {json_answer(200, page("c-1", true)), json_answer(200, page("c-2", true)),
                     json_answer(200, page("c-3", false))});
  ModelConfig config = claude();
  const Models models = run(engine.provider(config.max_response_bytes(2 * page("c-1", true).size())));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind(), ErrorKind::response_too_large);
  EXPECT_EQ(models.error().where(), "max_response_bytes");
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(ListModelsTest, CancellingEndsItBetweenPages) {
  engine.serve("a", {json_answer(200, page("c-1", true), {}, 1s), json_answer(200, page("c-2", true), {}, 1s),
                     json_answer(200, page("c-3", false), {}, 1s)});
  const Models models = run(engine.provider(claude()), Options().deadline(1500ms));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(engine.sent.size(), 2U);
}

TEST_F(ListModelsTest, WrongTimeoutsAreNamed) {
  const Models models = run(engine.provider("a"), Options().timeouts(Timeouts().idle(0s)));
  EXPECT_EQ(models.error().where(), "timeouts.idle");
  EXPECT_TRUE(engine.sent.empty());
}

TEST_F(ListModelsTest, OfSeveralTheFirstIsAsked) {
  engine.serve("a", {json_answer(200, list)});
  EXPECT_TRUE(run(FallbackProvider(engine.provider("a"), engine.provider("b"))));
  EXPECT_EQ(engine.sent_to("b"), 0U);
}

}  // namespace
}  // namespace antiphon::test
