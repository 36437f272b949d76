#include "config/merge.hpp"

#include <algorithm>
#include <utility>

#include "config/chain_section.hpp"
#include "core/ascii.hpp"

namespace antiphon::inline v0::config {

namespace {

using Merge = Node (*)(const std::string& key, Node base, const Node& over);

template <class Same>
Entry* find(Table& table, const std::string& key, Same same) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return same(entry.key, key); });
  return found == table.end() ? nullptr : &*found;
}

/// `merge` decides for keys that both have.
template <class Same>
Node merge_tables(Node base, const Node& over, Merge merge, Same same) {
  Table& entries = std::get<Table>(base.value);
  for (const Entry& entry : *over.as<Table>()) {
    if (Entry* known = find(entries, entry.key, same)) {
      *known = Entry{entry.key, entry.place, merge(entry.key, std::move(known->value), entry.value)};
    } else {
      entries.push_back(entry);
    }
  }
  base.place = over.place;
  return base;
}

bool equal(const std::string& a, const std::string& b) { return a == b; }

Node take_over(const std::string&, Node, const Node& over) { return over; }

Node merge_family(const std::string&, Node base, const Node& over) {
  if (!base.as<Table>() || !over.as<Table>()) return over;
  return merge_tables(std::move(base), over, take_over, equal);
}

Node merge_entry(const std::string& key, Node base, const Node& over) {
  if (!base.as<Table>() || !over.as<Table>()) return over;
  if (key == "response_format" || key == "extra") return over;
  // What a text or a table with `env` says is one value.
  if (key == "proxy" || key == "tool_choice" || key == "credentials") return over;
  if (key == "own" || key == "query" || key == "patches") {
    return merge_tables(std::move(base), over, take_over, equal);
  }
  if (key == "with") return merge_tables(std::move(base), over, merge_family, equal);
  if (key == "headers") return merge_tables(std::move(base), over, take_over, ascii::equal_ignoring_case);
  return merge_tables(std::move(base), over, merge_entry, equal);
}

const std::string* provider_of(const Node& model) {
  const Entry* entry = model.find("provider");
  return entry ? entry->value.as<std::string>() : nullptr;
}

Node merge_model(const std::string& key, Node base, const Node& over) {
  const std::string* before = provider_of(base);
  const std::string* now = provider_of(over);
  if (before && now && *before != *now) return over;
  if (is_chain(base) != is_chain(over) && (is_chain(over) || now)) return over;
  return merge_entry(key, std::move(base), over);
}

Node merge_section(const std::string& key, Node base, const Node& over) {
  if (key != "models" || !base.as<Table>() || !over.as<Table>()) return merge_entry(key, std::move(base), over);
  return merge_tables(std::move(base), over, merge_model, equal);
}

}  // namespace

Node merged(Node base, const Node& over) { return merge_entry({}, std::move(base), over); }

Node merged_files(Node base, const Node& over) { return merge_tables(std::move(base), over, merge_section, equal); }

void write_out_models(Node& root) {
  Table* sections = std::get_if<Table>(&root.value);
  if (!sections) return;
  Entry* models = find(*sections, "models", equal);
  if (!models || !models->value.as<Table>()) return;
  for (Entry& entry : std::get<Table>(models->value.value)) {
    const std::string* text = entry.value.as<std::string>();
    const std::size_t slash = text ? text->find('/') : std::string::npos;
    if (slash == std::string::npos) continue;
    const Place& place = entry.value.place;
    Table written{Entry{"provider", place, Node{place, text->substr(0, slash)}},
                  Entry{"model", place, Node{place, text->substr(slash + 1)}}};
    entry.value.value = std::move(written);
  }
}

}  // namespace antiphon::inline v0::config
