// What every protocol of llama.cpp's server refuses, and the form that answers can be given there.
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include "real/colour.hpp"
#include "real/real_model.hpp"

namespace antiphon_tests {
namespace {

using namespace antiphon;

/// A protocol, and fields that its server cannot read.
struct Wrong {
  std::string_view provider;
  const char* fields;
};

class RealProtocols : public testing::TestWithParam<Wrong> {};

TEST_P(RealProtocols, tell_a_body_that_is_wrong) {
  const Provider model = real_model_by(GetParam().provider);
  const Options wrong = Options().max_tokens(4).extra(GetParam().fields);
  for (const bool streamed : {false, true}) {
    const Result<Response> result = streamed ? model.stream("Hi", wrong).try_collect() : model.try_chat("Hi", wrong);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::invalid_request) << result.error().what();
    EXPECT_EQ(result.error().http_status(), 400);
    EXPECT_FALSE(result.error().provider_message().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(engine, RealProtocols,
                         testing::Values(Wrong{providers::openai, R"({"messages": 7})"},
                                         Wrong{providers::openai_responses, R"({"input": 7})"},
                                         Wrong{providers::anthropic, R"({"max_tokens": "x"})"}));

void expect_painted(const Provider& model, Options options) {
  options.temperature(0).max_tokens(32);
  for (const bool streamed : {false, true}) {
    const Response response =
        streamed ? model.stream("Describe a thing.", options).collect() : model.chat("Describe a thing.", options);
    const Result<Painted> painted = try_read_json<Painted>(Json(response.content()));
    EXPECT_TRUE(painted) << painted.error().what() << " in " << response.content();
    EXPECT_EQ(response.finish_reason(), FinishReason::stop);
  }
}

TEST(RealSchemas, give_chat_completions_their_form) {
  expect_painted(real_model(), Options().response_format(JsonSchema(schema_of<Painted>(true), "painted")));
}

// The engine's /v1/responses does not look at `text.format`, but at the field of the other API. Its /v1/messages looks
// at neither: there a tool that has to be called gives the form (tool_loop_test.cpp).
TEST(RealSchemas, give_responses_their_form_by_a_field_of_the_engine) {
  const std::string format = R"({"type": "json_schema", "json_schema": {"name": "painted", "schema": )" +
                             std::string(schema_of<Painted>(true).text()) + "}}";
  expect_painted(real_model(providers::openai_responses), Options().extra("/response_format", Json(format)));
}

}  // namespace
}  // namespace antiphon_tests
