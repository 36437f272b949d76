#include "providers/openai_usage.hpp"

#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct Numbers {
  Count prompt;      ///< of everything that was read
  Count completion;  ///< of everything that was written
  Count total;
  Count cached;
  Count cache_write;
  Count reasoning;
  bool reasoning_is_detail = false;  ///< it stands among the details of the completion
};

bool is_more(const Count& part, const Count& whole) {
  return part.known() && whole.known() && part.at_least() > whole.at_least();
}

/// By the names that OpenAI's Responses have, and gateways to Anthropic's models, which count the cache apart.
void read_other_name(std::string_view key, json::Value value, Numbers& numbers) {
  const Count count = read_token_count(value);
  if (key == "cache_read_input_tokens" && !numbers.cached.known()) numbers.cached = count;
  if (key == "cache_creation_input_tokens" && !numbers.cache_write.known()) numbers.cache_write = count;
  if (key == "input_tokens" && !numbers.prompt.known()) numbers.prompt = count;
  if (key == "output_tokens" && !numbers.completion.known()) numbers.completion = count;
}

/// A part that is larger than the whole was left out of it; xAI's total tells it too (providers.md, traps 109, 110). A
/// detail of the completion that the total has no room for was counted wrongly (OpenRouter, observed November 2025).
void count_everything(Numbers& numbers) {
  const Count cache = numbers.cached + numbers.cache_write;
  if (is_more(numbers.cached, numbers.prompt)) numbers.prompt += cache.known() ? cache : numbers.cached;
  const Count both = numbers.prompt + numbers.completion;
  const Count all = both + numbers.reasoning;
  const bool total_tells = all.known() && numbers.total == all && numbers.reasoning.value_or(0) > 0;
  const bool no_room = numbers.reasoning_is_detail && both.known() && numbers.total == both;
  const bool left_out = !no_room && is_more(numbers.reasoning, numbers.completion);
  if (total_tells || left_out) numbers.completion += numbers.reasoning;
}

void read_details(json::Value details, Numbers& numbers) {
  details.fields([&](std::string_view key, json::Value value) {
    if (key == "cached_tokens") numbers.cached = read_token_count(value);
    if (key == "cache_write_tokens") numbers.cache_write = read_token_count(value);
    if (key != "reasoning_tokens") return;
    numbers.reasoning = read_token_count(value);
    numbers.reasoning_is_detail = true;
  });
}

}  // namespace

Usage read_openai_usage(json::Value usage) {
  Numbers numbers;
  usage.fields([&](std::string_view key, json::Value value) {
    if (key == "prompt_tokens") numbers.prompt = read_token_count(value);
    if (key == "completion_tokens") numbers.completion = read_token_count(value);
    if (key == "total_tokens") numbers.total = read_token_count(value);
    if (key.ends_with("_tokens_details") || key == "prompt_token_details") read_details(value, numbers);
    // Where DeepSeek, Moonshot, Mistral and Azure have them.
    if (key == "prompt_cache_hit_tokens" || key == "cached_tokens" || key == "num_cached_tokens") {
      numbers.cached = read_token_count(value);
    }
    if (key == "reasoning_tokens") numbers.reasoning = read_token_count(value);
  });
  usage.fields([&](std::string_view key, json::Value value) { read_other_name(key, value, numbers); });
  count_everything(numbers);
  return Usage()
      .input_tokens(numbers.prompt)
      .cached_input_tokens(numbers.cached)
      .cache_write_tokens(numbers.cache_write)
      .output_tokens(numbers.completion)
      .reasoning_tokens(numbers.reasoning);
}

}  // namespace antiphon::inline v0::codec
