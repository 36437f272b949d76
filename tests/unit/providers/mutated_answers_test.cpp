// Answers that are nearly right: a value of another type, an event that is lost, comes twice or too early. What comes
// of them is an answer or a typed error, and can be written down (providers.md §0.4).

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "fixture.hpp"
#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

class MutatedAnswers : public testing::TestWithParam<Fixture> {};

void expect_sound(const Fixture& fixture, const std::string& change) {
  const ReadAnswer read = read_answer(recorded(fixture));
  if (!read.result) {
    EXPECT_NE(read.result.error().kind(), ErrorKind::internal) << change << ": " << read.as_json();
  }
  EXPECT_TRUE(parse_json(read.as_json()).is_object()) << change;
  for (const std::string& chunk : read.chunks) EXPECT_TRUE(parse_json(chunk).is_object()) << change;
}

/// What an answer is made of: its body, its events, its lines or its frames.
std::vector<std::string*> texts_of(Fixture& fixture) {
  std::vector<std::string*> texts;
  if (fixture.has("body")) texts.push_back(&fixture.body);
  for (std::string& event : fixture.events) texts.push_back(&event);
  for (std::string& frame : fixture.frames) texts.push_back(&frame);
  return texts;
}

/// Calls `read` with each value replaced by others, those inside of it first.
void replace_each(boost::json::value& value, const std::function<void()>& read) {
  static const boost::json::value others[] = {nullptr, "7", -1, boost::json::object(), boost::json::array{nullptr}};
  if (value.is_object()) {
    for (auto& member : value.get_object()) replace_each(member.value(), read);
  } else if (value.is_array()) {
    for (boost::json::value& element : value.get_array()) replace_each(element, read);
  }
  boost::json::value kept = std::move(value);
  for (const boost::json::value& other : others) {
    value = other;
    read();
  }
  value = std::move(kept);
}

TEST_P(MutatedAnswers, AnyValueMayBeOfAnotherType) {
  Fixture fixture = GetParam();
  for (std::string* text : texts_of(fixture)) {
    boost::system::error_code fault;
    boost::json::value document = boost::json::parse(*text, fault);
    if (fault) continue;  // a mark of the end, or broken by intent
    boost::json::parse(boost::json::serialize(document), fault);
    if (fault) continue;  // numbers that Boost.JSON cannot write
    // Of a frame the test writes all but what is in it.
    boost::json::value* changed = fixture.frames.empty() ? &document : document.as_object().if_contains("payload");
    if (!changed) continue;
    const std::string before = *text;
    replace_each(*changed, [&] {
      *text = boost::json::serialize(document);
      expect_sound(fixture, *text);
    });
    *text = before;
  }
}

TEST_P(MutatedAnswers, EventsMayBeLostComeTwiceOrTooEarly) {
  const Fixture& whole = GetParam();
  for (auto list : {&Fixture::events, &Fixture::frames}) {
    for (std::size_t index = 0; index < (whole.*list).size(); ++index) {
      const auto at = static_cast<std::ptrdiff_t>(index);
      Fixture lost = whole;
      (lost.*list).erase((lost.*list).begin() + at);
      expect_sound(lost, "without event " + std::to_string(index));
      Fixture twice = whole;
      (twice.*list).insert((twice.*list).begin() + at, (whole.*list)[index]);
      expect_sound(twice, "twice event " + std::to_string(index));
      Fixture early = whole;
      (early.*list).erase((early.*list).begin() + at);
      (early.*list).insert((early.*list).begin(), (whole.*list)[index]);
      expect_sound(early, "first event " + std::to_string(index));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, MutatedAnswers, testing::ValuesIn(load_fixtures("result")), test_name);

}  // namespace
}  // namespace antiphon::tests
