#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/codec.hpp>

#include "chat/make_link.hpp"
#include "pipeline/authorize.hpp"
#include "providers/media_type.hpp"
#include "providers/url_media.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0 {

namespace {

const char* usual_type(PartKind kind) {
  if (kind == PartKind::audio) return "audio/wav";
  return kind == PartKind::image ? "image/png" : "application/pdf";
}

/// Nothing is sent here, so what the call would fetch is an empty file.
Request with_stand_ins(const Request& request, const pipeline::Link& link, std::vector<Warning>& warnings) {
  return codec::replace_url_media(request, *link.codec, link.target, [&](const Part& part, const std::string& place) {
    const std::optional<codec::UrlParts> url = codec::split_url(part.url());
    const std::string host = url ? std::string(url->host()) : std::string("its server");
    warnings.emplace_back(place, "a call would fetch this from " + host + "; an empty file stands in its place");
    std::string type(codec::media_type_of_name(part.url()));
    if (type.empty()) type = usual_type(part.kind());
    return part.with_content(std::string(), std::move(type));
  });
}

}  // namespace

EncodedRequest encode(const ModelConfig& config, const Messages& messages, const Options& options, bool stream) {
  const pipeline::Link link = detail::make_link(config, detail::MissingKey::left_out);
  Request request(messages, options, stream);
  if (config.options()) request.options().complete_with(*config.options());
  std::vector<Warning> unfetched;
  const std::optional<FetchPolicy>& fetching = request.options().fetch_policy();
  if (fetching && fetching->allowed()) request = with_stand_ins(request, link, unfetched);
  EncodedRequest encoded = link.codec->encode(request, link.target);
  encoded.warnings.insert(encoded.warnings.begin(), unfetched.begin(), unfetched.end());
  pipeline::apply_config(encoded.http, link.config, request.options());
  // An authenticator of the user's own may ask the network for a token: that is for real calls.
  if (config.authenticator()) return encoded;
  link.authenticator->authorize(encoded.http, std::chrono::system_clock::now(), [](const std::optional<Error>&) {});
  return encoded;
}

}  // namespace antiphon::inline v0
