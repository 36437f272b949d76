#pragma once

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// OpenAI Responses (`/responses`).
class OpenAiResponsesCodec final : public Codec {
 public:
  EncodedRequest encode(const Request& request, const Target& target) const override;
  std::unique_ptr<AnswerDecoder> decoder(const Target& target, AnswerBuilder& builder) const override;
  Framing framing() const override { return Framing::sse; }
  Error error(int status, const HttpHeaders& headers, std::string_view body,
              std::chrono::system_clock::time_point now) const override;
  HttpRequest list_models(const Target& target, std::string_view page) const override;
  ModelPage models(std::string_view body) const override;
};

}  // namespace antiphon::inline v0::codec
