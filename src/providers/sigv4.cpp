#include "providers/sigv4.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "core/sha256.hpp"
#include "providers/percent.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec::sigv4 {

namespace {

UrlParts parts_of(const std::string& url) {
  if (const auto parts = split_url(url)) return *parts;
  throw Error(ErrorKind::invalid_request, "the URL cannot be signed: it is not an http or https URL").where("url");
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == text.npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

/// Without `.`, `..` and empty segments, each segment encoded.
std::string canonical_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : split(path, '/')) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) append_percent_encoded(out += '/', segment);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string_view field : split(query, '&')) {
    if (field.empty()) continue;
    const std::string_view name = field.substr(0, field.find('='));
    const std::string_view value = field.substr(std::min(name.size() + 1, field.size()));
    const auto normal = [](std::string_view text) {
      return percent_encoded(percent_decoded(text).value_or(std::string(text)));
    };
    fields.emplace_back(normal(name), normal(value));
  }
  std::sort(fields.begin(), fields.end());
  std::string out;
  for (const auto& [name, value] : fields) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

/// Trimmed, each run of blanks as one.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : ascii::trim(value)) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank || out.back() != ' ') out += blank ? ' ' : c;
  }
  return out;
}

/// The headers that are signed, by their names in lower case.
std::map<std::string, std::string> signed_headers(const HttpRequest& request) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : request.headers) {
    const std::string lower = ascii::to_lower(name);
    if (lower != "host" && lower != "content-type" && !lower.starts_with("x-amz-")) continue;
    std::string& joined = headers[lower];
    joined += (joined.empty() ? "" : ",") + canonical_value(value);
  }
  if (!headers.contains("host")) headers["host"] = parts_of(request.url).host_header();
  return headers;
}

std::string joined_names(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string scope_text(const std::string& timestamp, const Scope& scope) {
  return timestamp.substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

std::string signature(const std::string& secret, const std::string& text, const std::string& timestamp,
                      const Scope& scope) {
  const std::string date = timestamp.substr(0, 8);
  Sha256 key = hmac_sha256("AWS4" + secret, date);
  for (const std::string_view step : {std::string_view(scope.region), std::string_view(scope.service),
                                      std::string_view("aws4_request"), std::string_view(text)}) {
    key = hmac_sha256(as_bytes(key), step);
  }
  return to_hex(key);
}

}  // namespace

std::string timestamp(std::chrono::system_clock::time_point now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                 static_cast<int>(time.seconds().count()));
  return std::string(text, static_cast<std::size_t>(size));
}

std::string canonical_request(const HttpRequest& request) {
  const UrlParts url = parts_of(request.url);
  const std::map<std::string, std::string> headers = signed_headers(request);
  std::string out = request.method + "\n" + canonical_path(url.path) + "\n" + canonical_query(url.query) + "\n";
  for (const auto& [name, value] : headers) out += name + ":" + value + "\n";
  return out + "\n" + joined_names(headers) + "\n" + to_hex(sha256(request.body));
}

std::string string_to_sign(const std::string& canonical_request, const std::string& timestamp, const Scope& scope) {
  return "AWS4-HMAC-SHA256\n" + timestamp + "\n" + scope_text(timestamp, scope) + "\n" +
         to_hex(sha256(canonical_request));
}

void sign(HttpRequest& request, const AwsKeys& keys, const Scope& scope, std::chrono::system_clock::time_point now) {
  const std::string at = timestamp(now);
  request.headers.set("X-Amz-Date", at);
  if (!keys.session_token.empty()) request.headers.set("X-Amz-Security-Token", keys.session_token);
  const std::string text = string_to_sign(canonical_request(request), at, scope);
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=" + keys.access_key_id + "/" +
                                           scope_text(at, scope) +
                                           ", SignedHeaders=" + joined_names(signed_headers(request)) +
                                           ", Signature=" + signature(keys.secret_access_key, text, at, scope));
}

}  // namespace antiphon::inline v0::codec::sigv4
