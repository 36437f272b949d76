// Conversations: what reaches the provider, and a history that stays valid whatever becomes of a turn.

#include <gtest/gtest.h>

#include <antiphon/antiphon.hpp>

#include "support/coroutine.hpp"
#include "support/failure.hpp"
#include "support/openai_wire.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {
namespace {

using namespace std::chrono_literals;

/// The last question is the one.
bool asks_slowly(const std::string& request) {
  const auto slowly = request.rfind("slowly");
  const auto quickly = request.rfind("quickly");
  return slowly != request.npos && (quickly == request.npos || slowly > quickly);
}

class Conversations : public testing::Test {
 protected:
  Provider provider() const {
    return create_provider(ModelConfig("m-1", providers::openai)
                               .base_url(server.url("/v1"))
                               .api_key("k")
                               .retry_config(RetryConfig().max_attempts(1)));
  }
  std::string last_request() {
    const std::lock_guard lock(mutex);
    return requests.back();
  }

  std::mutex mutex;
  std::vector<std::string> requests;
  /// Answers a question that has "slowly" in it with one word and no end.
  RawServer server{[this](RawConnection& connection, int) {
    std::string request;
    while (!(request = connection.read_request()).empty()) {
      {
        const std::lock_guard lock(mutex);
        requests.push_back(request);
      }
      if (asks_slowly(request)) {
        connection.write(stream_head() + http_chunk(chunk_event("slow ")));
        return connection.wait_for_close();
      }
      connection.write(asks_for_stream(request) ? whole_stream({"quick"}) : http_answer(chat_answer("quick")));
    }
  }};
};

TEST_F(Conversations, SettingsReachTheProvider) {
  Conversation conversation(provider(), ConversationConfig().system("Be brief.").options(Options().user("of all")));
  conversation.add_message(Message(Role::user, "quickly").name("Ada"));
  EXPECT_EQ(conversation.continue_chat().content(), "quick");
  EXPECT_NE(last_request().find(R"({"role":"system","content":"Be brief."})"), std::string::npos) << last_request();
  EXPECT_NE(last_request().find(R"("name":"Ada")"), std::string::npos);
  EXPECT_NE(last_request().find(R"("user":"of all")"), std::string::npos);
  conversation.add_user_message("quickly again");
  EXPECT_EQ(conversation.continue_chat(Options().user("of this one")).content(), "quick");
  EXPECT_NE(last_request().find(R"("user":"of this one")"), std::string::npos) << "in place of the others";
  EXPECT_NE(last_request().find(R"({"role":"assistant","content":"quick"})"), std::string::npos);
  ASSERT_EQ(conversation.messages().size(), 5U);

  Conversation moved = std::move(conversation);
  moved.add_user_message("quickly, a third time");
  EXPECT_EQ(moved.stream_chat().collect().content(), "quick");
  EXPECT_EQ(moved.messages().size(), 7U);
}

TEST_F(Conversations, NothingToSayIsAnError) {
  Conversation conversation(provider());
  const Error error = failure_of(conversation.try_continue_chat());
  EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
  EXPECT_EQ(error.where(), "messages");
  EXPECT_TRUE(conversation.messages().empty());
  EXPECT_EQ(server.connections(), 0);
}

// Trap 16: a connection that was read half is not used again.
TEST_F(Conversations, GoOnAtOnceAfterAnEarlyBreak) {
  Conversation conversation(provider());
  for (int round = 0; round < 50; ++round) {
    conversation.clear();
    conversation.add_user_message("slowly");
    for (const Chunk& chunk : conversation.stream_chat()) {
      EXPECT_EQ(chunk.content(), "slow ");
      break;
    }
    ASSERT_EQ(conversation.messages().size(), 2U) << "what was read is in the history";
    EXPECT_EQ(conversation.messages().back().content(), "slow ");
    EXPECT_TRUE(conversation.messages().back().partial());
    conversation.add_user_message("quickly");
    ASSERT_EQ(conversation.continue_chat().content(), "quick");
    ASSERT_EQ(conversation.messages().size(), 4U);
  }
}

Coroutine break_early(Conversation& conversation) {
  conversation.add_user_message("slowly");
  {
    Stream stream = conversation.stream_chat();
    const Chunk* chunk = co_await stream.next();
    EXPECT_EQ(chunk->content(), "slow ");
  }
  // On the engine's thread, where nobody may wait.
  conversation.add_user_message("quickly");
  const Response answer = co_await conversation.async_continue_chat();
  EXPECT_EQ(answer.content(), "quick");
}

TEST_F(Conversations, GoOnAtOnceAfterAnEarlyBreakInACoroutine) {
  Conversation conversation(provider());
  break_early(conversation).wait();
  ASSERT_EQ(conversation.messages().size(), 4U);
  EXPECT_EQ(conversation.messages()[1].content(), "slow ");
}

TEST_F(Conversations, AStreamThatWasNeverReadIsNoTurn) {
  Conversation conversation(provider());
  conversation.add_user_message("slowly");
  {
    Stream stream = conversation.stream_chat();
    auto call = conversation.async_continue_chat();
  }
  EXPECT_EQ(conversation.messages().size(), 1U);
  conversation.add_user_message("quickly");
  EXPECT_EQ(conversation.continue_chat().content(), "quick");
}

Coroutine ask(Conversation& conversation) { (void)co_await conversation.async_continue_chat().as_result(); }

TEST_F(Conversations, GoOnAtOnceAfterACoroutineWasDestroyed) {
  Conversation conversation(provider());
  for (int round = 0; round < 20; ++round) {
    conversation.clear();
    conversation.add_user_message("slowly");
    ask(conversation).destroy();
    EXPECT_EQ(conversation.messages().size(), 1U) << "as before the call";
    conversation.add_user_message("quickly");
    ASSERT_EQ(conversation.continue_chat().content(), "quick");
  }
}

}  // namespace
}  // namespace antiphon::test
