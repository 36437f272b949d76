#include "providers/errors.hpp"

#include <algorithm>
#include <optional>

#include "core/ascii.hpp"
#include "core/utf8.hpp"
#include "json/reader.hpp"
#include "providers/retry_after.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct Label {
  std::string_view name;
  ErrorKind kind;
};

// These say what it is, whatever the status.
constexpr Label certain[] = {
    {"insufficient_quota", ErrorKind::quota_exceeded},
    {"insufficient_user_quota", ErrorKind::quota_exceeded},
    {"insufficient_balance", ErrorKind::quota_exceeded},
    {"billing_hard_limit_reached", ErrorKind::quota_exceeded},
    {"billing_not_active", ErrorKind::quota_exceeded},
    {"payment_required", ErrorKind::quota_exceeded},
    {"quota_per_day", ErrorKind::quota_exceeded},
    {"exceeded_current_quota_error", ErrorKind::quota_exceeded},
    {"base_resp/1008", ErrorKind::quota_exceeded},
    {"base_resp/2056", ErrorKind::quota_exceeded},
    {"billing_error", ErrorKind::quota_exceeded},
    {"linked_organization_billing_unavailable", ErrorKind::quota_exceeded},
    {"context_length_exceeded", ErrorKind::context_window_exceeded},
    {"exceed_context_size_error", ErrorKind::context_window_exceeded},
    {"token_limit_exceeded", ErrorKind::context_window_exceeded},
    {"model_max_prompt_tokens_exceeded", ErrorKind::context_window_exceeded},
    {"content_filter", ErrorKind::content_filtered},
    {"content_policy_violation", ErrorKind::content_filtered},
    {"responsibleaipolicyviolation", ErrorKind::content_filtered},
    {"data_inspection_failed", ErrorKind::content_filtered},
    {"refusal", ErrorKind::content_filtered},
    {"flagged_input", ErrorKind::content_filtered},
    {"bio_policy", ErrorKind::content_filtered},
    {"misalignment_policy_violation", ErrorKind::content_filtered},
    {"image_content_policy_violation", ErrorKind::content_filtered},
    {"contentfilter", ErrorKind::content_filtered},
    {"base_resp/1026", ErrorKind::content_filtered},
    {"base_resp/1027", ErrorKind::content_filtered},
    {"invalid_api_key", ErrorKind::authentication},
    {"wrong_api_key", ErrorKind::authentication},
    {"api_key_invalid", ErrorKind::authentication},
    {"invalid_authentication_error", ErrorKind::authentication},
    {"base_resp/1004", ErrorKind::authentication},
    {"base_resp/2049", ErrorKind::authentication},
    {"base_resp/2061", ErrorKind::permission},
    {"model_not_found", ErrorKind::not_found},
    {"model_not_supported", ErrorKind::not_found},
    {"model_decommissioned", ErrorKind::not_found},
    {"model_deprecated", ErrorKind::not_found},
    {"unknown_model", ErrorKind::not_found},
    {"invalid_model", ErrorKind::not_found},
    {"deploymentnotfound", ErrorKind::not_found},
    {"engine_overloaded_error", ErrorKind::overloaded},
    {"base_resp/1001", ErrorKind::timeout},
    {"base_resp/1002", ErrorKind::rate_limited},
    {"base_resp/1041", ErrorKind::rate_limited},
    {"base_resp/2045", ErrorKind::rate_limited},
    {"base_resp/2013", ErrorKind::invalid_request},
};

// These are asked when there is no status, or one that says little (400, 500).
constexpr Label likely[] = {
    {"rate_limit", ErrorKind::rate_limited},        {"rate_limited", ErrorKind::rate_limited},
    {"rate_limit_error", ErrorKind::rate_limited},  {"rate_limit_exceeded", ErrorKind::rate_limited},
    {"too_many_requests", ErrorKind::rate_limited}, {"resource_exhausted", ErrorKind::rate_limited},
    {"overloaded", ErrorKind::overloaded},          {"overloaded_error", ErrorKind::overloaded},
    {"engine_overloaded", ErrorKind::overloaded},   {"provider_overloaded", ErrorKind::overloaded},
    {"unavailable", ErrorKind::overloaded},         {"unavailable_error", ErrorKind::overloaded},
    {"service_unavailable", ErrorKind::overloaded}, {"capacity_exceeded", ErrorKind::overloaded},
    {"capacity_exhausted", ErrorKind::overloaded},  {"temporarily_unavailable", ErrorKind::overloaded},
    {"slow_down", ErrorKind::overloaded},
};

// These are asked only when there is no status at all.
constexpr Label in_band_only[] = {
    {"authentication", ErrorKind::authentication},
    {"authentication_error", ErrorKind::authentication},
    {"unauthorized", ErrorKind::authentication},
    {"permission_denied", ErrorKind::permission},
    {"permission_error", ErrorKind::permission},
    {"not_found", ErrorKind::not_found},
    {"not_found_error", ErrorKind::not_found},
    {"notfounderror", ErrorKind::not_found},
    {"invalid_request", ErrorKind::invalid_request},
    {"invalid_request_error", ErrorKind::invalid_request},
    {"badrequesterror", ErrorKind::invalid_request},
    {"invalid_prompt", ErrorKind::invalid_request},
    {"validation", ErrorKind::invalid_request},
    {"payload_too_large", ErrorKind::request_too_large},
    {"conflict_error", ErrorKind::conflict},
    {"request_too_large", ErrorKind::request_too_large},
    {"timeout_error", ErrorKind::timeout},
    {"not_supported_error", ErrorKind::unsupported},
    // Responses that failed (providers.md 2.5).
    {"data_residency_mismatch", ErrorKind::invalid_request},
    {"vector_store_timeout", ErrorKind::timeout},
    {"invalid_image", ErrorKind::invalid_request},
    {"invalid_image_format", ErrorKind::invalid_request},
    {"invalid_base64_image", ErrorKind::invalid_request},
    {"invalid_image_url", ErrorKind::invalid_request},
    {"invalid_image_mode", ErrorKind::invalid_request},
    {"image_too_large", ErrorKind::invalid_request},
    {"image_too_small", ErrorKind::invalid_request},
    {"image_parse_error", ErrorKind::invalid_request},
    {"image_file_too_large", ErrorKind::invalid_request},
    {"image_file_not_found", ErrorKind::invalid_request},
    {"unsupported_image_media_type", ErrorKind::invalid_request},
    {"empty_image_file", ErrorKind::invalid_request},
    {"failed_to_download_image", ErrorKind::invalid_request},
};

template <std::size_t Size>
std::optional<ErrorKind> find(const Label (&table)[Size], const ErrorWords& words) {
  for (const std::string& label : words.labels) {
    for (const Label& entry : table) {
      if (entry.name == label) return entry.kind;
    }
  }
  return std::nullopt;
}

template <std::size_t Size>
bool holds_any(std::string_view lower, const std::string_view (&phrases)[Size]) {
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](std::string_view phrase) { return lower.find(phrase) != lower.npos; });
}

/// Providers that have no code for it say it in one of these ways (providers.md, trap 31).
bool tells_context_overflow(std::string_view lower) {
  constexpr std::string_view phrases[] = {
      "prompt is too long",
      "exceeds the context window",
      "maximum context length",
      "input is too long for requested model",
      "maximum prompt length is ",
      "reduce the length of the messages",
      "exceeds the available context size",
      "greater than the context length",
      "context window exceeds limit",
      "exceeded model token limit",
      "input length exceeds",
      "context_length_exceeded",
      "exceeds the context length",
      // Further servers: vLLM, SGLang, TGI, older LM Studio, Alibaba.
      "longer than the maximum model length",
      "longer than the model's context length",
      "`inputs` tokens + `max_new_tokens` must be",
      "loaded with context length of only",
      "range of input length should be",
  };
  if (holds_any(lower, phrases)) return true;
  constexpr std::string_view limit = "exceeds the limit of ";
  const std::size_t at = lower.find(limit);
  if (at != lower.npos && at + limit.size() < lower.size()) {
    const char digit = lower[at + limit.size()];
    if (digit >= '0' && digit <= '9') return true;
  }
  const std::size_t count = lower.find("input token count");
  return count != lower.npos && lower.find("exceeds the maximum", count) != lower.npos;
}

/// Anthropic has several limits that are called so.
bool names_spend_limit(const ErrorWords& words) {
  return std::any_of(words.labels.begin(), words.labels.end(),
                     [](const std::string& label) { return label.ends_with("spend_limit_reached"); });
}

bool tells_no_credit(std::string_view lower) {
  constexpr std::string_view phrases[] = {
      "insufficient balance",      "insufficient_quota",         "insufficient credits",
      "credit balance is too low", "used all available credits", "monthly spending limit",
  };
  return holds_any(lower, phrases);
}

/// A limit that holds for so long that nobody waits for its end: Bedrock's of a day, Cohere's of a month. Compare
/// Google's, `quota_per_day`.
bool tells_long_limit(std::string_view lower) {
  constexpr std::string_view phrases[] = {"too many tokens per day", "api calls / month"};
  return holds_any(lower, phrases);
}

/// Some call an unknown model a bad request: Bedrock, OpenRouter, DeepSeek, Z.ai.
bool tells_unknown_model(std::string_view lower) {
  constexpr std::string_view phrases[] = {
      "the provided model identifier is invalid",
      // The apostrophe behind it is not always the same.
      "with on-demand throughput isn",
      "is not a valid model id",
      "model not exist",
      "model does not exist",
  };
  return holds_any(lower, phrases);
}

/// Some call a wrong key a bad request.
bool tells_wrong_key(std::string_view lower) {
  constexpr std::string_view phrases[] = {"incorrect api key provided", "api key not valid"};
  return holds_any(lower, phrases);
}

ErrorKind judge_status(int status) {
  switch (status) {
    case 401:
      return ErrorKind::authentication;
    case 407:
      return ErrorKind::proxy;
    case 402:
      return ErrorKind::quota_exceeded;
    case 403:
    case 451:
      return ErrorKind::permission;
    case 404:
      return ErrorKind::not_found;
    case 408:
      return ErrorKind::timeout;
    case 409:
      return ErrorKind::conflict;
    case 413:
      return ErrorKind::request_too_large;
    case 424:
      return ErrorKind::server_error;
    case 429:
      return ErrorKind::rate_limited;
    // Groq: no capacity of the cheap tier.
    case 498:
      return ErrorKind::overloaded;
    case 501:
      return ErrorKind::unsupported;
    case 503:
    case 529:
      return ErrorKind::overloaded;
    default:
      break;
  }
  if (status >= 500 && status < 600) return ErrorKind::server_error;
  if (status >= 400 && status < 500) return ErrorKind::invalid_request;
  if (status >= 300 && status < 400) return ErrorKind::redirected;
  return ErrorKind::protocol;
}

/// `status` is 0 when the error came inside an answer.
ErrorKind judge(int status, const ErrorWords& words, const ErrorName& name) {
  const std::string text = ascii::to_lower(words.message + "\n" + words.background);
  const bool limited = status == 429 || name.kind == ErrorKind::rate_limited;
  if (limited && tells_long_limit(text)) return ErrorKind::quota_exceeded;
  if (name.kind && *name.kind != ErrorKind::invalid_request) return *name.kind;
  if (const auto kind = find(certain, words)) return *kind;
  if (tells_no_credit(text) || names_spend_limit(words)) return ErrorKind::quota_exceeded;
  const bool about_request = status == 0 || status == 400 || status == 413 || status == 422 || status >= 500;
  if (about_request && tells_context_overflow(text)) return ErrorKind::context_window_exceeded;
  const bool bad_request = status == 400 || (status == 0 && (words.status == 0 || words.status == 400));
  if (bad_request && tells_unknown_model(text)) return ErrorKind::not_found;
  if ((status == 0 || status == 400) && tells_wrong_key(text)) return ErrorKind::authentication;
  if (name.kind) return *name.kind;
  if (status == 0 || status == 400 || status == 500) {
    if (const auto kind = find(likely, words)) return *kind;
  }
  if (status != 0) return judge_status(status);
  if (words.status != 0) return judge_status(words.status);
  return find(in_band_only, words).value_or(ErrorKind::server_error);
}

std::string_view in_words(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::authentication:
      return "the provider does not accept the key";
    case ErrorKind::quota_exceeded:
      return "credit or quota is used up";
    case ErrorKind::permission:
      return "the key may not do this";
    case ErrorKind::not_found:
      return "the model or the address is unknown there";
    case ErrorKind::timeout:
      return "the provider gave up waiting";
    case ErrorKind::conflict:
      return "the request is in conflict with another one";
    case ErrorKind::request_too_large:
      return "the request is too large";
    case ErrorKind::rate_limited:
      return "too many requests";
    case ErrorKind::overloaded:
      return "the provider is overloaded";
    case ErrorKind::unsupported:
      return "the provider cannot do this";
    case ErrorKind::proxy:
      return "the proxy does not let the request pass";
    case ErrorKind::server_error:
      return "the provider failed";
    case ErrorKind::invalid_request:
      return "the provider refused the request";
    case ErrorKind::redirected:
      return "the provider points elsewhere; redirects are not followed";
    case ErrorKind::context_window_exceeded:
      return "prompt and answer do not fit the model's context window";
    case ErrorKind::content_filtered:
      return "refused by the provider's content filter";
    default:
      return "the answer is not what the protocol promises";
  }
}

/// The beginning of a text that is no JSON, on one line.
std::string excerpt(std::string_view body) {
  constexpr std::size_t most = 500;
  std::string text = utf8::repair(body.substr(0, most));
  std::string line;
  bool blank = false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ') {
      blank = !line.empty();
      continue;
    }
    if (blank) line += ' ';
    blank = false;
    line += c;
  }
  return line;
}

/// Then the field that the provider names is a place in the request.
bool is_about_request(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::authentication:
    case ErrorKind::permission:
    case ErrorKind::rate_limited:
    case ErrorKind::quota_exceeded:
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::timeout:
      return false;
    default:
      return true;
  }
}

Error make_error(ErrorKind kind, ErrorWords words) {
  Error error(kind, std::string(in_words(kind)));
  error.provider_code(std::move(words.code)).provider_message(std::move(words.message)).retry_after(words.wait);
  if (is_about_request(kind)) error.where(std::move(words.param));
  return error.should_retry(words.should_retry).request_id(std::move(words.request_id));
}

/// `x-should-retry` knows better than any table of statuses (providers.md, 1.1).
std::optional<bool> parse_should_retry(const HttpHeaders& headers) {
  const std::string_view value = ascii::trim(headers.get("x-should-retry"));
  if (ascii::equal_ignoring_case(value, "true")) return true;
  if (ascii::equal_ignoring_case(value, "false")) return false;
  return std::nullopt;
}

}  // namespace

std::string request_id(const HttpHeaders& headers) {
  // OpenAI and most others; Anthropic; Azure; AWS; Mistral; DeepSeek; Moonshot; Cohere; the proxy before many of them.
  for (const std::string_view name :
       {"x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "mistral-correlation-id", "x-ds-trace-id",
        "msh-request-id", "x-debug-trace-id", "cf-ray"}) {
    if (const std::string* value = headers.find(name)) return *value;
  }
  return {};
}

Error read_error(int status, const HttpHeaders& headers, std::string_view body,
                 std::chrono::system_clock::time_point now, const ErrorName& name) {
  ErrorWords words;
  json::Reader reader;
  const std::string_view kept = body.substr(0, most_kept_body);
  const bool is_json = reader.read_copy(kept, [&](json::Value root) { words = read_error_words(root); });
  if (!is_json || words.empty()) words.message = excerpt(kept);
  if (!name.code.empty()) words.code = name.code;
  const ErrorKind kind = judge(status, words, name);
  Error error = make_error(kind, std::move(words));
  if (const auto wait = parse_retry_after(headers, now)) {
    error.retry_after(wait);
  } else if (!error.retry_after() && asks_for_no_wait(headers)) {
    error.retry_after(std::chrono::milliseconds(0));
  }
  if (const auto asked = parse_should_retry(headers)) error.should_retry(asked);
  if (std::string id = request_id(headers); !id.empty()) error.request_id(std::move(id));
  error.http_status(status).raw_body(std::string(kept));
  if (kind == ErrorKind::redirected) error.message(error.message() + ", to " + excerpt(headers.get("location")));
  return error;
}

Error in_band_error(ErrorWords words, const ErrorName& name) {
  if (!name.code.empty()) words.code = name.code;
  const ErrorKind kind = judge(0, words, name);
  return make_error(kind, std::move(words));
}

Error in_band_error(json::Value root, const ErrorName& name) {
  Error error = in_band_error(read_error_words(root), name);
  error.raw_body(std::string(root.raw().value_or(std::string_view()).substr(0, most_kept_body)));
  return error;
}

Error not_json(std::string_view body, std::string_view why) {
  Error error(ErrorKind::protocol, "the answer is not JSON: " + std::string(why));
  error.where("body").provider_message(excerpt(body)).raw_body(std::string(body.substr(0, most_kept_body)));
  return error;
}

}  // namespace antiphon::inline v0::codec
