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
  if (!is_data_uri(part.url())) {
    throw takes_no_url("Bedrock takes bytes, a data URI or an s3:// address, no other URL", item.place());
  }
  DataUri uri = read_data_uri(part.url(), item.place);
  return {std::move(uri.media_type), std::move(uri.base64)};
}

Error no_format(const TurnItem& item, const Content& content, const char* known) {
  const std::string what = content.media_type.empty() ? "without a media type" : "of type " + content.media_type;
  return Error(ErrorKind::unsupported,
               "Bedrock takes no " + std::string(to_string(item.part->kind())) + " " + what + "; it takes " + known)
      .where(item.place());
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

void BedrockMedia::image(const TurnItem& item) {
  const Content content = content_of(item);
  const std::string_view format = find_format(image_formats, content.media_type, item.part->url());
  if (format.empty()) throw no_format(item, content, "png, jpeg, gif and webp");
  writer_.key("format").string(format);
  source(item, content.base64);
}

void BedrockMedia::document(const TurnItem& item) {
  const Content content = content_of(item);
  const std::string& file = item.part->filename().empty() ? item.part->url() : item.part->filename();
  const std::string_view format = find_format(document_formats, content.media_type, file);
  if (format.empty()) throw no_format(item, content, "pdf, csv, doc, docx, xls, xlsx, html, txt and md");
  writer_.key("format").string(format).key("name").string(document_name(item.part->filename()));
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
