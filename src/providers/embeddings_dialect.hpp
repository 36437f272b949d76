#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::inline v0::codec {

struct Target;
class StrictObject;

/// How one server's embeddings differ from what all servers of OpenAI's `/embeddings` have in common. The plain one is
/// that of a server nothing is known about.
struct EmbeddingsDialect {
  /// Most texts of one request.
  std::size_t max_texts = 96;
  /// Most bytes of all texts of one request; 0 when there is no bound.
  std::size_t max_bytes = 0;
  /// It is known to take `encoding_format` base64.
  bool base64 = false;
  /// Options with another name there: ours, theirs.
  std::vector<std::pair<std::string, std::string>> renamed;
  /// Options that it answers with an error or drops.
  std::vector<std::string> refused;
  /// Its words for `input_type`: ours, theirs; those that are not in here it has not.
  std::vector<std::pair<std::string, std::string>> input_types;
  /// It has an option `truncate`.
  bool truncates = false;

  bool refuses(std::string_view option) const;
  std::string_view name_of(std::string_view option) const;
};

/// Whom a request is for decides, as with the dialects of chats.
const EmbeddingsDialect& embeddings_dialect(const Target& target);

/// Reads the fields of a row. Throws `Error{invalid_config}`.
void read_embeddings_dialect(StrictObject& row, EmbeddingsDialect& dialect);

}  // namespace antiphon::inline v0::codec
