// docs/configuration.md is true: its examples are accepted, and it lists every key, each with an example that works.

#include <algorithm>
#include <set>

#include "config/chain_section.hpp"
#include "config/contents.hpp"
#include "config/credentials_section.hpp"
#include "config/model_section.hpp"
#include "config/option_section.hpp"
#include "config/settings.hpp"
#include "config/tool_loop_section.hpp"
#include "support.hpp"
#include "support/markdown.hpp"
#include "support/source_files.hpp"

namespace antiphon::config_test {
namespace {

std::vector<std::string> toml_blocks(const std::string& name) {
  std::vector<std::string> blocks;
  bool inside = false;
  for (const std::string& line : test::source_lines(name)) {
    if (line == "```toml") {
      inside = true;
      blocks.emplace_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

struct Row {
  std::string key;
  std::string example;
};

/// The rows of each table, by the name in the comment before it.
std::map<std::string, std::vector<Row>> tables() {
  std::map<std::string, std::vector<Row>> all;
  for (const test::MarkdownTable& table : test::markdown_tables("docs/configuration.md")) {
    if (!table.mark.starts_with("<!-- keys")) continue;
    const std::size_t colon = table.mark.find(": ");
    const std::string name =
        colon == table.mark.npos ? "file" : table.mark.substr(colon + 2, table.mark.find(" -->") - colon - 2);
    for (const std::vector<std::string>& cells : table.rows) {
      if (cells.at(0).starts_with('`')) all[name].push_back(Row{test::code_in(cells[0]), test::code_in(cells.at(3))});
    }
  }
  return all;
}

/// Those of paths that begin with `prefix` and have no table in them.
std::set<std::string> keys_in(const std::vector<std::string>& paths, const std::string& prefix = {}) {
  std::set<std::string> keys;
  for (const std::string& path : paths) {
    if (!path.starts_with(prefix)) continue;
    const std::string rest = path.substr(prefix.size());
    if (rest.find('.') == rest.npos) keys.insert(rest);
  }
  return keys;
}

/// A whole file with this key in the table of that name.
std::string file_with(const std::string& table, const Row& row) {
  const std::string setting = row.key + " = " + row.example;
  const std::string model = "[models.fast]\nprovider = \"openai\"\nmodel = \"x\"\n";
  const std::string chain = "[models.c]\nfallback = [\"ollama/a\", \"ollama/b\"]\n";
  const auto in_link = [&](const std::string& text) {
    return "[models.c]\nfallback = [{ model = \"ollama/a\", " + text + " }]";
  };
  if (table == "file") return row.key == "models" ? setting : setting + "\n" + model;
  if (table == "defaults") return "[defaults]\n" + setting;
  if (table == "tool") {
    if (row.key == "provider") return model + "[[models.fast.options.tools]]\ndefinition = {}\n" + setting;
    if (row.key == "definition") return model + "[[models.fast.options.tools]]\nprovider = \"openai\"\n" + setting;
    const std::string name = row.key == "name" ? "" : "name = \"t\"\n";
    return model + "[[models.fast.options.tools]]\n" + name + setting;
  }
  if (table == "fetch_urls") return model + "[models.fast.options.fetch_urls]\n" + setting;
  if (table == "tool_loop") return model + "[models.fast.options.tool_loop]\n" + setting;
  if (table == "chain") return row.key == "fallback" ? "[models.c]\n" + setting : chain + setting;
  if (table == "link") {
    return row.key == "model" ? "[models.c]\nfallback = [{ " + setting + " }]" : in_link(setting);
  }
  if (table == "price") {
    return in_link("price = { " + setting + (row.key == "input" ? ", output" : ", input") + " = 1 }");
  }
  if (table == "circuit_breaker" || table == "hedge") return chain + "[models.c." + table + "]\n" + setting;
  if (table == "aws" || table == "google" || table == "azure") {
    return model + "[models.fast.credentials." + table + "]\n" + setting;
  }
  if (table != "model") return model + "[models.fast." + table + "]\n" + setting;
  if (row.key == "provider") return "[models.fast]\nmodel = \"x\"\n" + setting;
  if (row.key == "model") return "[models.fast]\nprovider = \"openai\"\n" + setting;
  return model + setting;
}

TEST(Documentation, ItsExamplesAreAccepted) {
  const std::vector<std::string> blocks = toml_blocks("docs/configuration.md");
  ASSERT_FALSE(blocks.empty());
  for (const std::string& block : blocks) EXPECT_NO_THROW(Config::parse(block)) << block;
  EXPECT_EQ(Config::parse(blocks.front()).models("reliable").size(), 3U);
  const std::vector<std::string> of_readme = toml_blocks("README.md");
  ASSERT_FALSE(of_readme.empty());
  for (const std::string& block : of_readme) EXPECT_NO_THROW(Config::parse(block)) << block;
  EXPECT_EQ(Config::parse(of_readme.front()).models("reliable").size(), 2U);
}

TEST(Documentation, ListsEveryKeyAndNoOther) {
  const std::map<std::string, std::set<std::string>> known = {
      {"file", keys_in(config::section_names())},
      {"model", keys_in(config::model_paths())},
      {"defaults", keys_in(config::default_paths())},
      {"credentials", keys_in(config::credential_paths())},
      {"aws", keys_in(config::credential_paths(), "aws.")},
      {"google", keys_in(config::credential_paths(), "google.")},
      {"azure", keys_in(config::credential_paths(), "azure.")},
      {"retry", keys_in(config::retry_paths())},
      {"limits", keys_in(config::limit_paths())},
      {"timeouts", keys_in(config::timeout_paths())},
      {"tls", keys_in(config::tls_paths())},
      {"options", keys_in(config::option_paths())},
      {"fetch_urls", keys_in(config::fetch_paths())},
      {"tool", keys_in(config::tool_paths())},
      {"tool_loop", keys_in(config::tool_loop_paths())},
      {"chain", keys_in(config::chain_paths())},
      {"link", keys_in(config::link_paths())},
      {"price", keys_in(config::link_paths(), "price.")},
      {"circuit_breaker", keys_in(config::chain_paths(), "circuit_breaker.")},
      {"hedge", keys_in(config::chain_paths(), "hedge.")},
  };
  std::map<std::string, std::set<std::string>> documented;
  for (const auto& [table, rows] : tables()) {
    for (const Row& row : rows) EXPECT_TRUE(documented[table].insert(row.key).second) << table << " " << row.key;
  }
  EXPECT_EQ(documented, known);
}

TEST(Documentation, TheExampleOfEachKeyIsAccepted) {
  int count = 0;
  for (const auto& [table, rows] : tables()) {
    for (const Row& row : rows) {
      ++count;
      const std::string file = file_with(table, row);
      EXPECT_NO_THROW(Config::parse(file)) << file;
    }
  }
  EXPECT_GT(count, 80);
}

/// The settings of retry, limits and fallback, as one table has them: code, key, flag.
std::set<std::string> keys_of_reliability() {
  std::set<std::string> keys = {"options.continue_with", "options.deadline"};
  const auto add = [&](const std::string& place, const std::set<std::string>& of_table) {
    for (const std::string& key : of_table) keys.insert(place + key);
  };
  add("retry.", keys_in(config::retry_paths()));
  add("limits.", keys_in(config::limit_paths()));
  add("", keys_in(config::chain_paths()));
  add("hedge.", keys_in(config::chain_paths(), "hedge."));
  add("circuit_breaker.", keys_in(config::chain_paths(), "circuit_breaker."));
  add("fallback[].", keys_in(config::link_paths()));
  // Tables, and the name of a link.
  for (const char* key : {"hedge", "circuit_breaker", "options", "fallback[].model"}) keys.erase(key);
  return keys;
}

TEST(Documentation, EverySettingOfReliabilityHasAKeyAndAFlag) {
  std::set<std::string> documented;
  for (const auto& cells : test::markdown_table("docs/retry-and-fallback.md", "<!-- settings -->").rows) {
    if (!cells.at(0).starts_with('`')) continue;
    EXPECT_TRUE(documented.insert(test::code_in(cells.at(1))).second) << cells[0];
    EXPECT_TRUE(cells.at(2).starts_with("`--")) << cells[0];
  }
  EXPECT_EQ(documented, keys_of_reliability());
}

TEST(Documentation, KindsOfErrorsAreThoseThereAre) {
  const std::string text = test::source_text("docs/configuration.md");
  const std::size_t list = text.find("Kinds of errors are");
  ASSERT_NE(list, text.npos);
  std::size_t at = list;
  int count = 0;
  for (std::size_t end; (at = text.find('`', at)) != text.npos; at = end + 1) {
    end = text.find('`', at + 1);
    const std::string word = text.substr(at + 1, end - at - 1);
    if (word == "ErrorKind") continue;
    ++count;
    EXPECT_NO_THROW(model("retry = { never_on = [\"" + word + "\"] }")) << word;
  }
  EXPECT_GE(count, 20);
}

}  // namespace
}  // namespace antiphon::config_test
