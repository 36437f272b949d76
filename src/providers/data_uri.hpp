#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// `data:image/png;base64,…`, taken apart.
struct DataUri {
  std::string media_type;  ///< `text/plain` when the URI names none
  std::string base64;      ///< the bytes in base64, standard alphabet, padded, on one line
};

bool is_data_uri(std::string_view url);

/// Nothing when it is no data URI, or its payload is broken.
std::optional<DataUri> parse_data_uri(std::string_view uri);

}  // namespace antiphon::inline v0::codec
