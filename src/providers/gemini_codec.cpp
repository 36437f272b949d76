#include <algorithm>
#include <optional>
#include <string>

#include "core/ascii.hpp"
#include "providers/errors.hpp"
#include "providers/gemini.hpp"
#include "providers/gemini_models.hpp"
#include "providers/json_request.hpp"
#include "providers/model_list.hpp"
#include "providers/percent.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view models_prefix = "models/";

bool has_version(std::string_view url) {
  const std::string_view last = url.substr(url.rfind('/') + 1);
  return last.size() >= 2 && last[0] == 'v' && last[1] >= '1' && last[1] <= '9';
}

bool is_known_by_url(std::string_view url) {
  const std::optional<UrlParts> parts = split_url(url);
  if (!parts) return false;
  const std::string host = ascii::to_lower(parts->host());
  const bool is_file = host == "generativelanguage.googleapis.com" && parts->path.find("/files/") != parts->path.npos;
  return is_file || host == "youtu.be" || host == "youtube.com" || host.ends_with(".youtube.com");
}

}  // namespace

bool is_on_vertex(const Target& target) {
  return target.preset->key_style == KeyStyle::google || target.base_url.find("/projects/") != std::string::npos ||
         target.base_url.find("aiplatform.") != std::string::npos;
}

std::string gemini_models_url(const Target& target) {
  std::string url = target.base_url;
  if (!is_on_vertex(target)) {
    if (!has_version(url)) url += "/v1beta";
  } else if (url.find("/publishers/") == url.npos) {
    // Without a project there is the express mode, for keys.
    if (url.find("/projects/") == url.npos && !has_version(url)) url += "/v1";
    url += "/publishers/google";
  }
  return url + "/models";
}

std::string gemini_model_url(const Target& target) {
  std::string_view model = target.model;
  if (model.starts_with(models_prefix)) model.remove_prefix(models_prefix.size());
  std::string url = gemini_models_url(target);
  if (model.find('/') != model.npos) {
    // `tunedModels/…`; on Vertex AI `endpoints/…` of the project, `publishers/…`, or a whole name from `projects/` on.
    std::size_t end = url.rfind('/');
    if (is_on_vertex(target))
      end = std::min(end, url.find(model.starts_with("projects/") ? "/projects/" : "/publishers/"));
    url.resize(end);
  }
  return url + "/" + percent_encoded(model, "/@");
}

Error GeminiCodec::error(int status, const HttpHeaders& headers, std::string_view body,
                         std::chrono::system_clock::time_point now) const {
  return read_error(status, headers, body, now);
}

/// Files of its own and videos on YouTube go by their URL (providers.md §4.3), on Vertex AI all.
bool GeminiCodec::needs_bytes(const Part& part, Role role, const Target& target) const {
  if (is_on_vertex(target) || is_known_by_url(part.url())) return false;
  return role != Role::tool || (part.kind() != PartKind::audio && classify_gemini_model(target.model).media_results);
}

HttpRequest GeminiCodec::list_models(const Target& target, std::string_view page) const {
  if (is_on_vertex(target)) {
    throw Error(ErrorKind::unsupported, "Vertex AI does not tell which models a project may use").where("models");
  }
  return json_get(gemini_models_url(target) + "?pageSize=1000" +
                  (page.empty() ? "" : "&pageToken=" + percent_encoded(page)));
}

ModelPage GeminiCodec::models(std::string_view body) const {
  ModelPage page = read_model_list(body, {.rows = "models", .name = "name", .next = "nextPageToken"});
  std::vector<ModelInfo> named;
  for (const ModelInfo& model : page.models) {
    std::string id = model.id();
    if (id.starts_with(models_prefix)) id.erase(0, models_prefix.size());
    if (id.empty()) continue;
    ModelInfo info(std::move(id));
    named.push_back(std::move(info.context_window(model.context_window()).raw(model.raw())));
  }
  page.models = std::move(named);
  return page;
}

}  // namespace antiphon::inline v0::codec
