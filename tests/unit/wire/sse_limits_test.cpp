// Event streams that are large, endless or hostile: what they may cost.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/wire/memory.hpp"
#include "unit/wire/pieces.hpp"
#include "wire/sse.hpp"

namespace antiphon {
namespace {

using test::Pieces;
using wire::SseDecoder;

constexpr std::size_t sse_limit = 40;

struct SseOutcome {
  std::vector<std::string> data;
  bool too_large = false;

  friend bool operator==(const SseOutcome&, const SseOutcome&) = default;
};

SseOutcome decode_limited(const Pieces& pieces) {
  SseDecoder decoder(sse_limit);
  SseOutcome outcome;
  outcome.data = test::decode(decoder, pieces, [](const wire::SseEvent& event) { return std::string(event.data); });
  outcome.too_large = decoder.too_large();
  return outcome;
}

void expect_data_in_each_split(std::string_view text, const std::vector<std::string>& data, bool too_large) {
  const SseOutcome expected{data, too_large};
  test::for_each_split(text, [&](const Pieces& pieces) {
    const SseOutcome outcome = decode_limited(pieces);
    ASSERT_EQ(outcome.data, expected.data) << text << " in " << pieces.size();
    ASSERT_EQ(outcome.too_large, expected.too_large) << text << " in " << pieces.size();
  });
}

std::string x(std::size_t size) { return std::string(size, 'x'); }

TEST(SseLimits, ALineAtTheLimitIsRead) {
  expect_data_in_each_split("data: " + x(sse_limit - 6) + "\n\n", {x(sse_limit - 6)}, false);
  expect_data_in_each_split("data: " + x(sse_limit - 6), {x(sse_limit - 6)}, false);
  expect_data_in_each_split("event: " + x(sse_limit - 7) + "\ndata: " + x(sse_limit - 6) + "\n\n", {x(sse_limit - 6)},
                            false);
}

TEST(SseLimits, ALineBeyondTheLimitIsTooLarge) {
  expect_data_in_each_split("data: 1\n\ndata: " + x(sse_limit - 5) + "\n\ndata: 2\n\n", {"1"}, true);
  expect_data_in_each_split("data: 1\n\ndata: " + x(sse_limit - 5), {"1"}, true);
  expect_data_in_each_split("data: 1\n\n" + x(sse_limit + 1), {"1"}, true);
  expect_data_in_each_split("event: " + x(sse_limit) + "\ndata: 1\n\n", {}, true);
  expect_data_in_each_split("event: " + x(sse_limit - 6) + "\ndata: 1\n\n", {}, true);
  expect_data_in_each_split("data: 1\n" + x(sse_limit + 1) + "\n\n", {}, true);
}

TEST(SseLimits, LinesTogetherBeyondTheLimitAreTooLarge) {
  const std::string half = x(sse_limit / 2 - 1);
  expect_data_in_each_split("data:" + half + "\ndata:" + half + "\n\n", {half + "\n" + half}, false);
  expect_data_in_each_split("data:" + half + "xx\ndata:" + half + "\n\ndata: 2\n\n", {}, true);
  expect_data_in_each_split("data: 1\n\ndata:" + half + "xx\ndata:" + half, {"1"}, true);
}

TEST(SseLimits, CommentsMayBeLong) {
  expect_data_in_each_split("data: 1\n:" + x(2 * sse_limit) + "\ndata: 2\n\n", {"1\n2"}, false);
  expect_data_in_each_split(":" + x(2 * sse_limit), {}, false);
}

TEST(SseLimits, ManyEventsInOnePieceMayTogetherExceedTheLimit) {
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += "data: " + x(30) + "\n\n";
  EXPECT_EQ(decode_limited({stream}), (SseOutcome{std::vector<std::string>(1000, x(30)), false}));
}

/// Feeds the piece again and again; no event must come of it.
void feed_many(SseDecoder& decoder, std::string_view piece) {
  for (int i = 0; i < 100; ++i) {
    decoder.feed(piece);
    ASSERT_FALSE(decoder.next());
  }
}

// The decoder keeps one piece, and its buffer doubles.
constexpr std::size_t piece_size = 100'000;
constexpr std::size_t memory_limit = 4 * piece_size;

TEST(SseLimits, AnEndlessCommentIsNotKept) {
  const std::string piece = x(piece_size);
  const test::MemoryPeak peak;
  SseDecoder decoder(sse_limit);
  decoder.feed("data: kept\n:");
  feed_many(decoder, piece);
  decoder.feed("\n\n");
  EXPECT_EQ(decoder.next()->data, "kept");
  EXPECT_LT(peak.bytes(), memory_limit);
}

TEST(SseLimits, EndlessCommentLinesInsideAnEventAreNotKept) {
  std::string piece;
  while (piece.size() < piece_size) piece += ": ping\n";
  const test::MemoryPeak peak;
  SseDecoder decoder(sse_limit);
  decoder.feed("event: e\ndata: kept\n");
  feed_many(decoder, piece);
  decoder.feed("\n");
  const auto event = decoder.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "e");
  EXPECT_EQ(event->data, "kept");
  EXPECT_LT(peak.bytes(), memory_limit);
}

TEST(SseLimits, AfterTooLargeNothingIsKept) {
  const std::string piece = x(piece_size);
  const test::MemoryPeak peak;
  SseDecoder decoder(sse_limit);
  feed_many(decoder, piece);
  EXPECT_TRUE(decoder.too_large());
  EXPECT_LT(peak.bytes(), memory_limit);
}

TEST(SseLimits, AfterTooLargeTheMemoryIsGivenBack) {
  const std::string piece = "data: 1\ndata:" + x(piece_size);
  const std::size_t before = test::memory_in_use();
  SseDecoder decoder(sse_limit);
  decoder.feed(piece);
  EXPECT_FALSE(decoder.next());
  EXPECT_TRUE(decoder.too_large());
  EXPECT_LT(test::memory_in_use(), before + piece_size / 2);
}

TEST(SseLimits, ManyEventsDoNotPileUp) {
  const std::string piece = "data: " + x(30) + "\n\nda";
  const std::string rest = "ta: " + x(30) + "\n\n";
  const test::MemoryPeak peak;
  SseDecoder decoder(sse_limit);
  for (int i = 0; i < 100'000; ++i) {
    decoder.feed(piece);
    ASSERT_TRUE(decoder.next());
    ASSERT_FALSE(decoder.next());
    decoder.feed(rest);
    ASSERT_TRUE(decoder.next());
    ASSERT_FALSE(decoder.next());
  }
  EXPECT_LT(peak.bytes(), 1000u);
}

TEST(SseLimits, AnEventAtTheLimitNeedsLittleMoreThanItself) {
  const std::size_t size = 1'000'000;
  const std::string line = "data:" + x(size - 5) + "\n\n";
  const test::MemoryPeak peak;
  SseDecoder decoder(size);
  for (int i = 0; i < 3; ++i) {
    for (const std::string_view piece : test::in_pieces_of(line, 4096)) decoder.feed(piece);
    EXPECT_EQ(decoder.next()->data.size(), size - 5);
  }
  EXPECT_LT(peak.bytes(), 4 * size);
}

// What would look again and again at the same bytes would not end in the time that a test has.

TEST(SseLimits, ALargeEventInSmallPiecesCostsNoMoreThanItsSize) {
  const std::size_t size = 8 << 20;
  const std::string event = "data: " + x(size) + "\n\n";
  for (const std::size_t piece : {7u, 4096u}) {
    SseDecoder decoder(size + 6);
    std::size_t seen = 0;
    for (const std::string_view bytes : test::in_pieces_of(event, piece)) {
      decoder.feed(bytes);
      if (const auto next = decoder.next()) seen = next->data.size();
    }
    EXPECT_EQ(seen, size);
  }
}

TEST(SseLimits, ManyLinesInOnePieceCostNoMoreThanTheirSize) {
  for (const std::string line_end : {"\n", "\r", "\r\n"}) {
    std::string stream;
    for (int i = 0; i < 1'000'000; ++i) stream += "data" + line_end;
    stream += line_end;
    SseDecoder decoder(10'000'000);
    decoder.feed(stream);
    EXPECT_EQ(decoder.next()->data.size(), 999'999u);
  }
}

TEST(SseLimits, ManyBlankLinesInOnePieceCostNoMoreThanTheirSize) {
  SseDecoder decoder(sse_limit);
  decoder.feed(std::string(8 << 20, '\r'));
  EXPECT_FALSE(decoder.next());
  decoder.feed("data: 1\n\n");
  EXPECT_EQ(decoder.next()->data, "1");
}

}  // namespace
}  // namespace antiphon
