#include "providers/media_type.hpp"

#include "core/ascii.hpp"
#include "core/file_type.hpp"
#include "providers/image_type.hpp"
#include "providers/name_list.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view pdf = "application/pdf";
constexpr std::string_view shown_images[] = {"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"};
constexpr std::string_view unsaid[] = {"", "application/octet-stream", "binary/octet-stream", "application/binary"};

bool is_pdf(std::string_view bytes) {
  // Readers look for it in the first kilobyte.
  return bytes.substr(0, 1024).find("%PDF-") != bytes.npos;
}

/// Whether the first bytes of a file of that type would show it.
bool would_show(std::string_view type) { return type == pdf || is_one_of(shown_images, type); }

bool is_of_kind(PartKind kind, std::string_view type) {
  if (kind == PartKind::image) return type.starts_with("image/");
  if (kind == PartKind::audio) return type.starts_with("audio/");
  const auto begins = [&](std::string_view prefix) { return type.starts_with(prefix); };
  return begins("text/") || (begins("application/") && !is_one_of(unsaid, type));
}

}  // namespace

std::string_view media_type_of_name(std::string_view url) {
  return type_of_name(url.substr(0, url.find_first_of("?#")));
}

std::string plain_media_type(std::string_view media_type) {
  return ascii::to_lower(ascii::trim(media_type.substr(0, media_type.find(';'))));
}

bool is_text_media_type(std::string_view plain) {
  return plain.starts_with("text/") || plain == "application/json" || plain == "application/xml";
}

std::string audio_format(std::string_view media_type) {
  const std::string plain = plain_media_type(media_type);
  std::string_view format = plain;
  format.remove_prefix(format.rfind('/') + 1);
  while (format.starts_with("vnd.") || format.starts_with("x-")) format.remove_prefix(format.find_first_of(".-") + 1);
  if (format == "mpeg") return "mp3";
  return std::string(format == "wave" ? "wav" : format);
}

std::string file_name_for(std::string_view plain) { return "document" + std::string(ending_of_type(plain)); }

std::string media_type_of_file(PartKind kind, std::string_view bytes, std::string_view content_type,
                               std::string_view url) {
  std::string_view shown = image_type(bytes);
  if (shown.empty() && is_pdf(bytes)) shown = pdf;
  if (!shown.empty()) return std::string(is_of_kind(kind, shown) ? shown : std::string_view());
  std::string type = plain_media_type(content_type);
  if (is_one_of(unsaid, type)) type = media_type_of_name(url);
  if (would_show(type) || !is_of_kind(kind, type)) return {};
  return type;
}

}  // namespace antiphon::inline v0::codec
