// Each numbered trap of the protocol description that concerns us has a test that carries its number.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "support/places.hpp"
#include "support/source_files.hpp"

namespace antiphon::tests {
namespace {

/// Numbers in "trap 5", "traps 5, 7" and "traps 5 to 7", but not those of sections, as in "trap 5, 6.13".
void add_numbers(const std::string& text, std::set<int>& numbers) {
  static const std::regex mention(R"(\b[Tt]raps? (\d+\b(?!\.\d)(?:(?:,| and| to)? \d+\b(?!\.\d))*))");
  static const std::regex range(R"((\d+)(?: to (\d+))?)");
  // A search for the expression itself takes seconds.
  for (std::size_t at = text.find("rap", 1); at != text.npos; at = text.find("rap", at + 1)) {
    std::smatch found;
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at) - 1;
    auto how = std::regex_constants::match_continuous;
    if (at > 1) how |= std::regex_constants::match_prev_avail;
    if (!std::regex_search(begin, text.end(), found, mention, how)) continue;
    const std::string list = found[1];
    for (std::sregex_iterator one(list.begin(), list.end(), range), end; one != end; ++one) {
      const int first = std::stoi((*one)[1]);
      const int last = (*one)[2].matched ? std::stoi((*one)[2]) : first;
      for (int number = first; number <= last; ++number) numbers.insert(number);
    }
  }
}

/// What a file says of its cases: what stands above them in a fixture is no case.
std::string cases_in(const std::string& path) {
  const std::string text = test::source_text("tests/" + path);
  const std::size_t cases = path.ends_with(".json") ? text.find("\"cases\"") : text.npos;
  return cases == text.npos ? text : text.substr(cases);
}

/// In the files whose path is one of these.
template <class IsOne>
std::set<int> numbers_in_tests(const IsOne& is_one) {
  std::set<int> numbers;
  const std::filesystem::path tests = test::source_path("tests");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tests)) {
    const auto kind = entry.path().extension();
    if ((kind != ".json" && kind != ".cpp") || entry.path().filename() == "trap_coverage_test.cpp") continue;
    const std::string path = entry.path().lexically_relative(tests).string();
    if (is_one(path)) add_numbers(cases_in(path), numbers);
  }
  return numbers;
}

void expect_tested(const std::set<int>& tested, std::initializer_list<int> ours) {
  for (const int number : ours) EXPECT_TRUE(tested.contains(number)) << "trap " << number;
}

/// In the files of one protocol, whose path has that word in it.
void expect_tested(const std::string& word, std::initializer_list<int> ours) {
  expect_tested(numbers_in_tests([&](const std::string& path) { return path.find(word) != path.npos; }), ours);
}

constexpr int last_trap = 115;

/// Those that nothing here can have yet, and why.
const std::map<int, std::string> not_ours = {
    {104, "a fence around JSON is taken off by what validates answers; codecs give every text as it was said"},
};

/// Those of which a part is not done, and why.
const std::map<int, std::string> ours_in_part = {
    {85,
     "no second attempt without the `param` that was refused: a request is sent as the user asked for, what is known "
     "to be refused is left out with a warning before, and a refusal of what is not known is final and loud"},
};

TEST(Traps, OnlyWhatIsTestedIsOursInPart) {
  const std::set<int> tested = numbers_in_tests([](const std::string&) { return true; });
  for (const auto& [number, reason] : ours_in_part) {
    EXPECT_TRUE(tested.contains(number)) << "trap " << number << ": " << reason;
    EXPECT_FALSE(not_ours.contains(number)) << "trap " << number;
  }
}

TEST(Traps, EachIsTestedOrNotOurs) {
  const std::set<int> tested = numbers_in_tests([](const std::string&) { return true; });
  for (int number = 1; number <= last_trap; ++number) {
    EXPECT_NE(tested.contains(number), not_ours.contains(number)) << "trap " << number;
  }
  EXPECT_EQ(*tested.rbegin(), last_trap);
}

// Theirs is what no other protocol has for itself.
TEST(Traps, OfChatCompletionsAndOllamaAreTested) {
  const auto is_of_others = [](const std::string& path) {
    const char* const others[] = {"anthropic", "aws",       "bedrock",        "cohere",
                                  "gemini",    "responses", "unit/simulator", "vertex"};
    return std::any_of(std::begin(others), std::end(others),
                       [&](const char* word) { return path.find(word) != path.npos; });
  };
  expect_tested(numbers_in_tests([&](const std::string& path) { return !is_of_others(path); }),
                {1,  2,  3,  4,  5,  6,  7,  8,  9,  12,  13,  14,  16,  18,  19,  21,  22,  23,  24,  25,  26, 27, 28,
                 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,  39,  40,  41,  42,  43,  44,  45,  46,  47,  48,  57, 58, 59,
                 60, 61, 62, 63, 64, 65, 66, 67, 68, 69,  70,  71,  73,  76,  77,  78,  79,  80,  81,  83,  84, 85, 88,
                 89, 90, 91, 92, 93, 95, 96, 97, 98, 100, 101, 102, 103, 105, 106, 109, 110, 111, 112, 114, 115});
}

// What their requests have to heed is tested with requests, those of the services included.
TEST(Traps, OfRequestsOfChatCompletionsAreTestedWithThem) {
  expect_tested("fixtures/openai-chat/encode",
                {66, 70, 73, 77, 78, 79, 80, 81, 83, 85, 88, 89, 90, 91, 92, 93, 95, 96, 98, 100, 101, 102, 103, 106});
  expect_tested("fixtures/openai-responses/encode", {72, 77, 78, 81, 85, 88, 99, 103});
}

TEST(Traps, OfGeminiAreTested) {
  expect_tested("gemini", {1,  2,  6,  12, 13, 14, 19, 21, 22, 25, 31,  33,  34,  35,  36,  37,  38,
                           39, 41, 46, 47, 48, 53, 54, 62, 64, 66, 67,  69,  72,  73,  75,  77,  78,
                           81, 82, 84, 88, 89, 90, 91, 92, 95, 97, 102, 105, 106, 109, 110, 111, 112});
}

TEST(Traps, OfResponsesAreTested) { expect_tested("openai-responses", {20, 50, 51, 52, 72, 77, 78, 85, 99}); }

TEST(Traps, OfAnthropicAreTested) {
  expect_tested("anthropic", {1,  2,  3,  5,  6,  7,  8,  12, 13, 15, 19, 21, 22,  26,  28,  29,  31,  35,  37, 38,
                              39, 40, 41, 46, 49, 50, 62, 64, 65, 66, 67, 68, 69,  71,  72,  73,  75,  77,  78, 80,
                              81, 84, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 102, 105, 106, 109, 110, 112, 113});
}

TEST(Traps, OfBedrockAreTested) {
  expect_tested("bedrock", {2,  12, 13, 19, 21, 22, 25, 31, 38, 39, 41, 45, 50, 55, 64, 66, 67,  69,  71,  72,
                            73, 74, 75, 77, 78, 80, 85, 86, 87, 88, 90, 91, 92, 93, 94, 95, 105, 106, 109, 111});
}

TEST(Traps, OfCohereAreTested) {
  expect_tested("cohere", {2,  6,  7,  12, 13, 19, 21, 22, 25, 30, 37, 38,  39, 41,
                           43, 49, 50, 56, 66, 67, 72, 73, 75, 77, 95, 102, 106});
}

}  // namespace
}  // namespace antiphon::tests
