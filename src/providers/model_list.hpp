#pragma once

#include <string_view>

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// Where a list of models keeps its rows.
struct ModelListForm {
  std::string_view rows;           ///< the array; a bare array is taken too
  std::string_view name;           ///< of a model
  std::string_view old_name = {};  ///< the same in older servers
  std::string_view next = {};      ///< names the page behind this one; empty for a list that has no pages
  std::string_view has_next = {};  ///< without it being true there is none
};

/// Throws `Error{protocol}` when it is no such list, or the error that it is.
ModelPage read_model_list(std::string_view body, const ModelListForm& form);

}  // namespace antiphon::inline v0::codec
