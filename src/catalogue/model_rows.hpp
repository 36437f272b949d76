#pragma once

#include <string_view>
#include <vector>

#include "catalogue/model_row_body.hpp"

namespace antiphon::inline v0::catalogue {

/// Reads the text of a file of rows. `known` are those that a row may be like, beside those before it in the file.
/// Throws `Error{invalid_config}` whose `where()` is the place of the mistake, and whose message names the model.
std::vector<RowBody> read_model_rows(std::string_view text, const std::vector<ModelRow>& known);

}  // namespace antiphon::inline v0::catalogue
