#include "pipeline/secrets.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/secret_names.hpp"
#include "providers/percent.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

// What is shorter may be any word.
constexpr std::size_t shortest = 8;

bool may_be_secret(std::string_view name) {
  // Those of every request, as the codecs write them.
  if (name == "Content-Type" || name == "Accept" || name == "User-Agent") return false;
  return names_a_secret(name);
}

/// `Bearer sk-…`: the second word is the secret.
std::string_view secret_of(std::string_view value) {
  const auto blank = value.find(' ');
  return blank == value.npos ? value : value.substr(blank + 1);
}

/// How much of the end of a text begins this value: it may have been cut off.
std::size_t begun_at_end(const std::string& value, std::string_view text) {
  for (std::size_t size = std::min(value.size() - 1, text.size()); size >= shortest; --size) {
    if (text.ends_with(std::string_view(value).substr(0, size))) return size;
  }
  return 0;
}

/// Nothing when they are not in it.
std::optional<std::string> without(const std::vector<std::string>& values, const std::string& text) {
  std::optional<std::string> cleaned;
  for (const std::string& value : values) {
    const std::string& now = cleaned ? *cleaned : text;
    for (auto at = now.find(value); at != std::string::npos; at = cleaned->find(value, at)) {
      if (!cleaned) cleaned = text;
      cleaned->replace(at, value.size(), "***");
    }
    const std::size_t begun = begun_at_end(value, cleaned ? *cleaned : text);
    if (begun == 0) continue;
    if (!cleaned) cleaned = text;
    cleaned->replace(cleaned->size() - begun, begun, "***");
  }
  return cleaned;
}

}  // namespace

Secrets::Secrets(const HttpRequest& sent) {
  for (const auto& [name, value] : sent.headers) {
    const std::string_view secret = secret_of(value);
    if (secret.size() >= shortest && may_be_secret(name)) values_.emplace_back(secret);
  }
  for_each_secret_of_query(sent.url, [this](std::string_view value) {
    if (value.size() < shortest) return;
    values_.emplace_back(value);
    // A server says what it read.
    if (auto read = codec::percent_decoded(value); read && *read != value) values_.push_back(std::move(*read));
  });
}

void Secrets::remove_from(Error& error) const {
  if (values_.empty()) return;
  if (auto text = without(values_, error.message())) error.message(std::move(*text));
  if (auto text = without(values_, error.provider_message())) error.provider_message(std::move(*text));
  if (auto text = without(values_, error.provider_code())) error.provider_code(std::move(*text));
  if (auto text = without(values_, error.raw_body())) error.raw_body(std::move(*text));
}

}  // namespace antiphon::inline v0::pipeline
