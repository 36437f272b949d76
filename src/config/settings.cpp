#include "config/settings.hpp"

#include <filesystem>
#include <utility>

#include "config/reading.hpp"
#include "config/suggestion.hpp"

namespace antiphon::inline v0::config {

namespace {

struct RetryDraft {
  RetryConfig retry;
  std::vector<ErrorKind> also;
  std::vector<ErrorKind> never;
};

constexpr Key<RetryDraft> retry_keys[] = {
    {"max_attempts", [](RetryDraft& d, const Cursor& v) { d.retry.max_attempts(count_of(v)); }},
    {"initial_delay", [](RetryDraft& d, const Cursor& v) { d.retry.initial_delay(milliseconds_of(v)); }},
    {"backoff_factor", [](RetryDraft& d, const Cursor& v) { d.retry.backoff_factor(number_of(v)); }},
    {"max_delay", [](RetryDraft& d, const Cursor& v) { d.retry.max_delay(milliseconds_of(v)); }},
    {"max_retry_after", [](RetryDraft& d, const Cursor& v) { d.retry.max_retry_after(milliseconds_of(v)); }},
    {"deadline", [](RetryDraft& d, const Cursor& v) { d.retry.deadline(milliseconds_of(v)); }},
    {"budget", [](RetryDraft& d, const Cursor& v) { d.retry.budget(number_of(v)); }},
    {"retry_on", [](RetryDraft& d, const Cursor& v) { d.also = read_kinds(v); }},
    {"never_on", [](RetryDraft& d, const Cursor& v) { d.never = read_kinds(v); }},
};

constexpr Key<Limits> limit_keys[] = {
    {"max_concurrent", [](Limits& l, const Cursor& v) { l.max_concurrent(integer_of(v)); }},
    {"requests_per_minute", [](Limits& l, const Cursor& v) { l.requests_per_minute(integer_of(v)); }},
    {"tokens_per_minute", [](Limits& l, const Cursor& v) { l.tokens_per_minute(integer_of(v)); }},
};

Timeouts::Duration timeout_of(const Cursor& value) {
  if (const std::string* text = value.node().as<std::string>(); text && *text == "off") return Timeouts::off();
  const Timeouts::Duration duration = duration_of(value);
  if (duration == Timeouts::Duration::zero()) value.refuse(R"(must be longer than zero; "off" switches it off)");
  return duration;
}

constexpr Key<Timeouts> timeout_keys[] = {
    {"connect", [](Timeouts& t, const Cursor& v) { t.connect(timeout_of(v)); }},
    {"first_content", [](Timeouts& t, const Cursor& v) { t.first_content(timeout_of(v)); }},
    {"idle", [](Timeouts& t, const Cursor& v) { t.idle(timeout_of(v)); }},
    {"between_chunks", [](Timeouts& t, const Cursor& v) { t.between_chunks(timeout_of(v)); }},
    {"total", [](Timeouts& t, const Cursor& v) { t.total(timeout_of(v)); }},
};

FetchPolicy::Duration fetch_timeout_of(const Cursor& value) {
  const FetchPolicy::Duration duration = duration_of(value);
  if (duration == FetchPolicy::Duration::zero()) value.refuse("must be longer than zero");
  return duration;
}

int redirects_of(const Cursor& value) {
  const int most = count_of(value);
  if (most < 0) value.refuse("must be at least 0");
  return most;
}

constexpr Key<FetchPolicy> fetch_keys[] = {
    {"max_bytes", [](FetchPolicy& p, const Cursor& v) { p.max_bytes(size_of(v)); }},
    {"max_total_bytes", [](FetchPolicy& p, const Cursor& v) { p.max_total_bytes(size_of(v)); }},
    {"timeout", [](FetchPolicy& p, const Cursor& v) { p.timeout(fetch_timeout_of(v)); }},
    {"max_redirects", [](FetchPolicy& p, const Cursor& v) { p.max_redirects(redirects_of(v)); }},
    {"private_addresses", [](FetchPolicy& p, const Cursor& v) { p.private_addresses(boolean_of(v)); }},
};

constexpr Key<TlsOptions> tls_keys[] = {
    {"ca_file", [](TlsOptions& t, const Cursor& v) { t.ca_file(file_of(v)); }},
    {"client_certificate", [](TlsOptions& t, const Cursor& v) { t.client_certificate(file_of(v)); }},
    {"client_key", [](TlsOptions& t, const Cursor& v) { t.client_key(file_of(v)); }},
    {"verify", [](TlsOptions& t, const Cursor& v) { t.verify(boolean_of(v)); }},
};

template <class T>
T read(const Cursor& table, std::span<const Key<T>> keys) {
  T value;
  read_table(table, keys, value);
  return value;
}

}  // namespace

RetryConfig read_retry(const Cursor& table) {
  RetryDraft draft = read<RetryDraft>(table, retry_keys);
  for (const ErrorKind kind : draft.also) draft.retry.retry_on(kind);
  for (const ErrorKind kind : draft.never) draft.retry.never_on(kind);
  return draft.retry;
}

Limits read_limits(const Cursor& table) { return read<Limits>(table, limit_keys); }
Timeouts read_timeouts(const Cursor& table) { return read<Timeouts>(table, timeout_keys); }
FetchPolicy read_fetch_policy(const Cursor& value) {
  const bool* allowed = value.node().as<bool>();
  if (!allowed) return read<FetchPolicy>(value, fetch_keys);
  FetchPolicy policy;
  if (!*allowed) policy = FetchPolicy::off();
  return policy;
}
TlsOptions read_tls(const Cursor& table) { return read<TlsOptions>(table, tls_keys); }

std::vector<std::string> retry_paths() { return key_paths<RetryDraft>(retry_keys); }
std::vector<std::string> limit_paths() { return key_paths<Limits>(limit_keys); }
std::vector<std::string> timeout_paths() { return key_paths<Timeouts>(timeout_keys); }
std::vector<std::string> fetch_paths() { return key_paths<FetchPolicy>(fetch_keys); }
std::vector<std::string> tls_paths() { return key_paths<TlsOptions>(tls_keys); }

std::string file_of(const Cursor& value) {
  const std::filesystem::path folder = std::filesystem::path(*value.place().file).parent_path();
  return (folder / name_of(value)).string();
}

std::vector<ErrorKind> read_kinds(const Cursor& list) {
  std::vector<ErrorKind> kinds;
  for_each_element(list, [&](const Cursor& element) {
    const std::string& name = text_of(element);
    const std::optional<ErrorKind> kind = parse_error_kind(name);
    if (!kind) element.refuse("no such kind of error" + suggestion(name, error_kind_names(), "the kinds are"));
    kinds.push_back(*kind);
  });
  return kinds;
}

}  // namespace antiphon::inline v0::config
