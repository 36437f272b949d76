#include "providers/data_uri.hpp"

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/percent.hpp"

namespace antiphon::inline v0::codec {

bool is_data_uri(std::string_view url) { return ascii::equal_ignoring_case(url.substr(0, 5), "data:"); }

std::optional<DataUri> parse_data_uri(std::string_view uri) {
  if (!is_data_uri(uri)) return std::nullopt;
  const auto comma = uri.find(',');
  if (comma == uri.npos) return std::nullopt;
  std::string_view header = uri.substr(5, comma - 5);
  std::string_view payload = uri.substr(comma + 1);
  constexpr std::string_view marker = ";base64";
  const bool is_base64 = header.size() >= marker.size() &&
                         ascii::equal_ignoring_case(header.substr(header.size() - marker.size()), marker);
  if (is_base64) header.remove_suffix(marker.size());

  std::optional<std::string> data;
  if (!is_base64) {
    data = percent_decoded(payload);
    if (data) data = base64::encode(*data);
  } else if (payload.find('%') == payload.npos) {
    data = base64::normalize(payload);
  } else if (const std::optional<std::string> decoded = percent_decoded(payload)) {
    data = base64::normalize(*decoded);
  }
  if (!data) return std::nullopt;
  const std::string_view media_type = ascii::trim(header.substr(0, header.find(';')));
  return DataUri{media_type.empty() ? "text/plain" : std::string(media_type), std::move(*data)};
}

std::string data_uri(std::string_view media_type, std::string_view bytes) {
  std::string uri = "data:";
  uri += media_type;
  uri += ";base64,";
  base64::append_encoded(uri, bytes);
  return uri;
}

std::string data_uri(const DataUri& uri) { return "data:" + uri.media_type + ";base64," + uri.base64; }

}  // namespace antiphon::inline v0::codec
