// Frames of AWS (providers.md 6.16): each vector in each way to cut it into pieces, and everything that can be wrong.

#include "wire/aws_event_stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "json/reader.hpp"
#include "providers/base64.hpp"
#include "support/source_files.hpp"
#include "unit/wire/aws_frames.hpp"
#include "unit/wire/memory.hpp"
#include "unit/wire/pieces.hpp"

namespace antiphon {
namespace {

using test::frame;
using test::frame_header;
using test::frame_prelude;
using test::in_big_endian;
using test::Pieces;
using test::text_header;
using wire::AwsEventStreamDecoder;
using wire::AwsFrame;
using wire::AwsHeader;
using wire::AwsHeaderType;

constexpr std::size_t limit = 1 << 20;

/// A header's value as the fixture writes it.
std::string in_json(const AwsHeader& header) {
  switch (header.type) {
    case AwsHeaderType::true_value:
      return "true";
    case AwsHeaderType::false_value:
      return "false";
    case AwsHeaderType::string:
      return "\"" + std::string(*header.text()) + "\"";
    case AwsHeaderType::bytes:
    case AwsHeaderType::uuid:
      return "\"" + base64::encode(header.value) + "\"";
    default:
      return std::to_string(*header.number());
  }
}

struct Taken {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string payload;

  friend bool operator==(const Taken&, const Taken&) = default;
};

Taken take_frame(const AwsFrame& frame) {
  test::touch_padding(frame.payload);
  Taken taken;
  auto headers = frame.headers.read();
  while (const auto header = headers.next()) taken.headers.emplace_back(header->name, in_json(*header));
  taken.payload = frame.payload;
  return taken;
}

/// The frames that came, and what the decoder says in the end: `kind at where`, or nothing.
struct FrameOutcome {
  std::vector<Taken> frames;
  std::string error;

  friend bool operator==(const FrameOutcome&, const FrameOutcome&) = default;
};

void PrintTo(const FrameOutcome& outcome, std::ostream* out) {
  for (const Taken& one : outcome.frames) *out << "[" << one.headers.size() << " headers, " << one.payload << "] ";
  *out << outcome.error;
}

std::string in_short(const std::optional<Error>& error) {
  return error ? std::string(to_string(error->kind())) + " at " + error->where() : std::string();
}

FrameOutcome decode_frames(const Pieces& pieces, std::size_t max_frame_bytes = limit) {
  AwsEventStreamDecoder decoder(max_frame_bytes);
  FrameOutcome outcome;
  outcome.frames = test::decode(decoder, pieces, take_frame);
  outcome.error = in_short(decoder.error());
  return outcome;
}

void expect_frames_in_each_split(std::string_view bytes, const FrameOutcome& expected,
                                 std::size_t max_frame_bytes = limit) {
  test::for_each_split(bytes, [&](const Pieces& pieces) {
    ASSERT_EQ(decode_frames(pieces, max_frame_bytes), expected) << pieces.size() << " pieces";
  });
}

Taken payload_only(std::string payload) { return Taken{{}, std::move(payload)}; }

struct Vector {
  std::string name;
  std::string bytes;
  Taken frame;
  std::string expect;  ///< empty for a good one
};

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  }
  return bytes;
}

Vector read_vector(json::Value value) {
  Vector read;
  value.fields([&](std::string_view key, json::Value member) {
    if (key == "name") read.name = member.string().value_or("");
    if (key == "hex") read.bytes = from_hex(member.string().value_or(""));
    if (key == "payload") read.frame.payload = member.string().value_or("");
    if (key == "expect") read.expect = member.string().value_or("");
    if (key != "headers") return;
    member.fields([&](std::string_view name, json::Value header) {
      read.frame.headers.emplace_back(name, header.raw().value_or(""));
    });
  });
  return read;
}

std::vector<Vector> read_vectors() {
  const std::string text = test::source_text("tests/fixtures/aws-event-stream.json");
  std::vector<Vector> vectors;
  json::Reader reader;
  const bool ok = reader.read_copy(text, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "frames") value.elements([&](json::Value element) { vectors.push_back(read_vector(element)); });
    });
  });
  EXPECT_TRUE(ok) << reader.error();
  return vectors;
}

TEST(AwsEventStream, EachVectorInEachSplit) {
  const std::vector<Vector> vectors = read_vectors();
  ASSERT_EQ(vectors.size(), 13u);
  for (const Vector& one : vectors) {
    SCOPED_TRACE(one.name);
    FrameOutcome expected;
    if (one.expect.empty()) {
      expected.frames.push_back(one.frame);
    } else {
      const bool prelude = one.expect == "prelude CRC mismatch";
      expected.error = std::string("protocol at frames/0/") + (prelude ? "prelude" : "checksum");
    }
    expect_frames_in_each_split(one.bytes, expected);
  }
}

TEST(AwsEventStream, AllVectorsInOneStream) {
  std::string stream;
  FrameOutcome expected;
  for (const Vector& one : read_vectors()) {
    if (!one.expect.empty()) continue;
    stream += one.bytes;
    expected.frames.push_back(one.frame);
  }
  expect_frames_in_each_split(stream, expected);
}

TEST(AwsEventStream, HeadersByName) {
  AwsEventStreamDecoder decoder(limit);
  decoder.feed(frame(text_header(":event-type", "chunk") + frame_header("n", 5, in_big_endian(42, 8)) +
                         text_header(":event-type", "second"),
                     "{}"));
  const auto found = decoder.next();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->headers.text(":event-type"), "chunk");
  EXPECT_EQ(found->headers.text("n"), "") << "it is no string";
  EXPECT_EQ(found->headers.text(":Event-Type"), "");
  EXPECT_EQ(found->headers.find("n")->number(), 42);
  EXPECT_FALSE(found->headers.find("n")->text());
  EXPECT_FALSE(found->headers.find(":event-type")->number());
  EXPECT_FALSE(found->headers.find("none"));
}

TEST(AwsEventStream, EachFrameSaysWhatItIs) {
  const std::string event = text_header(":event-type", "metadata") + text_header(":message-type", "event");
  const std::string failure = text_header(":message-type", "exception") + frame_header(":event-type", 0, "");
  AwsEventStreamDecoder decoder(limit);
  decoder.feed(frame(event, "1") + frame(event, "2") + frame(failure, "3") + frame("", "4") + frame(event, "5"));
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"event", "metadata"}, {"event", "metadata"}, {"exception", ""}, {"", ""}, {"event", "metadata"}};
  for (const auto& [message, type] : expected) {
    const auto found = decoder.next();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->message_type, message);
    EXPECT_EQ(found->event_type, type);
    EXPECT_EQ(found->headers.text(":event-type"), type);
  }
}

TEST(AwsEventStream, AFrameComesAsSoonAsItIsComplete) {
  const std::string bytes = frame("", "one") + frame("", "two");
  AwsEventStreamDecoder decoder(limit);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    decoder.feed(std::string_view(bytes).substr(i, 1));
    const auto found = decoder.next();
    const bool complete = i + 1 == bytes.size() / 2 || i + 1 == bytes.size();
    ASSERT_EQ(found.has_value(), complete) << i;
  }
}

TEST(AwsEventStream, AnEmptyStreamIsNoError) {
  expect_frames_in_each_split("", {});
  expect_frames_in_each_split(frame("", ""), {{payload_only("")}, ""});
}

TEST(AwsEventStream, CutAnywhereIsTruncated) {
  const std::string first = frame("", "first");
  const std::string second = frame(text_header("a", "b"), "second");
  for (std::size_t size = 1; size < second.size(); ++size) {
    expect_frames_in_each_split(first + second.substr(0, size), {{payload_only("first")}, "truncated at frames/1"});
  }
}

TEST(AwsEventStream, EachBitThatIsWrongIsNoticed) {
  const std::string good = frame(text_header("a", "b"), "payload");
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const FrameOutcome outcome = decode_frames({bytes});
    EXPECT_TRUE(outcome.frames.empty()) << bit;
    EXPECT_EQ(outcome.error, bit < 96 ? "protocol at frames/0/prelude" : "protocol at frames/0/checksum") << bit;
  }
}

TEST(AwsEventStream, NothingComesBehindAnError) {
  std::string broken = frame("", "broken");
  broken.back() ^= 1;
  expect_frames_in_each_split(frame("", "good") + broken + frame("", "lost"),
                              {{payload_only("good")}, "protocol at frames/1/checksum"});
}

TEST(AwsEventStream, LengthsThatCannotBe) {
  for (const auto& [total, headers] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
           {0, 0}, {15, 0}, {16, 1}, {16, 0xffffffff}, {20, 5}, {100, 85}, {0xffffffff, 0xffffffff}}) {
    expect_frames_in_each_split(frame_prelude(total, headers) + std::string(40, 'x'),
                                {{}, "protocol at frames/0/prelude"}, 0xffffffff);
  }
}

TEST(AwsEventStream, FramesBeyondTheLimitAreTooLarge) {
  const std::string at_limit = frame("", std::string(84, 'x'));
  ASSERT_EQ(at_limit.size(), 100u);
  expect_frames_in_each_split(at_limit, {{payload_only(std::string(84, 'x'))}, ""}, 100);
  expect_frames_in_each_split(at_limit, {{}, "response_too_large at frames/0"}, 99);
  // Refused by its length alone, before the rest comes.
  expect_frames_in_each_split(frame_prelude(0xffffffff, 0), {{}, "response_too_large at frames/0"}, limit);
  expect_frames_in_each_split(frame_prelude(0x7fffffff, 128 << 10), {{}, "response_too_large at frames/0"}, limit);
}

TEST(AwsEventStream, HeadersBeyondTheProtocolsLimit) {
  const std::string block_at_limit = frame_header("a", 6, in_big_endian(0xffff, 2) + std::string(0xffff, 'x')) +
                                     frame_header("b", 6, in_big_endian(0xfff7, 2) + std::string(0xfff7, 'x'));
  ASSERT_EQ(block_at_limit.size(), AwsEventStreamDecoder::most_header_bytes);
  const FrameOutcome outcome = decode_frames({frame(block_at_limit, "{}")});
  ASSERT_EQ(outcome.frames.size(), 1u);
  EXPECT_EQ(outcome.frames[0].headers.size(), 2u);
  expect_frames_in_each_split(frame_prelude(200'000, (128 << 10) + 1), {{}, "protocol at frames/0/headers"});
}

TEST(AwsEventStream, HeadersThatAreNone) {
  const std::string good = text_header("a", "b");
  const std::pair<std::string, const char*> cases[] = {
      {in_big_endian(0, 1), "it has no name"},
      {in_big_endian(5, 1) + "abcd", "its name goes beyond the headers"},
      {in_big_endian(1, 1) + "a", "it ends behind its name"},
      {frame_header("a", 10, ""), "its type is none of those there are"},
      {frame_header("a", 255, std::string(20, 'x')), "its type is none of those there are"},
      {frame_header("a", 2, ""), "its value goes beyond the headers"},
      {frame_header("a", 3, "x"), "its value goes beyond the headers"},
      {frame_header("a", 4, "xxx"), "its value goes beyond the headers"},
      {frame_header("a", 5, "xxxxxxx"), "its value goes beyond the headers"},
      {frame_header("a", 8, "xxxxxxx"), "its value goes beyond the headers"},
      {frame_header("a", 9, std::string(15, 'x')), "its value goes beyond the headers"},
      {frame_header("a", 6, "x"), "its value goes beyond the headers"},
      {frame_header("a", 7, in_big_endian(3, 2) + "xx"), "its value goes beyond the headers"},
      {frame_header("a", 7, in_big_endian(0xffff, 2)), "its value goes beyond the headers"},
  };
  for (const auto& [bad, what] : cases) {
    SCOPED_TRACE(what);
    expect_frames_in_each_split(frame(bad, "{}"), {{}, "protocol at frames/0/headers/0"});
    expect_frames_in_each_split(frame("", "1") + frame(good + good + bad, "{}"),
                                {{payload_only("1")}, "protocol at frames/1/headers/2"});
    AwsEventStreamDecoder decoder(limit);
    decoder.feed(frame(bad, ""));
    EXPECT_FALSE(decoder.next());
    EXPECT_EQ(decoder.error()->message(), std::string(what) + " (the frame begins at byte 0)");
  }
}

TEST(AwsEventStream, ErrorsNameThePlace) {
  AwsEventStreamDecoder decoder(limit);
  decoder.feed(frame("", "0123") + frame_prelude(21, 9));
  EXPECT_TRUE(decoder.next());
  EXPECT_FALSE(decoder.next());
  EXPECT_STREQ(decoder.error()->what(),
               "protocol at frames/1/prelude: headers of 9 bytes do not fit a frame of 21 "
               "(the frame begins at byte 20)");
  AwsEventStreamDecoder cut(limit);
  cut.feed(frame("", "0123").substr(0, 15));
  cut.end();
  EXPECT_FALSE(cut.next());
  EXPECT_EQ(cut.error()->message(),
            "the stream ends behind 15 of the 20 bytes of a frame (the frame begins at byte 0)");
}

TEST(AwsEventStream, WhatIsFedBehindTheEndIsNothing) {
  AwsEventStreamDecoder decoder(limit);
  decoder.end();
  decoder.feed(frame("", "1"));
  EXPECT_FALSE(decoder.next());
  EXPECT_FALSE(decoder.error());
}

// Memory follows what came, not what a length promises.

TEST(AwsEventStreamLimits, AHugeLengthTakesNoMemory) {
  const std::string prelude = frame_prelude(0xfffffff0, 0);
  const test::MemoryPeak peak;
  AwsEventStreamDecoder decoder(0xffffffff);
  decoder.feed(prelude);
  EXPECT_FALSE(decoder.next());
  EXPECT_FALSE(decoder.error());
  EXPECT_LT(peak.bytes(), 1000u);
}

TEST(AwsEventStreamLimits, AfterAnErrorNothingIsKept) {
  const std::string piece(100'000, 'x');
  const test::MemoryPeak peak;
  AwsEventStreamDecoder decoder(limit);
  for (int i = 0; i < 100; ++i) {
    decoder.feed(piece);
    ASSERT_FALSE(decoder.next());
  }
  EXPECT_EQ(in_short(decoder.error()), "protocol at frames/0/prelude");
  EXPECT_LT(peak.bytes(), 4 * piece.size());
}

TEST(AwsEventStreamLimits, ManyFramesDoNotPileUp) {
  const std::string bytes = frame(text_header(":event-type", "contentBlockDelta"), "{\"delta\":{\"text\":\"x\"}}");
  const std::string_view begin = std::string_view(bytes).substr(0, 50);
  const std::string_view rest = std::string_view(bytes).substr(50);
  const test::MemoryPeak peak;
  AwsEventStreamDecoder decoder(limit);
  for (int i = 0; i < 100'000; ++i) {
    decoder.feed(begin);
    ASSERT_FALSE(decoder.next());
    decoder.feed(rest);
    ASSERT_TRUE(decoder.next());
    ASSERT_FALSE(decoder.next());
  }
  EXPECT_LT(peak.bytes(), 1000u);
}

TEST(AwsEventStreamLimits, AFrameAtTheLimitNeedsLittleMoreThanItself) {
  const std::size_t size = 1'000'000;
  const std::string bytes = frame("", std::string(size - 16, 'x'));
  const test::MemoryPeak peak;
  AwsEventStreamDecoder decoder(size);
  std::size_t seen = 0;
  for (int i = 0; i < 3; ++i) {
    for (const std::string_view piece : test::in_pieces_of(bytes, 4096)) {
      decoder.feed(piece);
      if (const auto found = decoder.next()) seen += found->payload.size();
    }
  }
  EXPECT_EQ(seen, 3 * (size - 16));
  EXPECT_LT(peak.bytes(), 4 * size);
}

// What would look again and again at the same bytes would not end in the time that a test has.
TEST(AwsEventStreamLimits, ALargeFrameInSmallPiecesCostsNoMoreThanItsSize) {
  const std::size_t size = 8 << 20;
  const std::string bytes = frame("", std::string(size, 'x'));
  for (const std::size_t piece : {7u, 4096u}) {
    AwsEventStreamDecoder decoder(2 * size);
    std::size_t seen = 0;
    for (const std::string_view part : test::in_pieces_of(bytes, piece)) {
      decoder.feed(part);
      if (const auto found = decoder.next()) seen = found->payload.size();
    }
    EXPECT_EQ(seen, size);
  }
}

}  // namespace
}  // namespace antiphon
