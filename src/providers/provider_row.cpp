#include <antiphon/provider_row.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <antiphon/error.hpp>

#include "providers/provider_rows.hpp"
#include "providers/row_file.hpp"

namespace antiphon::inline v0 {

namespace {

std::vector<ProviderRow> as_rows(const std::vector<codec::RowBody>& bodies) {
  std::vector<ProviderRow> rows;
  for (const codec::RowBody& body : bodies) rows.emplace_back(body);
  return rows;
}

std::vector<ProviderRow> own_providers() {
  const char* path = std::getenv("ANTIPHON_PROVIDERS");
  return path && *path ? load_providers(path) : std::vector<ProviderRow>();
}

}  // namespace

codec::RowBody codec::find_row(std::string_view name) {
  for (const ProviderRow& row : own_providers()) {
    if (row.name() == name) return row.body();
  }
  return built_in_row(name);
}

ProviderRow::ProviderRow(const Json& row) : body_(codec::read_provider_row(row.text(), codec::built_in_rows())) {}

const std::string& ProviderRow::name() const { return body_->preset.name; }
const std::string& ProviderRow::title() const { return body_->title; }
const std::string& ProviderRow::protocol() const { return body_->preset.protocol; }
const std::string& ProviderRow::base_url() const { return body_->preset.base_url; }
const std::string& ProviderRow::url_variable() const { return body_->preset.url_variable; }
const std::string& ProviderRow::key_variable() const { return body_->preset.key_variable; }
const std::string& ProviderRow::source() const { return body_->source; }
const std::string& ProviderRow::date() const { return body_->date; }
const std::string& ProviderRow::note() const { return body_->note; }

std::vector<ProviderRow> parse_providers(std::string_view text) {
  return as_rows(codec::read_provider_rows(text, codec::built_in_rows()));
}

std::vector<ProviderRow> load_providers(const std::string& path) {
  const std::string text = codec::read_row_file(path);
  try {
    return parse_providers(text);
  } catch (Error& error) {
    throw error.message(path + ": " + error.message());
  }
}

std::vector<ProviderRow> known_providers() {
  std::vector<ProviderRow> rows = own_providers();
  const auto own = static_cast<std::ptrdiff_t>(rows.size());
  for (ProviderRow& row : as_rows(codec::built_in_rows())) {
    const auto end = rows.begin() + own;
    const bool taken =
        std::any_of(rows.begin(), end, [&](const ProviderRow& mine) { return mine.name() == row.name(); });
    if (!taken) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace antiphon::inline v0
