#pragma once

#include <optional>
#include <string>
#include <vector>

#include <antiphon/catalogue.hpp>
#include <antiphon/provider.hpp>

namespace antiphon::cli {

/// A model as it is shown: as its provider lists it, as the catalogue knows it, or both.
class ListedModel {
 public:
  /// One of a live list, with what the catalogue knows of it.
  ListedModel(const ModelInfo& model, std::optional<ModelRow> row);
  /// One of the catalogue.
  explicit ListedModel(ModelRow row);

  const std::string& name() const { return name_; }
  /// What the provider says wins.
  Count context_window() const { return context_window_; }
  const std::optional<ModelRow>& row() const { return row_; }

 private:
  std::string name_;
  Count context_window_;
  std::optional<ModelRow> row_;
};

/// For people: aligned columns below their names. Prices are those of now.
std::string as_table(const std::vector<ListedModel>& models);

/// What is known of a model, with the prices of now, and in `row` all that stands in its file.
Json as_json(const ModelRow& row);
/// `{"id", "context_window", "catalogue"}`, with what is known.
Json as_json(const ListedModel& model);

}  // namespace antiphon::cli
