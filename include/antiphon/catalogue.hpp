#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/any_shared.hpp>
#include <antiphon/count.hpp>
#include <antiphon/export.hpp>
#include <antiphon/json.hpp>
#include <antiphon/money.hpp>
#include <antiphon/usage.hpp>

namespace antiphon::inline v0 {

namespace detail {
struct ModelRowBody;
class CatalogueIndex;
}  // namespace detail

/// What has a price of its own: a million tokens of a kind, or a thousand of something else.
enum class Price {
  input,               ///< tokens of the prompt that are none of the next four
  cached_input,        ///< read from the provider's cache
  cache_write,         ///< written to it, for its shortest time
  cache_write_1h,      ///< written to it for an hour
  cache_write_12h,     ///< written to it for twelve hours
  output,              ///< reasoning included, unless that has its own price
  reasoning_output,    ///< thought
  citation_output,     ///< of sources that the provider read
  input_audio,         ///< of recordings
  cached_input_audio,  ///< of recordings, read from the cache
  input_image,         ///< of pictures
  input_video,         ///< of videos
  requests,            ///< a thousand requests
  web_searches,        ///< a thousand searches that the provider makes
  file_searches,       ///< a thousand searches in files that it keeps
};
/// How many of them there are.
inline constexpr std::size_t price_count = static_cast<std::size_t>(Price::file_searches) + 1;

/// The name in the file of rows: `cached_input`, `per_1k_requests`.
ANTIPHON_EXPORT std::string_view to_string(Price price);

/// Prices of a model at one time for one length of prompt. One that is not known is an unknown `Money`, never zero.
class Prices {
 public:
  Money of(Price price) const { return values_[static_cast<std::size_t>(price)]; }
  Prices& set(Price price, Money value) { return values_[static_cast<std::size_t>(price)] = value, *this; }
  /// Whether any is known.
  bool known() const {
    for (const Money value : values_) {
      if (value.known()) return true;
    }
    return false;
  }

  friend bool operator==(const Prices&, const Prices&) = default;

 private:
  std::array<Money, price_count> values_{};
};

/// What is known of a model: limits, prices, abilities, with source and date. `docs/models.md` lists the fields.
/// Immutable, cheap to copy, safe to use from many threads at once.
class ANTIPHON_EXPORT ModelRow {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// Who sells it, as `ProviderRow::name` has it.
  const std::string& provider() const;
  /// Its name there.
  const std::string& model() const;
  /// Other names of the same there.
  const std::vector<std::string>& names() const;

  /// Longest prompt and answer together, in tokens.
  Count context_window() const;
  /// Longest prompt, where that is less.
  Count max_input() const;
  /// Longest answer.
  Count max_output() const;

  /// Whether it has prices. A row that was found for another seller of the model has its limits and abilities and no
  /// prices: everybody makes their own.
  bool priced() const;
  /// What it costs at that time when the prompt has so many tokens, cached ones included.
  Prices prices(Time when = std::chrono::system_clock::now(), std::int64_t prompt_tokens = 0) const;
  /// The same in the provider's batch service; nothing in it is known when the factor is not.
  Prices batch_prices(Time when = std::chrono::system_clock::now(), std::int64_t prompt_tokens = 0) const;
  /// What these tokens cost in one request begun at that time; what cannot be known leaves a lower bound. Tokens of
  /// which the provider did not say that they were cached count as others; so do those written to a cache, or read from
  /// it, that have no price of their own. Cache writes count as those for the shortest time. Searches and other work of
  /// the provider's are not in it.
  Money cost(const Usage& usage, Time when = std::chrono::system_clock::now()) const;

  /// `chat`, `embeddings`, `reasoning`, `prompt_caching`, `batch`, `audio_input`, … What is not here may yet be: it is
  /// not known.
  const std::vector<std::string>& abilities() const;
  bool can(std::string_view ability) const;
  /// The provider's APIs that have it, in its own words; may be empty.
  const std::vector<std::string>& apis() const;
  /// How it reasons and what it refuses then, for people; may be empty.
  const std::string& reasoning() const;
  /// Name of its encoding, such as `o200k_base`; empty when not known.
  const std::string& tokenizer() const;
  /// What else there is to know; may be empty.
  const std::string& note() const;
  /// `high`: read in a maintained collection of prices. `medium`: read once. `low`: partly derived. Empty in rows of
  /// yours that do not say.
  const std::string& confidence() const;
  /// Where the row comes from, and the day it holds for (`2026-11-23`); rows of yours need neither.
  const std::string& source() const;
  const std::string& date() const;
  /// The row as it stands in its file, a JSON object. Of one that is like another: its own fields alone.
  const Json& raw() const;

  explicit ModelRow(std::shared_ptr<const detail::ModelRowBody> body, bool priced = true);
  std::shared_ptr<const detail::ModelRowBody> body() const;

 private:
  const detail::ModelRowBody& row() const;

  detail::AnyShared body_;
  bool priced_;
};

/// The rows of a text: `{"format": 1, "models": […]}`. Throws `Error{invalid_config}`; `where()` is the place of the
/// mistake (`models/2/prices/input`), and the message names the model.
ANTIPHON_EXPORT std::vector<ModelRow> parse_models(std::string_view text);

/// The same for a file of at most 16 MiB. Throws `Error{invalid_config}` whose message begins with the name of the
/// file.
ANTIPHON_EXPORT std::vector<ModelRow> load_models(const std::string& path);

/// The models that we know something of. Immutable, cheap to copy, safe to use from many threads at once. Asks nobody:
/// `Provider::list_models` does.
class ANTIPHON_EXPORT Catalogue {
 public:
  /// Rows that come with the library, and those of the file that `ANTIPHON_MODELS` of the environment names, which win.
  /// The file is read now. Throws like `load_models`.
  Catalogue();
  /// These win over the rows that come with the library; the environment has no part in it.
  explicit Catalogue(std::vector<ModelRow> own);

  /// All rows, own ones first, then in the order of the file.
  const std::vector<ModelRow>& rows() const;
  /// Those of one seller: of `openai-responses` those of `openai`, which has the same address.
  std::vector<ModelRow> rows(std::string_view provider) const;
  /// The model that a user calls so: `gpt-4o-2024-08-06`, `models/gemini-2.5-pro`, `us.anthropic.claude-…-v1:0` of
  /// Bedrock, `claude-opus-4-1@20250805` of Vertex AI, `anthropic/claude-opus-4.5` of a router. Nothing when it is not
  /// known: never one that is merely similar.
  std::optional<ModelRow> find(std::string_view provider, std::string_view model) const;

 private:
  const detail::CatalogueIndex& index() const;

  detail::AnyShared index_;  // null: what comes with the library, which is read when asked
};

}  // namespace antiphon::inline v0
