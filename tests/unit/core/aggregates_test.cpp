// g++ 12 corrupts memory when an aggregate of users' is made inside `co_await`, so no public type is one.

#include <gtest/gtest.h>

#include <type_traits>

#include <antiphon/antiphon.hpp>
#include <antiphon/catalogue.hpp>
#include <antiphon/config.hpp>
#include <antiphon/simulator.hpp>

namespace antiphon {
namespace {

template <class... Types>
constexpr int aggregates = (0 + ... + (std::is_aggregate_v<Types> ? 1 : 0));

struct Aggregate {
  int member;
};

TEST(PublicTypes, AreNoAggregates) {
  EXPECT_EQ((aggregates<Aggregate, int>), 1) << "it would be seen";
  EXPECT_EQ((aggregates<Message, Messages, Part, ToolCall, ToolResult, Citation, Chunk, Response, Usage, Count, Warning,
                        Attempt, Error, Result<Response>, Json, Money>),
            0);
  EXPECT_EQ((aggregates<ModelConfig, Options, ProviderOptions, EmbeddingOptions, EngineOptions, RetryConfig,
                        FallbackConfig, HedgeConfig, CircuitBreakerConfig, Limits, Timeouts, TlsOptions, FetchPolicy,
                        ConversationConfig, ToolLoop, Tool, ToolChoice, JsonSchema, Callbacks, ApiKey, ProviderId>),
            0);
  EXPECT_EQ((aggregates<Provider, FallbackProvider, Conversation, Stream, Engine, Embeddings, Texts, Model, Request,
                        LogRecord, ProviderRow, ModelRow, Catalogue, Config, Scenario, RecordedRequest, SimulatorStamp,
                        SimulatorStats>),
            0);
}

}  // namespace
}  // namespace antiphon
