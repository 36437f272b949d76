#include "endpoint_flags.hpp"

#include <algorithm>
#include <cstdlib>

#include "input.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

bool is_token(const std::string& name) {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::pair<std::string, std::string> parse_header(const std::string& text) {
  const std::size_t colon = text.find(':');
  std::string name = text.substr(0, colon);
  // The value may be a secret, so the message shows the name alone.
  if (colon == std::string::npos || !is_token(name)) throw UsageError("--header: expected 'Name: value'");
  std::string value = text.substr(colon + 1);
  value.erase(0, value.find_first_not_of(" \t"));
  value.erase(value.find_last_not_of(" \t") + 1);
  if (std::any_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; })) {
    throw UsageError("--header: the value of " + name + " holds a line end");
  }
  return {std::move(name), std::move(value)};
}

void EndpointFlags::declare(CommandLine& line) {
  line.text("--base-url", base_url_, "URL", "Where the provider lives, as its own SDK takes it");
  line.text("--api-key-env", key_variable_, "NAME", "Environment variable that holds the key");
  line.text("--ca-file", ca_file_, "FILE", "Certificates to trust in place of the system's (PEM)");
  line.texts("--header", headers_, "'NAME: VALUE'", "A header of every request");
}

bool EndpointFlags::name_a_place() const { return base_url_ || key_variable_; }

void EndpointFlags::apply(ModelConfig& config) const {
  if (base_url_) config.base_url(*base_url_);
  if (key_variable_) {
    if (!std::getenv(key_variable_->c_str())) throw UsageError("--api-key-env: " + *key_variable_ + " is not set");
    config.api_key(ApiKey::environment(*key_variable_));
  }
  if (ca_file_) {
    // Before a key is on its way: the library would say it of the connection.
    (void)read_input(*ca_file_);
    config.tls(TlsOptions(config.tls()).ca_file(*ca_file_));
  }
  for (const std::string& text : headers_) {
    auto [name, value] = parse_header(text);
    config.header(std::move(name), std::move(value));
  }
}

}  // namespace antiphon::cli
