#include "config/model_section.hpp"

#include <utility>

#include "config/credentials_section.hpp"
#include "config/option_section.hpp"
#include "config/reading.hpp"
#include "config/settings.hpp"

namespace antiphon::inline v0::config {

namespace {

struct Draft {
  ModelConfig config;
  Environment environment;
};

ApiKey key_of(const Cursor& value) {
  if (text_of(value).empty()) return ApiKey::none();
  return ApiKey::environment(variable_of(value));
}

void read_proxy(Draft& draft, const Cursor& value) {
  const std::string* text = value.node().as<std::string>();
  if (text && text->find('@') != std::string::npos) {
    value.refuse(
        "a password must not stand in a file: write { env = \"NAME\" } with the name of the variable of the "
        "environment that holds the address");
  }
  draft.config.proxy(text_with_environment(value, draft.environment));
}

constexpr std::pair<std::string_view, HttpVersion> http_versions[] = {{"automatic", HttpVersion::automatic},
                                                                      {"http1", HttpVersion::http1}};

constexpr Key<Draft> proxy{"proxy", read_proxy};
constexpr Key<Draft> timeouts{"timeouts", [](Draft& d, const Cursor& v) { d.config.timeouts(read_timeouts(v)); },
                              timeout_paths};
constexpr Key<Draft> tls{"tls", [](Draft& d, const Cursor& v) { d.config.tls(read_tls(v)); }, tls_paths};
constexpr Key<Draft> http_version{
    "http_version", [](Draft& d, const Cursor& v) { d.config.http_version(one_of<HttpVersion>(v, http_versions)); }};
constexpr Key<Draft> max_response_bytes{"max_response_bytes",
                                        [](Draft& d, const Cursor& v) { d.config.max_response_bytes(size_of(v)); }};
constexpr Key<Draft> retry{"retry", [](Draft& d, const Cursor& v) { d.config.retry_config(read_retry(v)); },
                           retry_paths};
constexpr Key<Draft> limits{"limits", [](Draft& d, const Cursor& v) { d.config.limits(read_limits(v)); }, limit_paths};
constexpr Key<Draft> options{
    "options", [](Draft& d, const Cursor& v) { d.config.options(read_options(v, d.environment)); }, option_paths};

constexpr Key<Draft> default_keys[] = {proxy, timeouts, tls, http_version, max_response_bytes, retry, limits, options};

constexpr Key<Draft> model_keys[] = {
    // The model is made of those two.
    {"provider", [](Draft&, const Cursor&) {}},
    {"model", [](Draft&, const Cursor&) {}},
    {"base_url", [](Draft& d, const Cursor& v) { d.config.base_url(name_of(v)); }},
    {"api_key_env", [](Draft& d, const Cursor& v) { d.config.api_key(key_of(v)); }},
    {"credentials", [](Draft& d, const Cursor& v) { d.config.authenticator(read_credentials(v, d.environment)); },
     credential_paths},
    {"headers",
     [](Draft& d, const Cursor& v) {
       read_pairs(v, d.environment,
                  [&](const std::string& name, std::string value) { d.config.header(name, std::move(value)); });
     }},
    {"query",
     [](Draft& d, const Cursor& v) {
       read_pairs(v, d.environment,
                  [&](const std::string& name, std::string value) { d.config.query(name, std::move(value)); });
     }},
    proxy,
    timeouts,
    tls,
    http_version,
    max_response_bytes,
    retry,
    limits,
    options,
};

const std::string& needed(const Cursor& table, const char* key) {
  if (const Entry* entry = table.node().find(key)) return name_of(Cursor(table, *entry));
  table.refuse(std::string(key) + " is missing");
}

}  // namespace

ModelConfig read_model(const Cursor& table, Environment environment) {
  // First: a key that is misspelt is better news than one that is missing because of that.
  check_keys<Draft>(table, model_keys);
  const std::string& provider = needed(table, "provider");
  Draft draft{ModelConfig(needed(table, "model"), provider), environment};
  read_table<Draft>(table, model_keys, draft);
  const Entry* credentials = table.node().find("credentials");
  if (credentials && credentials->value.as<Table>() && !draft.config.api_key().variable().empty()) {
    Cursor(table, *table.node().find("api_key_env")).refuse_key("has no effect beside credentials");
  }
  return std::move(draft.config);
}

ModelConfig read_defaults(const Cursor& table, Environment environment) {
  Draft draft{ModelConfig("any", providers::openai), environment};
  read_table<Draft>(table, default_keys, draft);
  return std::move(draft.config);
}

std::vector<std::string> model_paths() { return key_paths<Draft>(model_keys); }
std::vector<std::string> default_paths() { return key_paths<Draft>(default_keys); }

}  // namespace antiphon::inline v0::config
