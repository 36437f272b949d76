#include "fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "json/reader.hpp"

namespace antiphon::tests {

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return std::string(std::istreambuf_iterator<char>(file), {});
}

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

}  // namespace

std::string Fixture::text(std::string_view field) const { return std::string(fields.at(field).as_string()); }

boost::json::value parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 1000;
  return boost::json::parse(text, {}, options);
}

std::vector<Fixture> load_fixtures(const std::string& protocol, std::string_view field) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path(ANTIPHON_SOURCE_DIR) / "tests" / "fixtures" / protocol;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());

  std::vector<Fixture> fixtures;
  for (const auto& path : files) {
    const std::string text = read_file(path);
    const boost::json::value parsed = parse_json(text);
    std::vector<Fixture> in_file;
    for (const boost::json::value& fields : parsed.at("cases").as_array()) {
      in_file.push_back(Fixture{protocol, path.stem().string(), fields.as_object(), {}, {}, {}});
    }
    json::Reader reader;
    reader.read_copy(text, [&](json::Value root) {
      root.fields([&](std::string_view key, json::Value value) {
        std::size_t index = 0;
        if (key == "cases") value.elements([&](json::Value object) { keep_bytes(object, in_file[index++]); });
      });
    });
    if (reader.failed()) throw std::runtime_error(path.string() + ": " + reader.error());
    std::copy_if(in_file.begin(), in_file.end(), std::back_inserter(fixtures),
                 [&](const Fixture& fixture) { return fixture.has(field); });
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
