#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <antiphon/catalogue.hpp>

namespace antiphon::inline v0::detail {

/// Rows, and how they are found.
class CatalogueIndex {
 public:
  /// Of two rows with one name, the one that comes first counts; a row without a name of its own is left out.
  explicit CatalogueIndex(const std::vector<ModelRow>& rows);

  const std::vector<ModelRow>& rows() const { return rows_; }
  std::optional<ModelRow> find(std::string_view provider, std::string_view model) const;

 private:
  using Places = std::unordered_map<std::string, std::size_t>;

  void add(const ModelRow& row);
  const ModelRow* at(const Places& places, const std::string& key) const;
  const ModelRow* named(std::string_view provider, std::string_view model) const;
  const ModelRow* snapshot_of(std::string_view provider, std::string_view model) const;
  const ModelRow* from_maker(std::string_view provider, std::string_view model) const;

  std::vector<ModelRow> rows_;
  Places by_name_;
  Places by_regional_name_;  ///< of Bedrock, without the regions of profiles
};

}  // namespace antiphon::inline v0::detail
