#include <chrono>

#include <antiphon/codec.hpp>

#include "chat/make_link.hpp"
#include "pipeline/authorize.hpp"

namespace antiphon::inline v0 {

EncodedRequest encode(const ModelConfig& config, const Messages& messages, const Options& options, bool stream) {
  const pipeline::Link link = detail::make_link(config, detail::MissingKey::left_out);
  Request request(messages, options, stream);
  if (config.options()) request.options().complete_with(*config.options());
  EncodedRequest encoded = link.codec->encode(request, link.target);
  pipeline::apply_config(encoded.http, link.config, request.options());
  // An authenticator of the user's own may ask the network for a token: that is for real calls.
  if (config.authenticator()) return encoded;
  link.authenticator->authorize(encoded.http, std::chrono::system_clock::now(), [](const std::optional<Error>&) {});
  return encoded;
}

}  // namespace antiphon::inline v0
