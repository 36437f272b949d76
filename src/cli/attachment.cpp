#include "attachment.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <utility>

#include <antiphon/error.hpp>

#include "input.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr std::string_view document_endings[] = {".pdf", ".doc", ".docx", ".xlsx", ".pptx",
                                                 ".txt", ".md",  ".csv",  ".html"};
constexpr std::string_view audio_endings[] = {".wav", ".mp3", ".flac", ".ogg", ".opus", ".aac", ".m4a"};

template <std::size_t Size>
bool ends_in(const std::filesystem::path& path, const std::string_view (&endings)[Size]) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(std::begin(endings), std::end(endings), ending) != std::end(endings);
}

/// Text needs no wrapping, and every provider takes it.
Part text_part(const std::string& path, const std::string& content) {
  return Part::text("File " + std::filesystem::path(path).filename().string() + ":\n\n" + content);
}

bool is_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://") || text.starts_with("data:");
}

Part data_uri_part(const std::string& uri) {
  const std::string_view type = std::string_view(uri).substr(5);
  if (type.starts_with("image/")) return Part::image_url(uri);
  return type.starts_with("audio/") ? Part::audio_url(uri) : Part::document_url(uri);
}

/// A file that is fetched by others cannot be looked into: what its name does not call a document or a recording is
/// taken for an image.
Part url_part(const std::string& url) {
  if (url.starts_with("data:")) return data_uri_part(url);
  const std::filesystem::path path = url.substr(0, url.find_first_of("?#"));
  if (ends_in(path, document_endings)) return Part::document_url(url, path.filename().string());
  return ends_in(path, audio_endings) ? Part::audio_url(url) : Part::image_url(url);
}

}  // namespace

Part read_attachment(const std::string& path) {
  if (is_url(path)) return url_part(path);
  try {
    Part part = Part::attachment(read_input(path), path);
    return part.media_type().starts_with("text/") ? text_part(path, part.bytes()) : part;
  } catch (const Error& error) {
    throw UsageError(error.message());
  }
}

}  // namespace antiphon::cli
