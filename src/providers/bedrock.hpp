#pragma once

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// AWS Bedrock Converse (`/model/ID/converse`, `/converse-stream`).
class BedrockCodec final : public Codec {
 public:
  EncodedRequest encode(const Request& request, const Target& target) const override;
  bool needs_bytes(const Part& part, Role role, const Target& target) const override;
  std::unique_ptr<AnswerDecoder> decoder(const Target& target, AnswerBuilder& builder) const override;
  Framing framing() const override { return Framing::aws_frames; }
  Error error(int status, const HttpHeaders& headers, std::string_view body,
              std::chrono::system_clock::time_point now) const override;
  HttpRequest list_models(const Target& target, std::string_view page) const override;
  ModelPage models(std::string_view body) const override;
};

/// Where an operation of a model is: `…/model/amazon.nova-pro-v1%3A0/converse`.
std::string bedrock_model_url(const Target& target, std::string_view operation);

}  // namespace antiphon::inline v0::codec
