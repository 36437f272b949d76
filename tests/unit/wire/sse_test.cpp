// The grammar of event streams: each case of the fixture in each way to cut it into pieces.

#include "wire/sse.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "json/reader.hpp"
#include "support/source_files.hpp"
#include "unit/wire/pieces.hpp"

namespace antiphon {
namespace {

using Event = std::pair<std::string, std::string>;
using test::Pieces;

Event take_event(const wire::SseEvent& event) {
  test::touch_padding(event.data);
  return {std::string(event.type), std::string(event.data)};
}

std::vector<Event> decode_events(const Pieces& pieces) {
  wire::SseDecoder decoder(1 << 20);
  return test::decode(decoder, pieces, take_event);
}

struct Case {
  std::string name;
  std::string bytes;
  std::vector<Event> events;
};

Event read_event(json::Value value) {
  Event event;
  value.fields([&](std::string_view key, json::Value member) {
    (key == "type" ? event.first : event.second) = member.string().value_or("");
  });
  return event;
}

Case read_case(json::Value value) {
  Case read;
  value.fields([&](std::string_view key, json::Value member) {
    if (key == "name") read.name = member.string().value_or("");
    if (key == "bytes") read.bytes = member.string().value_or("");
    if (key == "events") member.elements([&](json::Value event) { read.events.push_back(read_event(event)); });
  });
  return read;
}

std::vector<Case> read_cases() {
  const std::string text = test::source_text("tests/fixtures/sse.json");
  std::vector<Case> cases;
  json::Reader reader;
  const bool ok = reader.read_copy(text, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "cases") value.elements([&](json::Value element) { cases.push_back(read_case(element)); });
    });
  });
  EXPECT_TRUE(ok) << reader.error();
  return cases;
}

TEST(Sse, EachCaseInEachSplit) {
  const std::vector<Case> cases = read_cases();
  ASSERT_GT(cases.size(), 40u);
  for (const Case& one : cases) {
    test::for_each_split(one.bytes, [&](const Pieces& pieces) {
      ASSERT_EQ(decode_events(pieces), one.events) << one.name << " in pieces of " << ::testing::PrintToString(pieces);
    });
  }
}

TEST(Sse, AllCasesInOneStream) {
  // Each case ends with a blank line here, so that none flows into the next.
  std::string stream;
  std::vector<Event> events;
  for (const Case& one : read_cases()) {
    if (one.name.starts_with("eof-") || one.name.starts_with("bom")) continue;
    stream += one.bytes + "\n\n";
    events.insert(events.end(), one.events.begin(), one.events.end());
  }
  for (const std::size_t size : {1u, 2u, 3u, 7u, 64u, 100'000u}) {
    EXPECT_EQ(decode_events(test::in_pieces_of(stream, size)), events) << size;
  }
}

TEST(Sse, EventsComeAsSoonAsTheyAreComplete) {
  wire::SseDecoder decoder(1000);
  decoder.feed("data: 1\r\r");
  EXPECT_EQ(decoder.next()->data, "1") << "not held back for a LF that may follow the CR";
  EXPECT_FALSE(decoder.next());
  decoder.feed("\ndata: 2\n");
  EXPECT_FALSE(decoder.next());
  decoder.feed("\n");
  EXPECT_EQ(decoder.next()->data, "2");
  EXPECT_FALSE(decoder.next());
}

TEST(Sse, AnEventOfOneLineLiesWhereItCame) {
  wire::SseDecoder decoder(1000);
  decoder.feed("data: 1\n\ndata: 2\n\n");
  const char* first = decoder.next()->data.data();
  const char* second = decoder.next()->data.data();
  EXPECT_EQ(second - first, 9);
}

TEST(Sse, Retry) {
  const auto retry = [](std::string_view line) {
    wire::SseDecoder decoder(1000);
    decoder.feed("retry: 7\n");
    decoder.feed(line);
    decoder.feed("\n");
    EXPECT_FALSE(decoder.next());
    return decoder.retry();
  };
  EXPECT_EQ(retry("retry: 3000"), 3000);
  EXPECT_EQ(retry("retry:0"), 0);
  for (const char* line : {"retry", "retry:", "retry: ", "retry: -1", "retry: +1", "retry: 1.5", "retry: 1 ",
                           "retry:  1", "retry: 99999999999999999999", "Retry: 1"}) {
    EXPECT_EQ(retry(line), 7) << line;
  }
  EXPECT_EQ(wire::SseDecoder(1000).retry(), std::nullopt);
}

TEST(Sse, NothingComesBehindTheEnd) {
  wire::SseDecoder decoder(1000);
  decoder.feed("data: 1");
  decoder.end();
  EXPECT_EQ(decoder.next()->data, "1");
  EXPECT_FALSE(decoder.next());
  decoder.feed("data: 2\n\n");
  EXPECT_FALSE(decoder.next());
}

}  // namespace
}  // namespace antiphon
