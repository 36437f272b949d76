#pragma once

#include <set>
#include <string>
#include <string_view>

#include "json/writer.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Writes images and documents as Converse takes them: a format by its short name, and the bytes in Base64 or an
/// address in S3 (providers.md §6.13, trap 105).
class BedrockMedia {
 public:
  explicit BedrockMedia(json::Writer& writer) : writer_(writer) {}

  /// Members of the object that is open. Throw `Error{unsupported}` at the part for what Converse does not take.
  void image(const TurnItem& item);
  void document(const TurnItem& item);

 private:
  void source(const TurnItem& item, const std::string& base64);
  std::string document_name(std::string_view filename);

  json::Writer& writer_;
  /// Names of documents so far: no two may have the same.
  std::set<std::string> names_;
};

}  // namespace antiphon::inline v0::codec
