#include "images.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {

bool is_web_url(std::string_view url) { return url.substr(0, 8) == "https://" || url.substr(0, 7) == "http://"; }

bool is_image_url(std::string_view url) {
  if (is_web_url(url)) return true;
  constexpr std::string_view mark = ";base64,";
  const auto comma = url.find(mark);
  return url.substr(0, 11) == "data:image/" && comma != std::string_view::npos &&
         decode_base64(url.substr(comma + mark.size())).has_value();
}

std::string_view image_type_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.substr(0, 3) == "\xFF\xD8\xFF"sv) return "image/jpeg";
  if (bytes.substr(0, 8) == "\x89PNG\r\n\x1A\n"sv) return "image/png";
  if (bytes.substr(0, 4) == "GIF8"sv) return "image/gif";
  if (bytes.substr(0, 4) == "RIFF"sv && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) return "image/webp";
  return "";
}

}  // namespace antiphon::inline v0::simulator
