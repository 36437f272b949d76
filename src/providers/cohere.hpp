#pragma once

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// Cohere v2 (`/v2/chat`).
class CohereCodec final : public Codec {
 public:
  EncodedRequest encode(const Request& request, const Target& target) const override;
  bool needs_bytes(const Part& part, Role role, const Target& target) const override;
  std::unique_ptr<AnswerDecoder> decoder(const Target& target, AnswerBuilder& builder) const override;
  Framing framing() const override { return Framing::sse; }
  Error error(int status, const HttpHeaders& headers, std::string_view body,
              std::chrono::system_clock::time_point now) const override;
  HttpRequest list_models(const Target& target, std::string_view page) const override;
  ModelPage models(std::string_view body) const override;
};

/// `…/v2/chat`, whether the address of the target has a version or not.
std::string cohere_url(const Target& target, std::string_view path);
/// A request there, without its body, that says who sends it.
HttpRequest cohere_post(const Target& target, std::string_view path, std::string_view accept);

}  // namespace antiphon::inline v0::codec
