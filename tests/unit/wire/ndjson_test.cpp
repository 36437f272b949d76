#include "wire/ndjson.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/wire/memory.hpp"
#include "unit/wire/pieces.hpp"

namespace antiphon {
namespace {

using test::Pieces;
using wire::NdjsonDecoder;

std::string take_line(std::string_view line) {
  test::touch_padding(line);
  return std::string(line);
}

void expect_lines_in_each_split(std::string_view text, const std::vector<std::string>& lines, bool too_large = false,
                                std::size_t limit = 1000) {
  test::for_each_split(text, [&](const Pieces& pieces) {
    NdjsonDecoder decoder(limit);
    ASSERT_EQ(test::decode(decoder, pieces, take_line), lines) << text << " in " << pieces.size();
    ASSERT_EQ(decoder.too_large(), too_large) << text << " in " << pieces.size();
  });
}

TEST(Ndjson, Lines) {
  expect_lines_in_each_split("", {});
  expect_lines_in_each_split("{\"a\":1}\n{\"b\":2}\n", {"{\"a\":1}", "{\"b\":2}"});
  expect_lines_in_each_split("{\"a\":1}\n{\"b\":2}", {"{\"a\":1}", "{\"b\":2}"});
  expect_lines_in_each_split("{\"a\":1}\r\n{\"b\":2}\r\n", {"{\"a\":1}", "{\"b\":2}"});
  expect_lines_in_each_split("{\"t\":\"日本 😀\"}\n", {"{\"t\":\"日本 😀\"}"});
}

TEST(Ndjson, BlankLinesAreSkipped) {
  expect_lines_in_each_split("\n\r\n \t \n\n{}\n\n\n[]\n \n", {"{}", "[]"});
  expect_lines_in_each_split("{}\n  \r", {"{}"});
}

TEST(Ndjson, ACarriageReturnInsideALineStays) {
  expect_lines_in_each_split("{\r}\r\r\n", {"{\r}\r"});
  expect_lines_in_each_split("{}\r", {"{}"});
}

TEST(Ndjson, LinesBeyondTheLimitAreTooLarge) {
  const std::string at_limit(10, 'x');
  expect_lines_in_each_split(at_limit + "\n" + at_limit, {at_limit, at_limit}, false, 10);
  expect_lines_in_each_split("1\n" + at_limit + "x\n2\n", {"1"}, true, 10);
  expect_lines_in_each_split("1\n" + at_limit + "x", {"1"}, true, 10);
  expect_lines_in_each_split("1\n" + std::string(11, ' ') + "\n", {"1"}, true, 10);
}

TEST(Ndjson, ALineComesAsSoonAsItIsComplete) {
  NdjsonDecoder decoder(1000);
  decoder.feed("{}\n[");
  EXPECT_EQ(decoder.next(), "{}");
  EXPECT_FALSE(decoder.next());
  decoder.feed("]\n");
  EXPECT_EQ(decoder.next(), "[]");
}

TEST(Ndjson, NothingComesBehindTheEnd) {
  NdjsonDecoder decoder(1000);
  decoder.end();
  decoder.feed("{}\n");
  EXPECT_FALSE(decoder.next());
}

TEST(Ndjson, AfterTooLargeNothingIsKept) {
  const std::string piece(100'000, 'x');
  const test::MemoryPeak peak;
  NdjsonDecoder decoder(10);
  for (int i = 0; i < 100; ++i) {
    decoder.feed(piece);
    ASSERT_FALSE(decoder.next());
    ASSERT_TRUE(decoder.too_large());
  }
  EXPECT_LT(peak.bytes(), 4 * piece.size());
}

TEST(Ndjson, ALargeLineInSmallPiecesCostsNoMoreThanItsSize) {
  const std::string line = std::string(8 << 20, 'x') + "\n";
  for (const std::size_t piece : {7u, 4096u}) {
    NdjsonDecoder decoder(line.size());
    std::size_t seen = 0;
    for (const std::string_view bytes : test::in_pieces_of(line, piece)) {
      decoder.feed(bytes);
      if (const auto next = decoder.next()) seen = next->size();
    }
    EXPECT_EQ(seen, line.size() - 1);
  }
}

TEST(Ndjson, ManyLinesInOnePieceCostNoMoreThanTheirSize) {
  std::string stream;
  for (int i = 0; i < 1'000'000; ++i) stream += "{}\n";
  NdjsonDecoder decoder(10);
  decoder.feed(stream);
  int lines = 0;
  while (decoder.next()) ++lines;
  EXPECT_EQ(lines, 1'000'000);
}

}  // namespace
}  // namespace antiphon
