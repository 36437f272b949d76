#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/provider_row.hpp>

#include "providers/codec.hpp"

namespace antiphon::inline v0 {

/// What a row says.
struct detail::ProviderRowBody {
  codec::Preset preset;
  std::string title;
  std::string source;
  std::string date;
  std::string note;
};

namespace codec {

using RowBody = std::shared_ptr<const detail::ProviderRowBody>;

/// Reads the text of a file of rows. `known` are those that a row may be like, beside those before it in the file.
/// Throws `Error{invalid_config}` whose `where()` is the place of the mistake.
std::vector<RowBody> read_provider_rows(std::string_view text, const std::vector<RowBody>& known);

/// The row of that name, read alone, and those that it is like. Null when there is none. The text is known to be good.
RowBody read_provider_row_of(std::string_view text, std::string_view name);

/// Reads one row.
RowBody read_provider_row(std::string_view text, const std::vector<RowBody>& known);

/// The row of that name: one of the file that `ANTIPHON_PROVIDERS` of the environment names, else one of ours. Null
/// when there is none. Throws `Error{invalid_config}` when that file is not as it should be.
RowBody find_row(std::string_view name);

/// Those that come with the library. They are read once, and never go.
const std::vector<RowBody>& built_in_rows();
/// The one of that name; null when there is none.
RowBody built_in_row(std::string_view name);

}  // namespace codec

}  // namespace antiphon::inline v0
