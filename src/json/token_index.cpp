#include "json/token_index.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <new>

#include "core/padding.hpp"

namespace antiphon::inline v0::json {

static_assert(json_padding >= simdjson::SIMDJSON_PADDING);

struct TokenIndex::Scanner {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;

  /// Twice what it was at least, so that a row of growing texts does not allocate for each.
  void grow(std::size_t size) {
    constexpr std::size_t first_capacity = 4096;
    constexpr std::size_t no_depth = 1;  // only the second stage of simdjson, which is not used, needs depth
    const std::size_t capacity =
        std::clamp(std::bit_ceil(size + 1), first_capacity, std::size_t{simdjson::SIMDJSON_MAXSIZE_BYTES});
    const auto error =
        stage ? stage->set_capacity(capacity)
              : simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, no_depth, stage);
    if (error != simdjson::SUCCESS) throw std::bad_alloc();
  }

  /// The one that waits for work. A text is rarely read while another one is, so one is enough.
  static std::unique_ptr<Scanner>& idle() {
    thread_local std::unique_ptr<Scanner> scanner;
    return scanner;
  }
};

TokenIndex::TokenIndex() : scanner_(std::move(Scanner::idle())) {
  if (!scanner_) scanner_ = std::make_unique<Scanner>();
}

TokenIndex::~TokenIndex() {
  constexpr std::size_t most_kept = 256 * 1024;
  if (scanner_->stage && scanner_->stage->capacity() <= most_kept) Scanner::idle() = std::move(scanner_);
}

TokenIndex::Outcome TokenIndex::find(std::string_view padded_text) {
  if (padded_text.empty() || padded_text.size() >= simdjson::SIMDJSON_MAXSIZE_BYTES) return Outcome::not_json;
  if (!scanner_->stage || padded_text.size() >= scanner_->stage->capacity()) scanner_->grow(padded_text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(padded_text.data());
  const auto error = scanner_->stage->stage1(bytes, padded_text.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::UTF8_ERROR) return Outcome::not_utf8;
  if (error != simdjson::SUCCESS) return Outcome::not_json;
  tokens_ = scanner_->stage->structural_indexes.get();
  count_ = scanner_->stage->n_structural_indexes;
  return Outcome::found;
}

}  // namespace antiphon::inline v0::json
