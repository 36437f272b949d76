#include "providers/openai_usage.hpp"

#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct Numbers {
  Count prompt;
  Count completion;
  Count total;
  Count cached;
  Count cache_write;
  Count reasoning;
};

void read_details(json::Value details, Numbers& numbers) {
  details.fields([&](std::string_view key, json::Value value) {
    if (key == "cached_tokens") numbers.cached = read_token_count(value);
    if (key == "cache_write_tokens") numbers.cache_write = read_token_count(value);
    if (key == "reasoning_tokens") numbers.reasoning = read_token_count(value);
  });
}

}  // namespace

Usage read_openai_usage(json::Value usage) {
  Numbers numbers;
  usage.fields([&](std::string_view key, json::Value value) {
    if (key == "prompt_tokens" || key == "input_tokens") numbers.prompt = read_token_count(value);
    if (key == "completion_tokens" || key == "output_tokens") numbers.completion = read_token_count(value);
    if (key == "total_tokens") numbers.total = read_token_count(value);
    if (key == "prompt_tokens_details" || key == "completion_tokens_details" || key == "input_tokens_details" ||
        key == "output_tokens_details") {
      read_details(value, numbers);
    }
    // Where DeepSeek, Moonshot and Azure have them.
    if (key == "prompt_cache_hit_tokens" || key == "cached_tokens") numbers.cached = read_token_count(value);
    if (key == "reasoning_tokens") numbers.reasoning = read_token_count(value);
  });
  // xAI leaves reasoning out of the completion, and only the total tells (providers.md, trap 110).
  if (numbers.prompt.known() && numbers.completion.known() && numbers.reasoning.value_or(0) > 0) {
    const Count all = numbers.prompt + numbers.completion + numbers.reasoning;
    if (numbers.total == all) numbers.completion += numbers.reasoning;
  }
  return Usage()
      .input_tokens(numbers.prompt)
      .cached_input_tokens(numbers.cached)
      .cache_write_tokens(numbers.cache_write)
      .output_tokens(numbers.completion)
      .reasoning_tokens(numbers.reasoning);
}

}  // namespace antiphon::inline v0::codec
