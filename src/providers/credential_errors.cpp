#include "providers/credential_errors.hpp"

#include <utility>

#include "core/utf8.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// On one line, of bounded length, and without secrets that the server repeated.
std::string harmless(std::string words, const std::vector<std::string>& secrets) {
  constexpr std::size_t most = 500;
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (auto at = words.find(secret); at != words.npos; at = words.find(secret, at + 3)) {
      words.replace(at, secret.size(), "***");
    }
  }
  for (char& c : words) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return utf8::repair(std::string_view(words).substr(0, most));
}

ErrorKind kind_of(int status) {
  if (status == 408) return ErrorKind::timeout;
  if (status == 429) return ErrorKind::rate_limited;
  if (status == 503) return ErrorKind::overloaded;
  if (status >= 500) return ErrorKind::server_error;
  if (status >= 300 && status < 400) return ErrorKind::redirected;
  return ErrorKind::authentication;
}

}  // namespace

Error credential_setting_error(std::string_view place, std::string message) {
  return Error(ErrorKind::invalid_config, std::move(message)).where(std::string(place));
}

Error credential_fetch_error(std::string_view place, std::string_view who, const Error& why) {
  return Error(why.kind(), std::string(who) + " gave no credentials: " + why.message()).where(std::string(place));
}

Error credential_refusal(std::string_view place, std::string_view who, int status, std::string code, std::string words,
                         const std::vector<std::string>& secrets) {
  Error error(kind_of(status), std::string(who) + " refused to give credentials");
  error.where(std::string(place)).http_status(status);
  error.provider_code(harmless(std::move(code), secrets)).provider_message(harmless(std::move(words), secrets));
  return error;
}

Error credential_answer_error(std::string_view place, std::string_view who, const std::string& what) {
  return Error(ErrorKind::protocol, "the answer of " + std::string(who) + " holds no credentials: " + what)
      .where(std::string(place));
}

}  // namespace antiphon::inline v0::codec
