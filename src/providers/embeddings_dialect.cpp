#include "providers/embeddings_dialect.hpp"

#include <algorithm>

#include <antiphon/embedding.hpp>

#include "providers/codec.hpp"
#include "providers/domain.hpp"
#include "providers/strict_object.hpp"

namespace antiphon::inline v0::codec {

namespace {

// What the encoder asks for by these names.
constexpr std::string_view embedding_options[] = {"dimensions", "input_type", "truncate", "encoding_format", "user"};

constexpr std::size_t most_texts_of_row = 100'000;
constexpr std::size_t most_bytes_of_row = 1'000'000'000;

void require_option(std::string_view option, const std::string& place) {
  if (std::find(std::begin(embedding_options), std::end(embedding_options), option) != std::end(embedding_options))
    return;
  throw mistake(place,
                "\"" + std::string(option) + "\" is none of dimensions, input_type, truncate, encoding_format, user");
}

}  // namespace

bool EmbeddingsDialect::refuses(std::string_view option) const {
  return std::find(refused.begin(), refused.end(), option) != refused.end();
}

std::string_view EmbeddingsDialect::name_of(std::string_view option) const {
  const auto found =
      std::find_if(renamed.begin(), renamed.end(), [&](const auto& pair) { return pair.first == option; });
  return found == renamed.end() ? option : std::string_view(found->second);
}

const EmbeddingsDialect& embeddings_dialect(const Target& target) {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const EmbeddingsDialect& plain = *new EmbeddingsDialect;
  const Preset& preset = *target.preset;
  const bool elsewhere = !preset.domain.empty() && !is_in_domain(target.base_url, preset.domain);
  return elsewhere ? plain : preset.embeddings;
}

void read_embeddings_dialect(StrictObject& row, EmbeddingsDialect& dialect) {
  row.read("max_texts", dialect.max_texts, 1, most_texts_of_row);
  row.read("max_bytes", dialect.max_bytes, 0, most_bytes_of_row);
  row.read("base64", dialect.base64);
  row.read("truncates", dialect.truncates);
  row.read("renamed", dialect.renamed);
  for (const auto& [option, name] : dialect.renamed) require_option(option, inside(row.at("renamed"), option));
  row.read("refused", dialect.refused);
  for (std::size_t index = 0; index < dialect.refused.size(); ++index) {
    require_option(dialect.refused[index], inside(row.at("refused"), std::to_string(index)));
  }
  row.read("input_types", dialect.input_types);
  for (const auto& [word, theirs] : dialect.input_types) {
    if (parse_input_type(word)) continue;
    throw mistake(inside(row.at("input_types"), word),
                  "must be query, document, similarity, classification or clustering");
  }
  row.finish();
}

}  // namespace antiphon::inline v0::codec
