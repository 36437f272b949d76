// A file of Google credentials is refused with the field named, and nothing of the key told, or it can be asked with:
// an account signs, a user has all that is sent. `$KEY` in the file stands for a key that was made for this run.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <string>
#include <variant>

#include <antiphon/error.hpp>

#include "input.hpp"
#include "providers/google_key_file.hpp"
#include "providers/url_parts.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

/// A small key as it stands in a JSON string.
std::string make_key() {
  EVP_PKEY* key = EVP_RSA_gen(1024);
  BIO* bio = BIO_new(BIO_s_mem());
  require(key && bio && PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  const char* begin = nullptr;
  const long size = BIO_get_mem_data(bio, &begin);
  std::string text;
  for (const char c : std::string_view(begin, static_cast<std::size_t>(size)))
    text += c == '\n' ? "\\n" : std::string(1, c);
  BIO_free(bio);
  EVP_PKEY_free(key);
  return text;
}

std::string with_key(std::string text) {
  static const std::string key = make_key();
  constexpr std::string_view sign = "$KEY";
  if (const auto at = text.find(sign); at != text.npos) text.replace(at, sign.size(), key);
  return text;
}

void check(const codec::GoogleServiceAccount& account) {
  require(!account.email.empty());
  try {
    require(!account.key.sign("header.claims").empty());
  } catch (const Error& error) {
    // OpenSSL reads keys whose numbers do not fit each other, and finds out here.
    require(error.kind() == ErrorKind::internal);
  }
}

void check(const codec::GoogleUser& user) {
  require(!user.client_id.empty() && !user.client_secret.empty() && !user.refresh_token.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    const auto file = codec::parse_google_key_file(with_key(std::string(input.rest())), "file.json");
    const auto url = codec::split_url(file.token_url);
    require(url && (url->scheme.size() == 5 || url->is_loopback()));
    std::visit([](const auto& who) { check(who); }, file.who);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_config && error.where().starts_with("google.credentials"));
    require(error.message().starts_with("file.json: ") &&
            error.message().find("PRIVATE KEY-----") == std::string::npos);
  }
  return 0;
}
