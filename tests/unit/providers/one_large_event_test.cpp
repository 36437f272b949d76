// 50 MB in one event, fed to each decoder in the pieces that a socket gives: read in time that grows with the bytes, or
// refused before they are all kept, whichever `max_response_bytes` says.

#include <gtest/gtest.h>

#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "providers/base64.hpp"
#include "recorded_answer.hpp"
#include "unit/wire/aws_frames.hpp"
#include "wire/crc32.hpp"

namespace antiphon::tests {
namespace {

constexpr std::size_t text_bytes = 50'000'000;
constexpr std::size_t bytes_of_a_read = 4096;

/// Summed by the library: the way of `test::frame` takes long for so much.
std::string event_of_frame(const std::string& type, const std::string& payload) {
  const std::string headers = test::text_header(":event-type", type) + test::text_header(":message-type", "event");
  const auto total = static_cast<std::uint32_t>(headers.size() + payload.size() + 16);
  const std::string bytes = test::frame_prelude(total, static_cast<std::uint32_t>(headers.size())) + headers + payload;
  return bytes + test::in_big_endian(wire::crc32(bytes), 4);
}
std::string invoked_event(const std::string& json) {
  return event_of_frame("chunk", R"({"bytes":")" + base64::encode(json) + "\"}");
}

/// A stream of one event with this text, and its end.
struct LargeAnswer {
  std::string text;

  std::string openai_chat() const {
    return data_event(R"({"choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":"stop"}]})") +
           "data: [DONE]\n\n";
  }
  std::string openai_responses() const {
    return data_event(R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":")" + text +
                      "\"}") +
           data_event(R"({"type":"response.completed","response":{"status":"completed","output":[]}})");
  }
  std::vector<std::string> claude() const {
    return {R"({"type":"message_start","message":{"id":"m","content":[]}})",
            R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" + text + "\"}}",
            R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})", R"({"type":"message_stop"})"};
  }
  std::string anthropic() const {
    std::string bytes;
    for (const std::string& event : claude()) bytes += data_event(event);
    return bytes;
  }
  std::string bedrock_anthropic() const {
    std::string bytes;
    for (const std::string& event : claude()) bytes += invoked_event(event);
    return bytes;
  }
  std::string gemini() const {
    return data_event(R"({"candidates":[{"content":{"parts":[{"text":")" + text + R"("}]},"finishReason":"STOP"}]})");
  }
  std::string ollama() const {
    return R"({"message":{"content":")" + text + R"("},"done":true,"done_reason":"stop"})" + "\n";
  }
  std::string cohere() const {
    return data_event(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":")" + text +
                      "\"}}}}") +
           data_event(R"({"type":"message-end","delta":{"finish_reason":"COMPLETE"}})");
  }
  std::string bedrock() const {
    return event_of_frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":")" + text + "\"}}") +
           event_of_frame("messageStop", R"({"stopReason":"end_turn"})") +
           event_of_frame("metadata", R"({"usage":{"inputTokens":1}})");
  }
};

class OneLargeEvent : public testing::TestWithParam<std::string> {};

RecordedAnswer large_answer(const std::string& protocol) {
  const std::map<std::string, std::string (LargeAnswer::*)() const> forms = {
      {"openai-chat", &LargeAnswer::openai_chat}, {"openai-responses", &LargeAnswer::openai_responses},
      {"anthropic", &LargeAnswer::anthropic},     {"bedrock-anthropic", &LargeAnswer::bedrock_anthropic},
      {"gemini", &LargeAnswer::gemini},           {"ollama", &LargeAnswer::ollama},
      {"cohere", &LargeAnswer::cohere},           {"bedrock", &LargeAnswer::bedrock}};
  RecordedAnswer answer;
  answer.protocol = protocol;
  answer.stream = true;
  const LargeAnswer large{std::string(text_bytes, 'x')};
  answer.bytes = (large.*forms.at(protocol))();
  return answer;
}

std::vector<std::size_t> reads_of(std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t cut = bytes_of_a_read; cut < size; cut += bytes_of_a_read) cuts.push_back(cut);
  return cuts;
}

TEST_P(OneLargeEvent, IsReadOrRefusedInBoundedTime) {
  RecordedAnswer answer = large_answer(GetParam());
  const std::vector<std::size_t> reads = reads_of(answer.bytes.size());
  // Of this process alone. If each read went over all that came before it, 300 GB would have to be looked at.
#ifdef NDEBUG
  constexpr double most_seconds = 30;
#else  // with a sanitizer, or nothing optimised
  constexpr double most_seconds = 120;
#endif
  const std::clock_t begin = std::clock();
  answer.most_bytes = 4 * text_bytes;
  const ReadAnswer read = read_answer(answer, reads);
  ASSERT_TRUE(read.result) << read.result.error().what();
  EXPECT_EQ(read.result->content().size(), text_bytes);
  EXPECT_EQ(read.result->finish_reason(), FinishReason::stop);
  answer.most_bytes = std::size_t{1} << 20;
  const ReadAnswer refused = read_answer(answer, reads);
  ASSERT_FALSE(refused.result);
  EXPECT_EQ(refused.result.error().kind(), ErrorKind::response_too_large);
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, most_seconds);
}

INSTANTIATE_TEST_SUITE_P(EachProtocol, OneLargeEvent, testing::ValuesIn(codec::codec_names()),
                         [](const testing::TestParamInfo<std::string>& info) {
                           std::string name = info.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace antiphon::tests
