#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// A private RSA key.
class RsaKey {
 public:
  /// Nothing but an unencrypted key in PEM form is taken. Throws `Error{invalid_config}`.
  static RsaKey from_pem(std::string_view pem);

  /// RSASSA-PKCS1-v1_5 with SHA-256 (`RS256`): the bytes of the signature. Throws `Error{internal}`.
  std::string sign(std::string_view bytes) const;

 private:
  struct Key;
  explicit RsaKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;
};

}  // namespace antiphon::inline v0::codec
