#include "providers/anthropic_usage.hpp"

#include <string>

#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

void set(Count& count, json::Value field) {
  if (const Count sent = read_token_count(field); sent.known()) count = sent;
}

}  // namespace

void AnthropicUsage::read(json::Value value, AnswerBuilder& builder) {
  value.fields([&](std::string_view key, json::Value field) {
    if (key == "input_tokens") {
      set(uncached_, field);
    } else if (key == "cache_read_input_tokens") {
      set(cached_, field);
    } else if (key == "cache_creation_input_tokens") {
      set(cache_write_, field);
    } else if (key == "output_tokens") {
      set(output_, field);
    } else if (key == "output_tokens_details") {
      field.fields([&](std::string_view inner, json::Value detail) {
        if (inner == "thinking_tokens") set(thought_, detail);
      });
    } else if (!field.is_null()) {
      if (const auto raw = field.raw()) builder.metadata("usage." + std::string(key), *raw);
    }
  });
  Usage usage;
  if (uncached_.known()) usage.input_tokens(uncached_.at_least() + cached_.value_or(0) + cache_write_.value_or(0));
  usage.cached_input_tokens(cached_).cache_write_tokens(cache_write_).output_tokens(output_).reasoning_tokens(thought_);
  builder.corrected_usage(usage);
}

}  // namespace antiphon::inline v0::codec
