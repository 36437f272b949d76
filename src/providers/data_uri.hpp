#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

/// `data:image/png;base64,…`, taken apart.
struct DataUri {
  std::string media_type;  ///< `text/plain` when the URI names none
  std::string base64;      ///< the bytes in base64, standard alphabet, padded, on one line
};

bool is_data_uri(std::string_view url);

/// Nothing when it is no data URI, or its payload is broken.
std::optional<DataUri> parse_data_uri(std::string_view uri);

/// The same for a data URI of the user's. Throws `Error{invalid_request}` at `place()` when it is broken.
template <class Place>
DataUri read_data_uri(std::string_view uri, const Place& place) {
  std::optional<DataUri> read = parse_data_uri(uri);
  if (!read) throw invalid(place(), "the data URI is broken");
  return std::move(*read);
}

std::string data_uri(std::string_view media_type, std::string_view bytes);
std::string data_uri(const DataUri& uri);

/// A URL of the user's. A data URI is written anew, as most servers refuse line breaks and the alphabet for URLs in it;
/// throws as `read_data_uri` does.
template <class Place>
std::string normal_url(const std::string& url, const Place& place) {
  return is_data_uri(url) ? data_uri(read_data_uri(url, place)) : url;
}

}  // namespace antiphon::inline v0::codec
