#include "providers/oauth_token.hpp"

#include <algorithm>
#include <optional>

#include "json/reader.hpp"
#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"

namespace antiphon::inline v0::codec {

namespace {

struct TokenWords {
  std::string access_token;
  Count expires_in;
  std::string error;
  std::string description;
};

std::optional<TokenWords> read_token_words(std::string_view body) {
  TokenWords words;
  bool is_object = false;
  json::Reader reader;
  const bool is_json = reader.read_copy(body, [&](json::Value root) {
    is_object = root.fields([&](std::string_view key, json::Value value) {
      if (key == "access_token") words.access_token = value.string().value_or("");
      if (key == "expires_in") words.expires_in = value.count();
      if (key == "error") words.error = value.string().value_or("");
      if (key == "error_description") words.description = value.string().value_or("");
    });
  });
  if (!is_json || !is_object) return std::nullopt;
  return words;
}

/// A year at most: further ahead nothing is promised, and nothing can overflow.
std::optional<std::chrono::system_clock::time_point> end_of(const Count& seconds,
                                                            std::chrono::system_clock::time_point now) {
  constexpr std::int64_t most = 366 * 24 * 3600;
  if (!seconds.known()) return std::nullopt;
  return now + std::chrono::seconds(std::clamp<std::int64_t>(seconds.at_least(), 0, most));
}

}  // namespace

HttpRequest oauth_request(const std::string& url, const Form& form, const HttpRequest& like) {
  HttpRequest request = form_request(url, form, like);
  request.headers.add("Accept", "application/json");
  return request;
}

Result<Fetched<std::string>> read_oauth_token(const Result<HttpResponse>& answer, const TokenServer& server,
                                              const std::vector<std::string>& secrets,
                                              std::chrono::system_clock::time_point now) {
  if (!answer) return credential_fetch_error(server.place, server.name, answer.error());
  const std::optional<TokenWords> words = read_token_words(answer->body);
  if (answer->status < 200 || answer->status >= 300) {
    const TokenWords said = words.value_or(TokenWords());
    return credential_refusal(server.place, server.name, answer->status, said.error, said.description, secrets);
  }
  if (!words) return credential_answer_error(server.place, server.name, "it is not a JSON object");
  if (words->access_token.empty()) return credential_answer_error(server.place, server.name, "no access_token");
  if (!fits_header(words->access_token)) {
    return credential_answer_error(server.place, server.name, "an access_token that no header can hold");
  }
  return Fetched<std::string>{words->access_token, end_of(words->expires_in, now)};
}

}  // namespace antiphon::inline v0::codec
