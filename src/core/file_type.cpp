#include "core/file_type.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

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

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> file_endings{{
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".bmp", "image/bmp"},
    {".heic", "image/heic"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mp3"},
    {".flac", "audio/flac"},
    {".ogg", "audio/ogg"},
    {".opus", "audio/opus"},
    {".aac", "audio/aac"},
    {".m4a", "audio/m4a"},
    {".mp4", "video/mp4"},
    {".mov", "video/quicktime"},
    {".pdf", "application/pdf"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {".doc", "application/msword"},
    {".txt", "text/plain"},
    {".md", "text/markdown"},
    {".csv", "text/csv"},
    {".html", "text/html"},
}};

std::string_view type_by_bytes(std::string_view content) {
  for (const Magic& magic : magics) {
    if (content.size() > magic.offset && content.substr(magic.offset).starts_with(magic.bytes)) return magic.media_type;
  }
  return {};
}

}  // namespace

std::string_view type_of_name(std::string_view name) {
  name = name.substr(name.find_last_of('/') + 1);
  const std::string ending = ascii::to_lower(name.substr(std::min(name.rfind('.'), name.size())));
  for (const auto& [known, media_type] : file_endings) {
    if (ending == known) return media_type;
  }
  return {};
}

std::string_view ending_of_type(std::string_view media_type) {
  for (const auto& [ending, known] : file_endings) {
    if (media_type == known) return ending;
  }
  return {};
}

std::string_view type_of_file(std::string_view bytes, std::string_view name) {
  if (const std::string_view shown = type_by_bytes(bytes); !shown.empty()) return shown;
  if (const std::string_view told = type_of_name(name); !told.empty()) return told;
  return bytes.empty() || bytes.find('\0') != bytes.npos ? std::string_view() : "text/plain";
}

}  // namespace antiphon::inline v0
