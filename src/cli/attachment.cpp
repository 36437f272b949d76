#include "attachment.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <utility>

#include "input.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view media_type;
};

using namespace std::string_view_literals;

constexpr std::array magics{
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    Magic{0, "\xff\xd8\xff"sv, "image/jpeg"},
    Magic{0, "GIF8"sv, "image/gif"},
    Magic{8, "WEBP"sv, "image/webp"},
    Magic{8, "WAVE"sv, "audio/wav"},
    Magic{0, "ID3"sv, "audio/mp3"},
    Magic{0, "\xff\xfb"sv, "audio/mp3"},
    Magic{0, "\xff\xf3"sv, "audio/mp3"},
    Magic{0, "fLaC"sv, "audio/flac"},
    Magic{0, "OggS"sv, "audio/ogg"},
    Magic{0, "%PDF-"sv, "application/pdf"},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> extensions{{
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".bmp", "image/bmp"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mp3"},
    {".flac", "audio/flac"},
    {".ogg", "audio/ogg"},
    {".opus", "audio/opus"},
    {".aac", "audio/aac"},
    {".m4a", "audio/m4a"},
    {".pdf", "application/pdf"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {".doc", "application/msword"},
}};

std::string_view type_by_bytes(std::string_view content) {
  for (const Magic& magic : magics) {
    if (content.size() > magic.offset && content.substr(magic.offset).starts_with(magic.bytes)) return magic.media_type;
  }
  return {};
}

/// In small letters.
std::string extension_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension;
}

std::string_view type_by_extension(const std::filesystem::path& path) {
  const std::string extension = extension_of(path);
  for (auto [known, media_type] : extensions) {
    if (extension == known) return media_type;
  }
  return {};
}

/// Text needs no wrapping, and every provider takes it.
Part text_part(const std::string& path, const std::string& content) {
  return Part::text("File " + std::filesystem::path(path).filename().string() + ":\n\n" + content);
}

/// Source code and the like, whatever its extension.
bool looks_like_text(std::string_view content) {
  return !content.empty() && content.find('\0') == std::string_view::npos;
}

bool is_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://") || text.starts_with("data:");
}

/// A file that is fetched by others cannot be looked into: its name has to tell.
bool is_named_as_text(const std::filesystem::path& path) {
  constexpr std::string_view endings[] = {".txt", ".md", ".csv", ".html"};
  return std::find(std::begin(endings), std::end(endings), extension_of(path)) != std::end(endings);
}

/// What its name, or its data URI, does not call a document is taken for an image.
Part url_part(const std::string& url) {
  const bool data = url.starts_with("data:");
  const std::string path = data ? "the data URI" : url.substr(0, url.find_first_of("?#"));
  if (!data && is_named_as_text(path)) {
    return Part::document_url(url, std::filesystem::path(path).filename().string());
  }
  const std::string_view type = data ? std::string_view(url).substr(5) : type_by_extension(path);
  if (type.starts_with("audio/")) throw UsageError("cannot attach " + path + ": a recording has to be a file");
  if (type.empty() || type.starts_with("image/")) return Part::image_url(url);
  return Part::document_url(url, data ? std::string() : std::filesystem::path(path).filename().string());
}

}  // namespace

Part read_attachment(const std::string& path) {
  if (is_url(path)) return url_part(path);
  std::string content = read_input(path);
  if (content.empty()) throw UsageError("cannot attach " + path + ": it is empty");
  std::string_view media_type = type_by_bytes(content);
  if (media_type.empty()) media_type = type_by_extension(path);
  if (media_type.empty() && looks_like_text(content)) return text_part(path, content);
  if (media_type.empty()) throw UsageError("cannot attach " + path + ": it is no image, audio or document known here");

  if (media_type.starts_with("image/")) return Part::image(std::move(content), std::string(media_type));
  if (media_type.starts_with("audio/")) return Part::audio(std::move(content), std::string(media_type.substr(6)));
  return Part::document(std::move(content), std::string(media_type), std::filesystem::path(path).filename().string());
}

}  // namespace antiphon::cli
