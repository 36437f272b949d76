#include "protocol.hpp"

#include <algorithm>

namespace antiphon::inline v0::simulator {

bool Models::has(std::string_view name) const {
  return any_other ? name != "missing" : std::find(names.begin(), names.end(), name) != names.end();
}

Headers Protocol::rate_limit(const RateLimit& limit) const {
  Headers headers;
  if (limit.limit) headers.emplace_back("x-ratelimit-limit-" + limit.of, std::to_string(*limit.limit));
  if (limit.remaining) headers.emplace_back("x-ratelimit-remaining-" + limit.of, std::to_string(*limit.remaining));
  if (limit.reset) headers.emplace_back("x-ratelimit-reset-" + limit.of, *limit.reset);
  return headers;
}

std::vector<std::string> Protocol::usual_models() const {
  return {"gpt-4o-mini", "gpt-4o", "o4-mini", "llama3.2", "qwen3:8b"};
}
Headers Protocol::error_headers(const Failure& failure) const {
  if (!failure.retry_after) return {};
  return {{"retry-after", short_decimal(*failure.retry_after)}};
}

Event Protocol::scripted_event(std::string text) const { return Event{Event::Kind::other, std::move(text)}; }

const std::vector<const Protocol*>& protocols() {
  static const std::vector<const Protocol*> all{&anthropic(), &bedrock_claude(), &bedrock(),          &cohere(),
                                                &gemini(),    &ollama(),         &openai_responses(), &openai_chat()};
  return all;
}

const Protocol& protocol_of(const RecordedRequest& request) {
  for (const Protocol* protocol : protocols()) {
    if (protocol->owns(request)) return *protocol;
  }
  return openai_chat();
}

}  // namespace antiphon::inline v0::simulator
