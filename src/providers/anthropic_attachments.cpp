#include "providers/anthropic_attachments.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "providers/base64.hpp"
#include "providers/data_uri.hpp"
#include "providers/image_type.hpp"
#include "providers/media_type.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

using SourceKind = AnthropicSource::Kind;
using Place = std::function<std::string()>;

/// What is inside a part that is not given by a URL: `base64` is empty where the part has the bytes.
struct Inside {
  std::string media_type;
  std::string base64;
};

bool is_link(const Part& part) { return !part.url().empty() && !is_data_uri(part.url()); }

Inside look_inside(const Part& part, const Place& place) {
  check_text(part.url(), place);
  check_text(part.media_type(), place);
  if (part.url().empty()) return Inside{plain_media_type(part.media_type()), {}};
  DataUri uri = read_data_uri(part.url(), place);
  return Inside{plain_media_type(uri.media_type), std::move(uri.base64)};
}

std::string base64_of(const Part& part, Inside inside) {
  return part.url().empty() ? base64::encode(part.bytes()) : std::move(inside.base64);
}

std::string type_of_image(const Part& part, const Inside& inside) {
  const std::string beginning =
      part.url().empty() ? std::string() : base64::decode(std::string_view(inside.base64).substr(0, 16)).value_or("");
  const std::string_view told = image_type(part.url().empty() ? std::string_view(part.bytes()) : beginning);
  return told.empty() ? inside.media_type : std::string(told);
}

}  // namespace

bool takes_image(const Part& part, const Place& place) {
  if (is_link(part)) return true;
  const Inside inside = look_inside(part, place);
  if (inside.media_type.empty()) throw invalid(place(), "an image from bytes needs its media type");
  const std::string type = type_of_image(part, inside);
  return type == "image/jpeg" || type == "image/png" || type == "image/gif" || type == "image/webp";
}

bool takes_document(const Part& part, const Place& place) {
  if (is_link(part)) return true;
  const std::string type = look_inside(part, place).media_type;
  return type.empty() || type == "application/pdf" || is_text_media_type(type);
}

AnthropicSource image_source(const Part& part, const Place& place) {
  check_text(part.url(), place);
  if (!part.id().empty()) return AnthropicSource{SourceKind::file, {}, part.id()};
  if (is_link(part)) return AnthropicSource{SourceKind::url, {}, part.url()};
  Inside inside = look_inside(part, place);
  std::string type = type_of_image(part, inside);
  return AnthropicSource{SourceKind::base64, std::move(type), base64_of(part, std::move(inside))};
}

AnthropicSource document_source(const Part& part, const Place& place) {
  check_text(part.url(), place);
  if (!part.id().empty()) return AnthropicSource{SourceKind::file, {}, part.id()};
  if (is_link(part)) return AnthropicSource{SourceKind::url, {}, part.url()};
  Inside inside = look_inside(part, place);
  if (!is_text_media_type(inside.media_type)) {
    return AnthropicSource{SourceKind::base64, "application/pdf", base64_of(part, std::move(inside))};
  }
  std::string text = part.url().empty() ? part.bytes() : base64::decode(inside.base64).value_or("");
  check_text(text, place);
  return AnthropicSource{SourceKind::text, {}, std::move(text)};
}

void write_source(json::Writer& writer, const AnthropicSource& source) {
  writer.key("source").begin_object().key("type");
  switch (source.kind) {
    case SourceKind::url:
      writer.string("url").key("url").string(source.data);
      break;
    case SourceKind::file:
      writer.string("file").key("file_id").string(source.data);
      break;
    case SourceKind::base64:
      writer.string("base64").key("media_type").string(source.media_type).key("data").string(source.data);
      break;
    case SourceKind::text:
      writer.string("text").key("media_type").string("text/plain").key("data").string(source.data);
      break;
  }
  writer.end_object();
}

}  // namespace antiphon::inline v0::codec
