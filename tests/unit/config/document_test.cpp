// Large and deep files end in an error, and in bounded time and memory.

#include "config/bounds.hpp"
#include "support.hpp"

namespace antiphon::config_test {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Bounds, TheSizeOfAFile) {
  std::string text = "# " + std::string(config::most_bytes - 2, 'x');
  EXPECT_NO_THROW(Config::parse(text));
  text += "x";
  expect_refused(text, "1:1", "config", "larger than 256 KiB");
}

TEST(Bounds, BracketsInBrackets) {
  const auto nested = [](int depth) {
    return "[models.m]\nprovider = \"ollama\"\nmodel = \"x\"\n[models.m.options.own]\nx = " + repeated("[", depth) +
           repeated("]", depth);
  };
  EXPECT_NO_THROW(Config::parse(nested(32)));
  expect_refused(nested(33), "5:37", "config", "nested deeper than 32");
  EXPECT_THROW(Config::parse(nested(100'000)), Error);
  EXPECT_THROW(Config::parse("x = " + repeated("{a=", 80'000)), Error);
}

TEST(Bounds, PartsOfAKey) {
  expect_refused("a" + repeated(".a", 16) + " = 1", "1:32", "config", "more than 16 parts");
  expect_refused("# a comment\n[a" + repeated(" . \"b\"", 16) + "]", "2:94", "config", "more than 16 parts");
  EXPECT_THROW(Config::parse("a" + repeated(".a", 130'000) + " = 1"), Error);
  // Deep all the same, but as deep as it can get.
  EXPECT_THROW(Config::parse(repeated("x = {a.a.a.a.a.a.a.a.a.a.a.a = [", 16)), Error);
}

TEST(Bounds, DotsInTextsAndCommentsAreNone) {
  const std::string dots = repeated(".", 100);
  const std::string brackets = repeated("[", 100);
  for (const std::string& text :
       {"\"" + dots + brackets + "\"", "'" + dots + brackets + "'", "\"\"\"" + dots + "\n\"" + brackets + "\"\"\"",
        "'''" + dots + "'\n" + brackets + "'''", "\"\\\"" + dots + "\"", "\"\"\"\"" + dots + "\"\"\"\"",
        "'''''" + dots + "'''''", "\"\" # " + dots + brackets}) {
    EXPECT_NO_THROW(Config::parse(
        "models.m.provider = \"ollama\"\nmodels.m.model = \"x\"\nmodels.m.options.own.x = " + text + "\n"))
        << text;
  }
}

TEST(Bounds, KeysOfATable) {
  std::string text = "[models]\n";
  for (int i = 0; i < 1000; ++i) text += "m" + std::to_string(i) + " = \"ollama/x\"\n";
  EXPECT_EQ(Config::parse(text).model_names().size(), 1000U);
  text += "more = \"ollama/x\"\n";
  EXPECT_TRUE(has(refused(text).message(), "more than 1000 keys"));
}

TEST(Document, PlacesAreThoseOfLinesAndColumns) {
  expect_refused("# ä\r\n\t[models.m]\r\n\tprovider=\"ollama\"\r\n\tmodel=\"x\"\r\n\tbase_url = 5", "5:13",
                 "models.m.base_url", "text");
  expect_refused("\xEF\xBB\xBF[modles]", "1:2", "modles", "models");
}

// The parser has an assertion for the first two.
TEST(Document, TablesOfNoNameAreRefusedAtTheirPlace) {
  expect_refused("[:models]", "1:2", "config", "key");
  expect_refused("[[ =x]]", "1:4", "config", "key");
  expect_refused("[]", "1:2", "config", "blank");
}

// The parser asks of each whether it is a blank.
TEST(Document, LettersOfOtherScriptsStandInTextsAndCommentsAlone) {
  for (const char* text :
       {"m\xD2\x92 = 1", "[m\xC3\xA4]", "m = 1 \xC2\xA0", "m = \xC3\xA4", "m = \"\"\"\\\xC3\xA4\"\"\""}) {
    EXPECT_TRUE(refused(text).message().starts_with("test.toml:1:")) << text;
  }
  EXPECT_NO_THROW(
      Config::parse("\xEF\xBB\xBF# \xC3\xA4\n[models.m]\nprovider = \"ollama\"\n"
                    "model = \"\"\"\\\n\xC3\xA4\"\"\"\n"));
}

TEST(Document, NoSecretOfABrokenLineIsRepeated) {
  for (const char* text : {"[models.m]\napi_key_env = sk-proj-SECRETSECRET", "[models.m]\napi_key_env = \"sk-SECRET\n",
                           "[models.m]\napi_key_env = gsk_SECRET", "SECRET", "[models.m]\nx = \"a\" SECRET"}) {
    EXPECT_FALSE(has(refused(text).what(), "SECRET")) << refused(text).what();
  }
}

}  // namespace
}  // namespace antiphon::config_test
