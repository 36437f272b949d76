#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include "recorded_answer.hpp"

namespace antiphon::tests {
namespace {

class DecodeFixtures : public testing::TestWithParam<Fixture> {};

/// What was read in one piece, against what is read in others.
class Whole {
 public:
  explicit Whole(const RecordedAnswer& answer)
      : answer_(answer), whole_(read_answer(answer)), json_(whole_.as_json()) {}

  void expect_same_with(const std::vector<std::size_t>& cuts) const {
    const ReadAnswer pieces = read_answer(answer_, cuts);
    ASSERT_EQ(whole_.chunks, pieces.chunks) << cuts.size() << " cuts, the first at " << cuts.front();
    ASSERT_EQ(json_, pieces.as_json()) << cuts.size() << " cuts, the first at " << cuts.front();
  }

 private:
  const RecordedAnswer& answer_;
  ReadAnswer whole_;
  std::string json_;
};

/// What goes back to the provider beside a part, as one object.
std::string own_fields(const Part& part) {
  std::string fields;
  for (const OwnOptions& own : part.own_options()) {
    for (const auto& [name, value] : own.fields()) {
      fields += (fields.empty() ? "{\"" : ",\"") + name + "\":" + value.text();
    }
  }
  return fields.empty() ? fields : fields + "}";
}

void expect_parts(const Fixture& fixture, const Response& response) {
  std::vector<std::string> kinds;
  std::vector<std::string> unknown;
  std::vector<std::string> part_fields;
  std::vector<std::string> seals;
  std::vector<std::string> raws;
  std::vector<std::string> media_types;
  for (const Part& part : response.message().parts()) {
    kinds.emplace_back(to_string(part.kind()));
    seals.push_back(part.signature());
    raws.push_back(part.raw());
    media_types.push_back(part.media_type());
    if (part.kind() == PartKind::unknown) {
      unknown.push_back(part.raw());
    } else {
      part_fields.push_back(own_fields(part));
    }
  }
  if (fixture.has("parts")) {
    EXPECT_EQ(fixture.texts("parts"), kinds);
  }
  if (fixture.has("unknown")) {
    EXPECT_EQ(fixture.texts("unknown"), unknown);
  }
  if (fixture.has("part_fields")) {
    EXPECT_EQ(fixture.texts("part_fields"), part_fields);
  }
  if (fixture.has("seals")) {
    EXPECT_EQ(fixture.texts("seals"), seals);
  }
  if (fixture.has("raws")) {
    EXPECT_EQ(fixture.texts("raws"), raws);
  }
  if (fixture.has("media_types")) {
    EXPECT_EQ(fixture.texts("media_types"), media_types);
  }
  if (fixture.has("logprobs")) {
    EXPECT_EQ(fixture.text("logprobs"), response.logprobs().text());
  }
}

void expect_metadata(const Fixture& fixture, const Response& response) {
  if (!fixture.has("metadata")) return;
  for (const auto& [name, json] : fixture.fields.at("metadata").as_object()) {
    bool found = false;
    for (const auto& [key, value] : response.provider_metadata()) {
      if (key != name) continue;
      found = true;
      EXPECT_EQ(std::string(json.as_string()), value.text()) << key;
    }
    EXPECT_TRUE(found) << name;
  }
}

/// Ids that nobody sent are made up: any will do where none is expected, but not the same twice.
boost::json::value without_made_up_ids(boost::json::value actual, const boost::json::value& expected) {
  if (!expected.is_object() || !expected.get_object().contains("tool_calls")) return actual;
  const boost::json::array& want = expected.at("tool_calls").as_array();
  if (!actual.get_object().contains("tool_calls")) return actual;
  boost::json::array& got = actual.at("tool_calls").as_array();
  std::vector<std::string> made_up;
  for (std::size_t index = 0; index < want.size() && index < got.size(); ++index) {
    if (want[index].get_object().contains("id")) continue;
    made_up.emplace_back(got[index].at("id").as_string());
    got[index].as_object().erase("id");
  }
  for (const std::string& id : made_up) {
    EXPECT_EQ(id.substr(0, 5), "call_");
    EXPECT_EQ(std::count(made_up.begin(), made_up.end(), id), 1);
  }
  return actual;
}

TEST_P(DecodeFixtures, GiveChunksAndResult) {
  const Fixture& fixture = GetParam();
  const ReadAnswer read = read_answer(recorded(fixture));
  const boost::json::value& expected = fixture.fields.at("result");
  const boost::json::value actual = without_made_up_ids(parse_json(read.as_json()), expected);
  EXPECT_EQ(difference(expected, actual), std::nullopt) << read.as_json();
  if (fixture.has("chunks")) {
    boost::json::array chunks;
    for (const std::string& chunk : read.chunks) chunks.push_back(parse_json(chunk));
    EXPECT_EQ(difference(fixture.fields.at("chunks"), chunks), std::nullopt) << boost::json::serialize(chunks);
  }
  if (const Response* response = read.response()) {
    expect_parts(fixture, *response);
    expect_metadata(fixture, *response);
  } else {
    for (const char* field :
         {"parts", "unknown", "part_fields", "seals", "raws", "media_types", "logprobs", "metadata"}) {
      EXPECT_FALSE(fixture.has(field)) << field;
    }
  }
}

TEST_P(DecodeFixtures, AreTheSameInAnyPieces) {
  const RecordedAnswer answer = recorded(GetParam());
  const Whole whole(answer);
  for (std::size_t cut = 1; cut < answer.bytes.size(); ++cut) {
    whole.expect_same_with({cut});
    if (HasFatalFailure()) return;
  }
  std::vector<std::size_t> every(answer.bytes.size());
  std::iota(every.begin(), every.end(), 1);
  whole.expect_same_with(every);
}

TEST_P(DecodeFixtures, AreNoSuccessWhenCut) {
  const RecordedAnswer answer = recorded(GetParam());
  RecordedAnswer cut = answer;
  for (std::size_t size = 0; size < answer.bytes.size(); ++size) {
    cut.bytes = answer.bytes.substr(0, size);
    const bool may_be_complete = answer.complete_from && size >= *answer.complete_from;
    const ReadAnswer ended = read_answer(cut);
    ASSERT_TRUE(!ended.result || may_be_complete) << "ended after " << size << ": " << ended.as_json();
    const ReadAnswer lost = read_answer(cut, {}, Error(ErrorKind::connection, "reset"));
    ASSERT_TRUE(!lost.result || may_be_complete) << "lost after " << size << ": " << lost.as_json();
    const ReadAnswer cancelled = read_answer(cut, {}, Error(ErrorKind::cancelled, "cancelled"));
    ASSERT_TRUE(!cancelled.result || may_be_complete) << "cancelled after " << size;
    for (const ReadAnswer* read : {&ended, &lost, &cancelled}) {
      if (read->result) continue;
      ASSERT_NE(read->result.error().kind(), ErrorKind::internal) << size;
    }
  }
}

// Whoever reads a text may be the first to find out that it is none.
TEST_P(DecodeFixtures, SurviveABadEscapeInAnyText) {
  const RecordedAnswer answer = recorded(GetParam());
  RecordedAnswer bad = answer;
  for (std::size_t at = 1; at < answer.bytes.size(); ++at) {
    const bool begins =
        answer.bytes[at] == '"' && std::string_view(":[,{ ").find(answer.bytes[at - 1]) != std::string::npos;
    if (!begins) continue;
    bad.bytes = answer.bytes.substr(0, at + 1) + "\\o" + answer.bytes.substr(at + 1);
    const ReadAnswer read = read_answer(bad);
    if (!read.result) {
      ASSERT_NE(read.result.error().kind(), ErrorKind::internal) << at;
    }
  }
}

TEST_P(DecodeFixtures, ComeOutOfThePublicFunction) {
  const RecordedAnswer answer = recorded(GetParam());
  const ReadAnswer expected = read_answer(answer);
  for (const std::size_t split : {std::size_t{0}, std::size_t{1}, std::size_t{7}, answer.bytes.size()}) {
    std::vector<std::string> chunks;
    DecodeOptions options(answer.protocol);
    options.stream(answer.stream).status(answer.status).split(split);
    options.on_chunk([&](const Chunk& chunk) { chunks.push_back(to_json(chunk)); });
    for (const auto& [name, value] : answer.headers) options.header(name, value);
    const Result<Response> result = decode(answer.bytes, options);
    EXPECT_EQ(expected.as_json(), result ? to_json(*result) : to_json(result.error()));
    EXPECT_EQ(expected.chunks, chunks);
  }
}

TEST_P(DecodeFixtures, GiveTheSameWithoutAnyoneWatching) {
  const RecordedAnswer answer = recorded(GetParam());
  DecodeOptions options(answer.protocol);
  options.stream(answer.stream).status(answer.status);
  for (const auto& [name, value] : answer.headers) options.header(name, value);
  const Result<Response> result = decode(answer.bytes, options);
  EXPECT_EQ(read_answer(answer).as_json(), result ? to_json(*result) : to_json(result.error()));
}

INSTANTIATE_TEST_SUITE_P(All, DecodeFixtures, testing::ValuesIn(load_fixtures("result")), test_name);

}  // namespace
}  // namespace antiphon::tests
