#include "config/document.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

// What this parser asserts in `parse_key`, "[:x]" does not keep, and the next lines there refuse it: an assertion would end
// the program, and without assertions clang would take it for granted.
#define TOML_ASSERT(condition) static_assert(true)
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include "config/bounds.hpp"

namespace antiphon::inline v0::config {

namespace {

constexpr std::size_t most_entries = 1000;

using File = std::shared_ptr<const std::string>;

Place place_of(const toml::source_region& region, const File& file) {
  return Place{file, region.begin.line, region.begin.column};
}

Node convert(const toml::node& node, const File& file);

Node::Value convert_table(const toml::table& table, const File& file) {
  if (table.size() > most_entries) {
    refuse(place_of(table.source(), file), "config", "a table of more than 1000 keys");
  }
  Table entries;
  entries.reserve(table.size());
  for (const auto& [key, value] : table) {
    Entry entry{std::string(key.str()), place_of(key.source(), file), convert(value, file)};
    // A table is where it is named: its brackets may be many lines away from the key that is meant.
    if (entry.value.as<Table>()) entry.value.place = entry.place;
    entries.push_back(std::move(entry));
  }
  // They come sorted by name, but the order of a JSON Schema's properties matters to some models.
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  return entries;
}

Node::Value convert_value(const toml::node& node, const File& file) {
  switch (node.type()) {
    case toml::node_type::table:
      return convert_table(*node.as_table(), file);
    case toml::node_type::array: {
      Array elements;
      for (const toml::node& element : *node.as_array()) elements.push_back(convert(element, file));
      return elements;
    }
    case toml::node_type::string:
      return node.as_string()->get();
    case toml::node_type::integer:
      return node.as_integer()->get();
    case toml::node_type::floating_point:
      return node.as_floating_point()->get();
    case toml::node_type::boolean:
      return node.as_boolean()->get();
    default:
      return Time();
  }
}

Node convert(const toml::node& node, const File& file) {
  return Node{place_of(node.source(), file), convert_value(node, file)};
}

}  // namespace

Node read_document(std::string_view text, std::string name) {
  const File file = std::make_shared<const std::string>(std::move(name));
  check_bounds(text, file);
  try {
    const toml::table root = toml::parse(text);
    return convert(root, file);
  } catch (const toml::parse_error& error) {
    constexpr std::size_t longest = 200;
    refuse(place_of(error.source(), file), "config", std::string(error.description().substr(0, longest)));
  }
}

}  // namespace antiphon::inline v0::config
