#pragma once

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// Anthropic Messages (`/v1/messages`).
class AnthropicCodec final : public Codec {
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

/// Anthropic fetches what it gets by URL, the clouds that run Claude too do not.
inline bool claude_takes_urls(const Preset& preset) {
  return preset.key_style != KeyStyle::aws && preset.key_style != KeyStyle::google;
}

}  // namespace antiphon::inline v0::codec
