#include "providers/openai_models.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The whole number that a text begins with, dropped from it; 0 when there is none.
int take_number(std::string_view& text) {
  int number = 0;
  while (!text.empty() && is_digit(text.front()) && number < 10000) {
    number = number * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return number;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

Sampling gpt_sampling(int major, int minor, std::string_view rest) {
  if (major == 5) return minor >= 1 && minor <= 6 ? Sampling::without_reasoning : Sampling::never;
  const bool rests_on_request = (major == 6 && minor == 0 && (contains(rest, "sol") || contains(rest, "luna"))) ||
                                (major == 6 && minor == 1 && contains(rest, "terra"));
  return rests_on_request ? Sampling::without_reasoning : Sampling::never;
}

OpenAiModel classify_gpt(std::string_view rest) {
  const int major = take_number(rest);
  int minor = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    minor = take_number(rest);
  }
  if (major < 5) return {};
  return {true, gpt_sampling(major, minor, rest), major == 5 && minor == 1, false};
}

}  // namespace

OpenAiModel classify_openai_model(std::string_view model) {
  if (contains(model, "-chat")) return {};
  if (model.size() >= 2 && model[0] == 'o' && is_digit(model[1])) {
    const bool takes_stop = model.starts_with("o1") || model.starts_with("o3-mini");
    return {true, Sampling::never, false, takes_stop};
  }
  return model.starts_with("gpt-") ? classify_gpt(model.substr(4)) : OpenAiModel();
}

bool is_openai_host(std::string_view base_url) {
  const auto scheme = base_url.find("://");
  if (scheme == base_url.npos) return false;
  std::string_view host = base_url.substr(scheme + 3);
  host = host.substr(0, std::min(host.find('/'), host.find(':')));
  const std::string lower = ascii::to_lower(host);
  return lower == "openai.com" || lower.ends_with(".openai.com");
}

}  // namespace antiphon::inline v0::codec
