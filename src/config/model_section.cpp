#include "config/model_section.hpp"

#include <utility>

#include "config/credentials_section.hpp"
#include "config/option_section.hpp"
#include "config/reading.hpp"
#include "config/settings.hpp"

namespace antiphon::inline v0::config {

namespace {

struct ModelDraft {
  ModelConfig config;
  Environment environment;
};

ApiKey key_of(const Cursor& value) {
  if (text_of(value).empty()) return ApiKey::none();
  return ApiKey::environment(variable_of(value));
}

void read_proxy(ModelDraft& draft, const Cursor& value) {
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

constexpr Key<ModelDraft> proxy{"proxy", read_proxy};
constexpr Key<ModelDraft> timeouts{
    "timeouts", [](ModelDraft& d, const Cursor& v) { d.config.timeouts(read_timeouts(v)); }, timeout_paths};
constexpr Key<ModelDraft> tls{"tls", [](ModelDraft& d, const Cursor& v) { d.config.tls(read_tls(v)); }, tls_paths};
constexpr Key<ModelDraft> http_version{"http_version", [](ModelDraft& d, const Cursor& v) {
                                         d.config.http_version(one_of<HttpVersion>(v, http_versions));
                                       }};
constexpr Key<ModelDraft> max_response_bytes{
    "max_response_bytes", [](ModelDraft& d, const Cursor& v) { d.config.max_response_bytes(size_of(v)); }};
constexpr Key<ModelDraft> retry{"retry", [](ModelDraft& d, const Cursor& v) { d.config.retry_config(read_retry(v)); },
                                retry_paths};
constexpr Key<ModelDraft> limits{"limits", [](ModelDraft& d, const Cursor& v) { d.config.limits(read_limits(v)); },
                                 limit_paths};
constexpr Key<ModelDraft> options{
    "options", [](ModelDraft& d, const Cursor& v) { d.config.options(read_options(v, d.environment)); }, option_paths};

constexpr Key<ModelDraft> default_keys[] = {proxy, timeouts, tls,    http_version, max_response_bytes,
                                            retry, limits,   options};

constexpr Key<ModelDraft> model_keys[] = {
    // The model is made of those two.
    {"provider", [](ModelDraft&, const Cursor&) {}},
    {"model", [](ModelDraft&, const Cursor&) {}},
    {"base_url", [](ModelDraft& d, const Cursor& v) { d.config.base_url(name_of(v)); }},
    {"api_key_env", [](ModelDraft& d, const Cursor& v) { d.config.api_key(key_of(v)); }},
    {"credentials", [](ModelDraft& d, const Cursor& v) { d.config.authenticator(read_credentials(v, d.environment)); },
     credential_paths},
    {"headers",
     [](ModelDraft& d, const Cursor& v) {
       read_pairs(v, d.environment,
                  [&](const std::string& name, std::string value) { d.config.header(name, std::move(value)); });
     }},
    {"query",
     [](ModelDraft& d, const Cursor& v) {
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
  check_keys<ModelDraft>(table, model_keys);
  const std::string& provider = needed(table, "provider");
  ModelDraft draft{ModelConfig(needed(table, "model"), provider), environment};
  read_table<ModelDraft>(table, model_keys, draft);
  const Entry* credentials = table.node().find("credentials");
  if (credentials && credentials->value.as<Table>() && !draft.config.api_key().variable().empty()) {
    Cursor(table, *table.node().find("api_key_env")).refuse_key("has no effect beside credentials");
  }
  return std::move(draft.config);
}

ModelConfig read_defaults(const Cursor& table, Environment environment) {
  ModelDraft draft{ModelConfig("any", providers::openai), environment};
  read_table<ModelDraft>(table, default_keys, draft);
  return std::move(draft.config);
}

std::vector<std::string> model_paths() { return key_paths<ModelDraft>(model_keys); }
std::vector<std::string> default_paths() { return key_paths<ModelDraft>(default_keys); }

}  // namespace antiphon::inline v0::config
