#pragma once

#include <set>
#include <string>
#include <string_view>

#include "json/writer.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Writes images and documents as Converse takes them: a format by its short name, and the bytes in Base64 or an
/// address in S3 (providers.md §6.13, trap 105).
class BedrockMedia {
 public:
  BedrockMedia(json::Writer& writer, RequestNotes& notes) : writer_(writer), notes_(notes) {}

  /// Whether Converse takes an image or a document; one that it does not take is noted.
  bool carries(const TurnItem& item);
  /// Members of the object that is open, for one that it takes.
  void image(const TurnItem& item);
  void document(const TurnItem& item);

 private:
  void source(const TurnItem& item, const std::string& base64);
  std::string document_name(std::string_view filename);

  json::Writer& writer_;
  RequestNotes& notes_;
  /// Names of documents so far: no two may have the same.
  std::set<std::string> names_;
};

}  // namespace antiphon::inline v0::codec
