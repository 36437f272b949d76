#include "providers/bedrock_media.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/media_type.hpp"
#include "providers/request_checks.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view s3 = "s3://";
constexpr std::size_t most_name = 200;

struct Format {
  std::string_view media_type;
  std::string_view name;
};

constexpr Format image_formats[] = {
    {"image/png", "png"}, {"image/jpeg", "jpeg"}, {"image/jpg", "jpeg"}, {"image/gif", "gif"}, {"image/webp", "webp"}};

constexpr Format document_formats[] = {
    {"application/pdf", "pdf"},
    {"text/csv", "csv"},
    {"application/msword", "doc"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    {"text/html", "html"},
    {"text/markdown", "md"},
    {"text/plain", "txt"}};

/// The format of a media type, or the one that a file name ends in; empty when neither tells.
template <std::size_t Size>
std::string_view find_format(const Format (&formats)[Size], std::string_view media_type, std::string_view file) {
  const std::string type = plain_media_type(media_type);
  for (const Format& format : formats) {
    if (format.media_type == type) return format.name;
  }
  if (!type.empty()) return {};
  const std::string ending = ascii::to_lower(file.substr(file.rfind('.') + 1));
  for (const Format& format : formats) {
    if (format.name == ending || (ending == "jpg" && format.name == "jpeg")) return format.name;
  }
  return {};
}

struct Content {
  std::string media_type;
  std::string base64;  ///< empty for an address in S3
};

Content content_of(const TurnItem& item) {
  const Part& part = *item.part;
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  if (part.url().empty()) return {part.media_type(), base64::encode(part.bytes())};
  if (part.url().starts_with(s3)) return {};
  DataUri uri = read_data_uri(part.url(), item.place);
  return {std::move(uri.media_type), std::move(uri.base64)};
}

/// By its media type, or else the end of its name.
std::string_view format_of(const Part& part, std::string_view media_type) {
  if (part.kind() == PartKind::image) return find_format(image_formats, media_type, part.url());
  return find_format(document_formats, media_type, part.filename().empty() ? part.url() : part.filename());
}

bool may_stand_in_name(char c) {
  const char lower = ascii::lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-()[]").find(c) != std::string_view::npos;
}

}  // namespace

void BedrockMedia::source(const TurnItem& item, const std::string& base64) {
  writer_.key("source").begin_object();
  if (item.part->url().starts_with(s3)) {
    writer_.key("s3Location").begin_object().key("uri").string(item.part->url()).end_object();
  } else {
    writer_.key("bytes").string(base64);
  }
  writer_.end_object();
}

bool BedrockMedia::carries(const TurnItem& item) {
  const Part& part = *item.part;
  check_text(part.url(), item.place);
  check_text(part.media_type(), item.place);
  std::string type = part.media_type();
  if (is_data_uri(part.url())) {
    type = read_data_uri(part.url(), item.place).media_type;
  } else if (!part.url().empty() && !part.url().starts_with(s3)) {
    note_unfetched(notes_, item.place(), "Bedrock takes bytes, a data URI or an s3:// address, no other URL");
    return false;
  }
  if (!format_of(part, type).empty()) return true;
  const bool image = part.kind() == PartKind::image;
  if (image && type.empty() && part.url().empty()) {
    throw invalid(item.place(), "an image from bytes needs its media type");
  }
  notes_.cannot_carry(item.place(), std::string("Bedrock takes ") +
                                        (image ? "images as png, jpeg, gif and webp"
                                               : "documents as pdf, csv, doc, docx, xls, xlsx, html, txt and md") +
                                        ", not " + (type.empty() ? "of an unknown type" : type));
  return false;
}

void BedrockMedia::image(const TurnItem& item) {
  const Content content = content_of(item);
  writer_.key("format").string(format_of(*item.part, content.media_type));
  source(item, content.base64);
}

void BedrockMedia::document(const TurnItem& item) {
  const Content content = content_of(item);
  writer_.key("format").string(format_of(*item.part, content.media_type));
  writer_.key("name").string(document_name(item.part->filename()));
  source(item, content.base64);
}

/// Letters, digits, single blanks, hyphens and brackets, at most 200, no two the same.
std::string BedrockMedia::document_name(std::string_view filename) {
  const std::size_t dot = filename.rfind('.');
  if (dot != 0) filename = filename.substr(0, dot);
  std::string name;
  for (const char c : filename) {
    const char fit = may_stand_in_name(c) ? c : c == ' ' ? ' ' : '-';
    if (fit == ' ' && (name.empty() || name.back() == ' ')) continue;
    name += fit;
  }
  name = std::string(ascii::trim(std::string_view(name).substr(0, most_name - 10)));
  if (name.empty()) name = "document";
  std::string unique = name;
  for (int number = 2; !names_.insert(unique).second; ++number) unique = name + " (" + std::to_string(number) + ")";
  return unique;
}

}  // namespace antiphon::inline v0::codec
