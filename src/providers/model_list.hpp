#pragma once

#include <string_view>
#include <vector>

#include <antiphon/provider.hpp>

namespace antiphon::inline v0::codec {

/// Where a list of models keeps its rows.
struct ModelListForm {
  std::string_view rows;      ///< the array; a bare array is taken too
  std::string_view name;      ///< of a model
  std::string_view old_name;  ///< the same in older servers
};

/// Throws `Error{protocol}` when it is no such list, or the error that it is.
std::vector<ModelInfo> read_model_list(std::string_view body, const ModelListForm& form);

}  // namespace antiphon::inline v0::codec
