#include <gtest/gtest.h>

#include <sstream>

#include <antiphon/antiphon.hpp>

namespace antiphon {
namespace {

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

template <class Call>
void expect_invalid(Call call, PartKind kind) {
  try {
    call();
    ADD_FAILURE() << to_string(kind);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request) << to_string(kind);
  }
}

TEST(Count, AnUnknownOneIsNotZero) {
  EXPECT_FALSE(Count().known());
  EXPECT_EQ(printed(Count()), "?");
  EXPECT_EQ(printed(Count(0)), "0");
  EXPECT_NE(Count(), Count(0));
  EXPECT_EQ(Count().value_or(7), 7);
}

TEST(Count, ASumWithAnUnknownPartKeepsWhatIsKnown) {
  EXPECT_EQ(Count(3) + Count(4), Count(7));
  const Count sum = Count(3) + Count();
  EXPECT_FALSE(sum.known());
  EXPECT_EQ(sum.at_least(), 3);
  EXPECT_EQ(printed(sum), "≥3");
  EXPECT_EQ(printed(sum + Count(4)), "≥7");
}

TEST(ErrorKind, HasAName) {
  EXPECT_EQ(parse_error_kind("rate_limited"), ErrorKind::rate_limited);
  EXPECT_EQ(parse_error_kind("internal"), ErrorKind::internal);
  EXPECT_FALSE(parse_error_kind("Rate limited"));
  EXPECT_FALSE(parse_error_kind(""));
  for (const std::string& name : error_kind_names()) EXPECT_EQ(to_string(parse_error_kind(name).value()), name);
  EXPECT_EQ(error_kind_names().size(), static_cast<std::size_t>(ErrorKind::internal) + 1);
}

TEST(Usage, TotalIsTheSum) {
  Usage usage;
  EXPECT_FALSE(usage.known());
  usage.input_tokens(10).output_tokens(5).reasoning_tokens(3);
  EXPECT_EQ(usage.total_tokens(), Count(15));
  Usage sum;
  sum.input_tokens(0).output_tokens(0).reasoning_tokens(0).cached_input_tokens(0).cache_write_tokens(0);
  sum += usage;
  EXPECT_EQ(sum.input_tokens(), Count(10));
  EXPECT_FALSE(sum.cached_input_tokens().known());
}

TEST(Messages, ChainInOrderAndCompareByValue) {
  const Messages messages = Messages().system("s").user("u").assistant("a").tool_result("id", "42");
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0].role(), Role::system);
  EXPECT_EQ(messages[3].role(), Role::tool);
  EXPECT_EQ(messages[3].parts().front().id(), "id");
  EXPECT_EQ(messages[3].parts().front().text(), "42");
  EXPECT_EQ(messages, Messages().system("s").user("u").assistant("a").tool_result("id", "42"));
  EXPECT_FALSE(messages == Messages().system("s").user("U").assistant("a").tool_result("id", "42"));
  const Messages one = "hello";
  EXPECT_EQ(one, Messages().user("hello"));
}

TEST(Messages, AStringPromptIsNeverRunAsACommand) {
  // A free function called `system` would lose to the C library's, which runs its argument in a shell.
  using namespace antiphon;
  const Messages messages = Messages().system("exit 1");
  EXPECT_EQ(messages[0].content(), "exit 1");
}

TEST(Part, KeepsWhatItIsMadeFrom) {
  const Part image = Part::image("\x89PNG", "image/png");
  EXPECT_EQ(image.kind(), PartKind::image);
  EXPECT_EQ(image.bytes(), "\x89PNG");
  EXPECT_EQ(image.media_type(), "image/png");
  const Part call = Part::tool_call("c1", "f", "{not json");
  EXPECT_EQ(call.arguments(), "{not json");
  const Part block = Part::unknown("openai", Json(R"({"type":"new","n":1.0})"));
  EXPECT_EQ(block.raw(), R"({"type":"new","n":1.0})");
  EXPECT_EQ(block.provider(), "openai");
  EXPECT_TRUE(Part::tool_result("c1", "x", true).is_error());
  EXPECT_EQ(Part::reasoning("hm", "sig").signature(), "sig");
  EXPECT_EQ(Part::document("%PDF", "application/pdf", "a.pdf").filename(), "a.pdf");
  EXPECT_EQ(Part::document_url("https://x/a.pdf").url(), "https://x/a.pdf");
  EXPECT_EQ(Part::audio("RIFF", "wav").media_type(), "wav");
  EXPECT_EQ(Part::audio_url("https://x/a.wav").url(), "https://x/a.wav");
  EXPECT_EQ(Part::text("a"), Part::text("a"));
  EXPECT_FALSE(Part::text("a") == Part::refusal("a"));
}

TEST(Part, GivesOtherContentToMediaOnly) {
  const Part image = Part::image_url("https://h/a", "low").with_content("bytes", "image/png");
  EXPECT_EQ(image.kind(), PartKind::image);
  EXPECT_EQ(image.url(), "");
  EXPECT_EQ(image.bytes(), "bytes");
  EXPECT_EQ(image.media_type(), "image/png");
  EXPECT_EQ(image.detail(), "low");
  EXPECT_EQ(Part::audio_url("https://h/a").with_content("tone", "audio/wav"), Part::audio("tone", "audio/wav"));
  EXPECT_EQ(Part::document_url("https://h/a", "a.txt").with_content("words", "text/plain").filename(), "a.txt");
  for (const Part& part : {Part::text("t"), Part::tool_call("c", "f", "{}"), Part::tool_result("c", "r"),
                           Part::reasoning("hm"), Part::refusal("no"), Part::unknown("cohere", Json("{}"))}) {
    expect_invalid([&] { (void)part.with_content("bytes", "image/png"); }, part.kind());
  }
}

TEST(Part, HasPartsAsAToolResultOnly) {
  const Part result = Part::tool_result("c", "before", true, "f").with_parts({Part::text("a"), Part::image("b", "c")});
  EXPECT_EQ(result.id(), "c");
  EXPECT_TRUE(result.is_error());
  EXPECT_EQ(result.text(), "a");
  ASSERT_EQ(result.parts().size(), 2U);
  for (const Part& part : {Part::text("t"), Part::image("b", "image/png"), Part::audio("RIFF", "wav"),
                           Part::document("d", "text/plain"), Part::tool_call("c", "f", "{}"), Part::reasoning("hm"),
                           Part::refusal("no"), Part::unknown("cohere", Json("{}"))}) {
    expect_invalid([&] { (void)part.with_parts({Part::text("a")}); }, part.kind());
  }
}

TEST(Json, TakesAnythingWithDump) {
  struct Value {
    std::string dump() const { return "[1]"; }
  };
  EXPECT_EQ(Json(Value()).text(), "[1]");
  EXPECT_EQ(printed(Json("{}")), "{}");
}

TEST(Result, HasAValueOrAnError) {
  const Result<int> good = 5;
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 5);
  EXPECT_EQ(good.value(), 5);
  const Result<int> bad = Error(ErrorKind::overloaded, "busy");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind(), ErrorKind::overloaded);
  EXPECT_THROW((void)bad.value(), Error);
}

TEST(Error, SaysEverythingOnOneLine) {
  Error error(ErrorKind::rate_limited, "the provider asks to slow down");
  error.where("messages/0").http_status(429).provider("openai/gpt").provider_code("slow_down");
  error.provider_message("easy").request_id("req-1");
  EXPECT_STREQ(error.what(),
               "rate_limited at messages/0: the provider asks to slow down (HTTP 429) [openai/gpt], the provider says: "
               "slow_down: easy, request id req-1");
}

TEST(Error, CopiesAreIndependentOnceChanged) {
  Error first(ErrorKind::dns, "no such name");
  Error second = first;
  second.where("base_url");
  EXPECT_EQ(first.where(), "");
  EXPECT_EQ(second.where(), "base_url");
  EXPECT_EQ(first.partial(), nullptr);
  first.partial(Response().id("r"));
  ASSERT_NE(first.partial(), nullptr);
  EXPECT_EQ(first.partial()->id(), "r");
}

TEST(Response, HasAlwaysAChoice) {
  Response response;
  EXPECT_EQ(response.content(), "");
  EXPECT_EQ(response.finish_reason(), FinishReason::none);
  response.choice(1).message().add(Part::text("second"));
  EXPECT_EQ(response.choices().size(), 2U);
  response.choice(0)
      .message()
      .add(Part::reasoning("r"))
      .add(Part::text("a"))
      .add(Part::tool_call("i", "f", "{}"))
      .add(Part::text("b"));
  EXPECT_EQ(response.content(), "ab");
  EXPECT_EQ(response.reasoning(), "r");
  ASSERT_EQ(response.tool_calls().size(), 1U);
  response.metadata("tier", "1").metadata("tier", "2");
  ASSERT_EQ(response.provider_metadata().size(), 1U);
  EXPECT_EQ(response.provider_metadata()[0].second.text(), "2");
}

TEST(Chunk, PrintsOnlyContent) {
  EXPECT_EQ(Chunk(ChunkKind::content, "x").content(), "x");
  EXPECT_EQ(Chunk(ChunkKind::reasoning, "x").content(), "");
  EXPECT_EQ(Chunk::tool_call(0, 1, Part::tool_call("i", "f", "{}")).part()->name(), "f");
  EXPECT_EQ(Chunk::usage(Usage().input_tokens(3)).usage().input_tokens(), Count(3));
  EXPECT_EQ(Chunk::usage(Usage()).part(), nullptr);
  EXPECT_EQ(Chunk::audio(0, "bytes", "words").audio(), "bytes");
}

TEST(Options, NamedOptionsBecomeJson) {
  const Options options =
      Options().option("a", 1).option("b", true).option("c", 0.5).option("d", "t\"x").option("e", Json("[1]"));
  ASSERT_EQ(options.named_options().size(), 5U);
  EXPECT_EQ(options.named_options()[0].second.text(), "1");
  EXPECT_EQ(options.named_options()[1].second.text(), "true");
  EXPECT_EQ(options.named_options()[2].second.text(), "0.5");
  EXPECT_EQ(options.named_options()[3].second.text(), R"("t\"x")");
  EXPECT_EQ(options.named_options()[4].second.text(), "[1]");
}

TEST(Options, ResponseFormatByName) {
  EXPECT_EQ(Options().response_format("json").response_format()->kind(), ResponseFormat::Kind::json);
  try {
    (void)Options().response_format("xml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "response_format");
  }
}

TEST(HttpHeaders, NamesHaveNoCase) {
  HttpHeaders headers;
  headers.add("X-A", "1").add("x-a", "2").set("B", "3");
  EXPECT_EQ(headers.get("x-A"), "1");
  EXPECT_EQ(headers.size(), 3U);
  headers.set("X-a", "4");
  EXPECT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers.get("X-A"), "4");
  EXPECT_EQ(headers.find("none"), nullptr);
}

TEST(ApiKey, IsNeverPrinted) {
  EXPECT_EQ(printed(ApiKey("sk-secret")), "***");
  EXPECT_EQ(printed(ApiKey()), "");
  EXPECT_EQ(ApiKey("sk-secret").reveal(), "sk-secret");
  EXPECT_EQ(ApiKey([] { return std::string("fresh"); }).reveal(), "fresh");
  EXPECT_THROW((void)ApiKey::environment("ANTIPHON_NO_SUCH_VARIABLE").reveal(), Error);
}

}  // namespace
}  // namespace antiphon
