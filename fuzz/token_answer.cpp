// Whatever a server of tokens answers: a token that a header can hold, or an error that names the server and repeats
// none of the secrets that it was asked with.

#include <string>

#include "input.hpp"
#include "providers/header_key.hpp"
#include "providers/oauth_token.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

constexpr codec::TokenServer server{"google.token", "the server"};
const std::string secret = "0secret0of0mine0";
const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'790'000'000));

void check(const codec::Fetched<std::string>& token) {
  require(codec::fits_header(token.value));
  if (token.expires) require(*token.expires >= now && *token.expires <= now + std::chrono::hours(24 * 366));
}

void check(const Error& error, int status) {
  require(error.where() == server.place && error.http_status() == (status / 100 == 2 ? 0 : status));
  require(error.kind() != ErrorKind::internal);
  for (const std::string& text : {error.message(), error.provider_code(), error.provider_message()}) {
    require(text.find(secret) == text.npos && text.size() < 1000);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  HttpResponse answer;
  answer.status = 200 + 4 * static_cast<int>(input.choice() % 100);
  answer.body = input.rest();
  const auto token = codec::read_oauth_token(answer, server, {secret}, now);
  if (token) {
    check(*token);
  } else {
    check(token.error(), answer.status);
  }
  return 0;
}
