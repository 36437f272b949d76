#include "providers/anthropic_vertex.hpp"

#include "providers/percent.hpp"

namespace antiphon::inline v0::codec {

bool is_claude_on_vertex(const Target& target) { return target.preset->key_style == KeyStyle::google; }

std::string claude_on_vertex_url(const Target& target, bool stream) {
  std::string url = target.base_url;
  if (url.find("/publishers/") == url.npos) url += "/publishers/anthropic";
  return url + "/models/" + percent_encoded(target.model, "@") + (stream ? ":streamRawPredict" : ":rawPredict");
}

}  // namespace antiphon::inline v0::codec
