// Each numbered trap of the protocol description that concerns these codecs has a test that carries its number.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace antiphon::tests {
namespace {

/// Numbers in "trap 5", "traps 5, 7" and "traps 5 to 7".
void add_numbers(const std::string& text, std::set<int>& numbers) {
  static const std::regex mention(R"(\btraps? (\d+(?:(?:,| and| to)? \d+)*))");
  static const std::regex range(R"((\d+)(?: to (\d+))?)");
  for (std::sregex_iterator found(text.begin(), text.end(), mention), end; found != end; ++found) {
    const std::string list = (*found)[1];
    for (std::sregex_iterator one(list.begin(), list.end(), range); one != end; ++one) {
      const int first = std::stoi((*one)[1]);
      const int last = (*one)[2].matched ? std::stoi((*one)[2]) : first;
      for (int number = first; number <= last; ++number) numbers.insert(number);
    }
  }
}

/// In the files whose path has that word in it.
std::set<int> numbers_in_tests(const std::string& word = "") {
  std::set<int> numbers;
  const std::filesystem::path tests = std::filesystem::path(ANTIPHON_SOURCE_DIR) / "tests";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tests)) {
    const auto kind = entry.path().extension();
    if ((kind != ".json" && kind != ".cpp") || entry.path().filename() == "trap_coverage_test.cpp") continue;
    if (entry.path().lexically_relative(tests).string().find(word) == std::string::npos) continue;
    std::ifstream file(entry.path());
    add_numbers(std::string(std::istreambuf_iterator<char>(file), {}), numbers);
  }
  return numbers;
}

TEST(Traps, OfChatCompletionsAndOllamaAreTested) {
  const std::set<int> tested = numbers_in_tests();
  const int ours[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,   12,  13,  14,  19,  21,  22,  23,  24,  25,  26,  27, 28,
                      29, 30, 31, 33, 34, 35, 36, 37, 38,  39,  40,  41,  42,  43,  44,  45,  46,  47,  48,  57, 58,
                      59, 60, 61, 62, 63, 64, 65, 66, 67,  68,  69,  70,  71,  76,  77,  79,  81,  83,  84,  85, 88,
                      89, 90, 91, 93, 95, 96, 97, 98, 100, 101, 102, 103, 105, 106, 109, 110, 111, 112, 114, 115};
  for (const int number : ours) EXPECT_TRUE(tested.contains(number)) << "trap " << number;
}

TEST(Traps, OfGeminiAreTested) {
  const std::set<int> tested = numbers_in_tests("gemini");
  const int ours[] = {1,  2,  6,  12, 13, 14, 19, 21, 22, 25, 31,  33,  34,  35,  36,  37,  38,
                      39, 41, 46, 47, 48, 53, 54, 62, 64, 66, 67,  69,  72,  73,  75,  77,  78,
                      81, 82, 84, 88, 89, 90, 91, 92, 95, 97, 102, 105, 106, 109, 110, 111, 112};
  for (const int number : ours) EXPECT_TRUE(tested.contains(number)) << "trap " << number;
}

TEST(Traps, OfResponsesAreTested) {
  const std::set<int> tested = numbers_in_tests("openai-responses");
  for (const int number : {20, 50, 51, 52, 72, 99}) EXPECT_TRUE(tested.contains(number)) << "trap " << number;
}

}  // namespace
}  // namespace antiphon::tests
