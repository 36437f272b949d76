#include "aws_signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view terminator = "aws4_request";

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

std::string hmac(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), digest.data(), &size);
  return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

std::string encoded(std::string_view text, std::string_view kept = "") {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(mark);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Pairs of the query, decoded, encoded and sorted.
std::string canonical_query(std::string_view target) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos || mark + 1 == target.size()) return "";
  std::vector<std::string> pairs;
  for (const std::string& pair : split(target.substr(mark + 1), '&')) {
    const auto equals = pair.find('=');
    const std::string value = equals == std::string::npos ? "" : pair.substr(equals + 1);
    pairs.push_back(encoded(percent_decoded(pair.substr(0, equals))) + '=' + encoded(percent_decoded(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const std::string& pair : pairs) out += (out.empty() ? "" : "&") + pair;
  return out;
}

/// Without white space at its ends, and with one blank for each run of blanks.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  }
  return out;
}

/// The path as sent, each segment encoded once more; then query, headers and the digest of the body.
std::string canonical_request(const RecordedRequest& request, const std::vector<std::string>& signed_headers) {
  std::string out =
      request.method + '\n' + encoded(request.path(), "/") + '\n' + canonical_query(request.target) + '\n';
  std::string names;
  for (const std::string& name : signed_headers) {
    out += name + ':' + canonical_value(request.header(name)) + '\n';
    names += (names.empty() ? "" : ";") + name;
  }
  return out + '\n' + names + '\n' + hex(sha256(request.body));
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// `name=` of the three parts behind the algorithm.
std::optional<std::string> take_part(std::string_view part, std::string_view name) {
  part = trim(part);
  if (!part.starts_with(name)) return std::nullopt;
  return std::string(part.substr(name.size()));
}

}  // namespace

std::optional<AwsAuthorization> parse_aws_authorization(std::string_view header) {
  if (!header.starts_with(algorithm) || header.substr(algorithm.size(), 1) != " ") return std::nullopt;
  const std::vector<std::string> parts = split(header.substr(algorithm.size() + 1), ',');
  if (parts.size() != 3) return std::nullopt;
  const auto credential = take_part(parts[0], "Credential=");
  const auto names = take_part(parts[1], "SignedHeaders=");
  const auto signature = take_part(parts[2], "Signature=");
  if (!credential || !names || !signature) return std::nullopt;
  const std::vector<std::string> scope = split(*credential, '/');
  constexpr std::size_t scope_parts = 5;
  constexpr std::size_t signature_digits = 64;
  if (scope.size() != scope_parts || scope.back() != terminator || signature->size() != signature_digits ||
      !is_lower_hex(*signature)) {
    return std::nullopt;
  }
  AwsAuthorization found{scope[0], scope[1], scope[2], scope[3], split(*names, ';'), *signature};
  const bool has_gaps = std::any_of(scope.begin(), scope.end(), [](const std::string& part) { return part.empty(); });
  const bool is_sorted = std::is_sorted(found.signed_headers.begin(), found.signed_headers.end());
  const bool is_lower = lower_case(*names) == *names;
  if (has_gaps || !is_sorted || !is_lower) return std::nullopt;
  return found;
}

std::string aws_signature(const RecordedRequest& request, const AwsAuthorization& authorization,
                          std::string_view secret_key) {
  const std::string scope =
      authorization.date + '/' + authorization.region + '/' + authorization.service + '/' + std::string(terminator);
  const std::string to_sign = std::string(algorithm) + '\n' + std::string(request.header("x-amz-date")) + '\n' + scope +
                              '\n' + hex(sha256(canonical_request(request, authorization.signed_headers)));
  std::string key = hmac("AWS4" + std::string(secret_key), authorization.date);
  key = hmac(key, authorization.region);
  key = hmac(key, authorization.service);
  key = hmac(key, terminator);
  return hex(hmac(key, to_sign));
}

}  // namespace antiphon::inline v0::simulator
