#include <antiphon/catalogue.hpp>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <utility>

#include <antiphon/error.hpp>

#include "catalogue/catalogue_index.hpp"
#include "catalogue/embedded_models.hpp"
#include "catalogue/model_rows.hpp"
#include "catalogue/sellers.hpp"
#include "providers/row_file.hpp"

namespace antiphon::inline v0 {

namespace {

using Index = std::shared_ptr<const detail::CatalogueIndex>;

std::vector<ModelRow> as_rows(const std::vector<catalogue::RowBody>& bodies) {
  std::vector<ModelRow> rows;
  rows.reserve(bodies.size());
  for (const catalogue::RowBody& body : bodies) rows.emplace_back(body);
  return rows;
}

/// Those that come with the library, read once.
const Index& built_in() {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const Index& index = *new Index(std::make_shared<const detail::CatalogueIndex>(
      as_rows(catalogue::read_model_rows(catalogue::embedded_models, {}))));
  return index;
}

/// Null when there is nothing but what comes with the library.
Index with_own(std::vector<ModelRow> rows) {
  if (rows.empty()) return nullptr;
  const std::vector<ModelRow>& ours = built_in()->rows();
  rows.insert(rows.end(), ours.begin(), ours.end());
  return std::make_shared<const detail::CatalogueIndex>(rows);
}

std::vector<ModelRow> rows_in(const std::string& text, const std::string& path) {
  try {
    return parse_models(text);
  } catch (Error& error) {
    throw error.message(path + ": " + error.message());
  }
}

/// Made anew only when the file says something else than the last time.
Index of_the_environment() {
  const char* path = std::getenv("ANTIPHON_MODELS");
  if (!path || !*path) return nullptr;
  std::string text = codec::read_row_file(path);
  struct Last {
    std::mutex mutex;
    std::string text;
    Index index;
  };
  static Last& last = *new Last;
  const std::lock_guard lock(last.mutex);
  if (!last.index || last.text != text) {
    last.index = with_own(rows_in(text, path));
    last.text = std::move(text);
  }
  return last.index;
}

}  // namespace

std::vector<ModelRow> parse_models(std::string_view text) {
  return as_rows(catalogue::read_model_rows(text, built_in()->rows()));
}

std::vector<ModelRow> load_models(const std::string& path) { return rows_in(codec::read_row_file(path), path); }

Catalogue::Catalogue() : index_(of_the_environment()) {}

Catalogue::Catalogue(std::vector<ModelRow> own) : index_(with_own(std::move(own))) {}

const detail::CatalogueIndex& Catalogue::index() const {
  return index_ ? *static_cast<const detail::CatalogueIndex*>(index_.get()) : *built_in();
}

const std::vector<ModelRow>& Catalogue::rows() const { return index().rows(); }

std::vector<ModelRow> Catalogue::rows(std::string_view provider) const {
  const std::vector<std::string> sellers = catalogue::sellers_like(provider);
  std::vector<ModelRow> theirs;
  for (const ModelRow& row : rows()) {
    if (std::find(sellers.begin(), sellers.end(), row.provider()) != sellers.end()) theirs.push_back(row);
  }
  return theirs;
}

std::optional<ModelRow> Catalogue::find(std::string_view provider, std::string_view model) const {
  return index().find(provider, model);
}

}  // namespace antiphon::inline v0
