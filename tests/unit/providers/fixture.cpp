#include "fixture.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <map>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <antiphon/error.hpp>

#include "json/reader.hpp"
#include "providers/codec.hpp"
#include "support/places.hpp"
#include "support/source_files.hpp"

namespace antiphon::tests {

namespace {

/// Keeps the bytes of what a provider is said to send: a JSON library would write them anew.
void keep_bytes(json::Value object, Fixture& fixture) {
  object.fields([&](std::string_view key, json::Value value) {
    if (key == "body" || key == "chat") fixture.body = value.raw().value();
    if (key == "frames") value.elements([&](json::Value frame) { fixture.frames.emplace_back(frame.raw().value()); });
    if (key != "events" && key != "lines") return;
    value.elements([&](json::Value event) {
      fixture.events.emplace_back(event.type() == json::Type::string ? *event.string() : event.raw().value());
    });
  });
}

/// A field that nobody looks at is a test that does not run.
void expect_known(const Fixture& fixture) {
  const std::string place = fixture.protocol + "/" + fixture.name();
  const bool embeds = fixture.protocol == "embeddings";
  if (embeds) {
    only_known(fixture.fields,
               {"name", "source", "target", "texts", "options", "named", "extra", "strict", "http", "warnings", "error",
                "body", "vectors", "model", "input_tokens"},
               place);
  } else if (fixture.has("target")) {
    only_known(fixture.fields,
               {"name", "source", "target", "chat", "options", "extra", "strict", "http", "warnings", "error"}, place);
  } else {
    only_known(fixture.fields,
               {"name",        "source",       "body",         "text",         "raw",    "events", "lines",
                "frames",      "finish_event", "finish_frame", "finish_after", "stream", "status", "headers",
                "result",      "chunks",       "parts",        "unknown",      "seals",  "raws",   "part_fields",
                "media_types", "logprobs",     "metadata",     "returns",      "results"},
               place);
  }
  const auto inside = [&](std::string_view field, std::initializer_list<std::string_view> known) {
    if (fixture.has(field)) only_known(fixture.fields.at(field).as_object(), known, place + "/" + std::string(field));
  };
  inside("target", {"provider", "protocol", "model", "base_url"});
  inside("error", {"kind", "where"});
  inside("http", {"method", "url", "headers", "body", "text", "contains"});
  if (embeds) inside("http", {"method", "url", "headers", "body"});
  if (embeds) inside("options", {"dimensions", "input_type", "truncate", "user", "encoding"});
}

}  // namespace

std::string Fixture::text(std::string_view field) const { return std::string(fields.at(field).as_string()); }

std::vector<std::string> Fixture::texts(std::string_view field) const {
  std::vector<std::string> list;
  if (!has(field)) return list;
  for (const boost::json::value& text : fields.at(field).as_array()) list.emplace_back(text.as_string());
  return list;
}

std::string test_name(const testing::TestParamInfo<Fixture>& info) {
  std::string name = info.param.protocol + "_" + info.param.name() + "_" + std::to_string(info.index);
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

void only_known(const boost::json::object& object, std::initializer_list<std::string_view> known,
                const std::string& place) {
  for (const auto& [key, value] : object) {
    if (std::find(known.begin(), known.end(), std::string_view(key)) == known.end()) {
      throw std::runtime_error(place + ": nobody looks at \"" + std::string(key) + "\"");
    }
  }
}

void expect_error(const Fixture& fixture, const std::function<void()>& run) {
  const boost::json::value& expected = fixture.fields.at("error");
  try {
    run();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(expected.at("kind").as_string()), to_string(error.kind())) << error.what();
    EXPECT_EQ(std::string(expected.at("where").as_string()), error.where()) << error.what();
    return;
  }
  FAIL() << "accepted";
}

void expect_warnings(const Fixture& fixture, const std::vector<Warning>& warnings) {
  std::vector<std::string> places;
  for (const Warning& warning : warnings) places.push_back(warning.where());
  EXPECT_EQ(fixture.texts("warnings"), places);
}

boost::json::value parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 1000;
  return boost::json::parse(text, {}, options);
}

namespace {

std::vector<Fixture> read_fixtures(const std::string& protocol) {
  std::vector<std::filesystem::path> files;
  const std::string folder = "tests/fixtures/" + protocol + "/";
  for (const auto& entry : std::filesystem::directory_iterator(test::source_path(folder))) {
    files.push_back(entry.path().filename());
  }
  std::sort(files.begin(), files.end());

  std::vector<Fixture> fixtures;
  for (const auto& path : files) {
    const std::string text = test::source_text(folder + path.string());
    const boost::json::value parsed = parse_json(text);
    only_known(parsed.as_object(), {"source", "cases"}, folder + path.string());
    const std::size_t before = fixtures.size();
    for (const boost::json::value& fields : parsed.at("cases").as_array()) {
      fixtures.push_back(Fixture{protocol, path.stem().string(), fields.as_object(), {}, {}, {}});
      expect_known(fixtures.back());
    }
    json::Reader reader;
    reader.read_copy(text, [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        std::size_t index = before;
        if (key == "cases") value.elements([&](json::Value object) { keep_bytes(object, fixtures[index++]); });
      });
    });
    if (reader.failed()) throw std::runtime_error(folder + path.string() + ": " + reader.error());
  }
  return fixtures;
}

/// Read once: tests ask for several fields of the same folders.
const std::vector<Fixture>& fixtures_of(const std::string& protocol) {
  static std::map<std::string, std::vector<Fixture>> folders;
  const auto found = folders.find(protocol);
  return found != folders.end() ? found->second : folders.emplace(protocol, read_fixtures(protocol)).first->second;
}

}  // namespace

std::vector<Fixture> load_fixtures(const std::string& protocol, std::string_view field) {
  const std::vector<Fixture>& all = fixtures_of(protocol);
  std::vector<Fixture> fixtures;
  std::copy_if(all.begin(), all.end(), std::back_inserter(fixtures),
               [&](const Fixture& fixture) { return fixture.has(field); });
  return fixtures;
}

std::vector<Fixture> load_fixtures(std::string_view field) {
  std::vector<Fixture> fixtures;
  for (const std::string& protocol : codec::codec_names()) {
    for (Fixture& fixture : load_fixtures(protocol, field)) fixtures.push_back(std::move(fixture));
  }
  return fixtures;
}

std::optional<std::string> difference(const boost::json::value& expected, const boost::json::value& actual,
                                      const std::string& place) {
  const auto differs = [&] {
    return place + ": expected " + boost::json::serialize(expected) + ", got " + boost::json::serialize(actual);
  };
  if (expected.is_object() && actual.is_object()) {
    const boost::json::object& want = expected.get_object();
    const boost::json::object& got = actual.get_object();
    for (const auto& [key, value] : want) {
      if (!got.contains(key)) return place + "/" + std::string(key) + ": is missing";
      if (auto inside = difference(value, got.at(key), place + "/" + std::string(key))) return inside;
    }
    for (const auto& [key, value] : got) {
      if (!want.contains(key) && key != "message") {
        return place + "/" + std::string(key) + ": unexpected " + boost::json::serialize(value);
      }
    }
    return std::nullopt;
  }
  if (expected.is_array() && actual.is_array()) {
    const boost::json::array& want = expected.get_array();
    const boost::json::array& got = actual.get_array();
    if (want.size() != got.size()) return differs();
    for (std::size_t index = 0; index < want.size(); ++index) {
      if (auto inside = difference(want[index], got[index], place + "/" + std::to_string(index))) return inside;
    }
    return std::nullopt;
  }
  if (expected.is_number() && actual.is_number()) {
    if (expected.to_number<double>() == actual.to_number<double>()) return std::nullopt;
    return differs();
  }
  if (expected == actual) return std::nullopt;
  return differs();
}

}  // namespace antiphon::tests
