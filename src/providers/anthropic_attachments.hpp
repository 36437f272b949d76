#pragma once

#include <functional>
#include <string>

#include <antiphon/message.hpp>

#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

/// What stands in `source` of an image or a document (providers.md §3.3): a URL, bytes in base64, or text.
struct AnthropicSource {
  enum class Kind { url, base64, text, file };

  Kind kind;
  std::string media_type;  ///< of base64
  std::string data;        ///< the URL, the base64, the text or the id of the file
};

/// Whether Anthropic takes that type of image, or of document: PDF, or anything that is text. These all throw
/// `Error{invalid_request}` at `place` for a part that is broken.
bool takes_image(const Part& part, const std::function<std::string()>& place);
bool takes_document(const Part& part, const std::function<std::string()>& place);

/// Of one that is taken. The type that the bytes of an image tell counts (trap 105).
AnthropicSource image_source(const Part& part, const std::function<std::string()>& place);
AnthropicSource document_source(const Part& part, const std::function<std::string()>& place);

void write_source(json::Writer& writer, const AnthropicSource& source);

}  // namespace antiphon::inline v0::codec
