#pragma once

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// Google Gemini (`:generateContent`), with an API key or on Vertex AI.
class GeminiCodec final : public Codec {
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

/// Whether a target is on Vertex AI (providers.md §4.9).
bool is_on_vertex(const Target& target);
/// Where the models of a target are, without a slash at the end: `…/v1beta/models`, or that of a project on Vertex AI.
std::string gemini_models_url(const Target& target);
/// Where one model is.
std::string gemini_model_url(const Target& target);

}  // namespace antiphon::inline v0::codec
