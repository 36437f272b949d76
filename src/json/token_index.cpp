#include "json/token_index.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <new>

#include "core/padding.hpp"

namespace antiphon::inline v0::json {

static_assert(json_padding >= simdjson::SIMDJSON_PADDING);

struct TokenIndex::Implementation {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> scanner;
};

TokenIndex::TokenIndex() = default;
TokenIndex::~TokenIndex() = default;
TokenIndex::TokenIndex(TokenIndex&&) noexcept = default;
TokenIndex& TokenIndex::operator=(TokenIndex&&) noexcept = default;

namespace {

/// Twice what it was at least, so that a row of growing texts does not allocate for each.
void grow(std::unique_ptr<simdjson::internal::dom_parser_implementation>& scanner, std::size_t size) {
  constexpr std::size_t first_capacity = 4096;
  constexpr std::size_t no_depth = 1;  // only the second stage of simdjson, which is not used, needs depth
  const std::size_t capacity =
      std::clamp(std::bit_ceil(size + 1), first_capacity, std::size_t{simdjson::SIMDJSON_MAXSIZE_BYTES});
  const auto error =
      scanner ? scanner->set_capacity(capacity)
              : simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, no_depth, scanner);
  if (error != simdjson::SUCCESS) throw std::bad_alloc();
}

}  // namespace

TokenIndex::Outcome TokenIndex::find(std::string_view padded_text) {
  if (padded_text.empty() || padded_text.size() >= simdjson::SIMDJSON_MAXSIZE_BYTES) return Outcome::not_json;
  if (!implementation_) implementation_ = std::make_unique<Implementation>();
  auto& scanner = implementation_->scanner;
  if (!scanner || padded_text.size() >= scanner->capacity()) grow(scanner, padded_text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(padded_text.data());
  const auto error = scanner->stage1(bytes, padded_text.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::UTF8_ERROR) return Outcome::not_utf8;
  if (error != simdjson::SUCCESS) return Outcome::not_json;
  tokens_ = scanner->structural_indexes.get();
  count_ = scanner->n_structural_indexes;
  return Outcome::found;
}

}  // namespace antiphon::inline v0::json
