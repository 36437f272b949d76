#include "gemini_answer.hpp"
#include "gemini_embed.hpp"
#include "gemini_errors.hpp"
#include "gemini_request.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view json_type = "application/json; charset=UTF-8";

bool is_generate(std::string_view method) { return method == "generateContent" || method == "streamGenerateContent"; }

json::object gemini_row(const std::string& name) {
  const bool embeds = name.find("embed") != std::string::npos;
  json::object row;
  row["name"] = "models/" + name;
  row["version"] = "001";
  row["displayName"] = name;
  row["description"] = "A model of the simulator.";
  row["inputTokenLimit"] = embeds ? 2048 : 1048576;
  row["outputTokenLimit"] = embeds ? 1 : 65536;
  row["supportedGenerationMethods"] = embeds ? json::array{"embedContent", "countTokens"}
                                             : json::array{"generateContent", "countTokens", "createCachedContent"};
  if (embeds) return row;
  row["temperature"] = 1;
  row["topP"] = 0.95;
  row["topK"] = 64;
  row["maxTemperature"] = 2;
  row["thinking"] = true;
  return row;
}

Reply json_reply(const json::object& body) { return {200, std::string(json_type), json::serialize(body)}; }

class Gemini : public Protocol {
 public:
  std::string_view name() const override { return "gemini"; }
  std::string_view body_type() const override { return json_type; }

  StreamForm stream_form(const RecordedRequest& request) const override {
    const bool is_sse = query_value(request.target, "alt") == "sse";
    const auto path = gemini_path(request.path());
    if (!is_sse && path && path->method == "streamGenerateContent") return {Framing::array, json_type, true};
    return {Framing::sse, "text/event-stream", true};
  }

  Headers headers(std::uint64_t) const override { return {{"server-timing", "gfet4t7; dur=7"}}; }

  /// `/v1/models` is everybody's: a key of Google's makes it Google's.
  bool owns(const RecordedRequest& request) const override {
    const std::string_view path = request.path();
    if (path.starts_with("/v1beta/openai/")) return false;
    if (path.starts_with("/v1beta/") || path.starts_with("/v1alpha/")) return true;
    const auto found = gemini_path(path);
    if (!found) return false;
    const bool has_key = find_header(request.headers, "x-goog-api-key") || query_value(request.target, "key");
    return found->is_vertex || has_key || is_generate(found->method) || found->method == "countTokens" ||
           found->method.find("mbed") != std::string::npos;
  }

  bool is_chat(std::string_view path) const override {
    const auto found = gemini_path(path);
    return found && is_generate(found->method);
  }

  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override {
    const std::string& key = wanted.api_key;
    if (key.empty()) return std::nullopt;
    std::string given(request.header("x-goog-api-key"));
    if (given.empty()) given = query_value(request.target, "key").value_or("");
    const std::string_view token = request.header("authorization");
    if (given == key || (given.empty() && token == "Bearer " + key)) return std::nullopt;
    if (!given.empty()) {
      return gemini_failure(400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID");
    }
    if (!token.empty()) {
      return gemini_failure(401, "The access token is not valid.", "ACCESS_TOKEN_TYPE_UNSUPPORTED");
    }
    const auto path = gemini_path(request.path());
    if (path && path->is_vertex) return gemini_failure(401, "The request has no credentials.", "CREDENTIALS_MISSING");
    return gemini_failure(403, "The request comes from nobody: it carries no API key.");
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw unknown_path();
    return read_gemini(request.body, *gemini_path(request.path()));
  }

  Failure unknown_model(const std::string& model) const override {
    return gemini_failure(404, "models/" + model + " is not found, or is not supported for this method.");
  }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    const auto path = gemini_path(request.path());
    if (!path) throw unknown_path();
    if (request.method == "GET" && path->method.empty()) return list(request, *path, models);
    if (request.method != "POST") throw unknown_path();
    if (!models.has(path->model)) throw unknown_model(path->model);
    return call(request, *path);
  }

  std::string whole(const Ask& ask, const Answer& answer) const override { return gemini_whole(ask, answer); }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return gemini_events(ask, std::move(answer));
  }

  std::string error_body(const Failure& failure, const RecordedRequest& request) const override {
    const std::string error = gemini_error(failure);
    return stream_form(request).framing == Framing::array ? '[' + error + ']' : error;
  }

  /// The wait stands in the body.
  Headers error_headers(const Failure&) const override { return {}; }
  Event error_event(const Failure& failure) const override { return {Event::Kind::failure, gemini_error(failure)}; }

  Event unknown_event() const override {
    return {Event::Kind::other, R"({"simulatorUnknown":{"of":["no",1,"kind"]}})"};
  }

  std::vector<std::string> usual_models() const override {
    return {"gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-2.5-flash", "gemini-embedding-001"};
  }

 private:
  static Failure unknown_path() { return gemini_failure(404, "There is nothing at this path for this method."); }

  Reply list(const RecordedRequest& request, const GeminiPath& path, const Models& models) const {
    if (!path.model.empty()) {
      if (!models.has(path.model)) throw unknown_model(path.model);
      return json_reply(gemini_row(path.model));
    }
    constexpr std::uint64_t usual_size = 50;
    const auto size = parse_number(query_value(request.target, "pageSize").value_or("0")).value_or(0);
    const auto first = parse_number(query_value(request.target, "pageToken").value_or("0"));
    if (!first || *first > models.names.size()) throw gemini_failure(400, "The page token is not valid.");
    const std::uint64_t end = std::min<std::uint64_t>(*first + (size > 0 ? size : usual_size), models.names.size());
    json::array rows;
    for (std::uint64_t i = *first; i < end; ++i) rows.push_back(gemini_row(models.names[i]));
    json::object body{{"models", std::move(rows)}};
    if (end < models.names.size()) body["nextPageToken"] = std::to_string(end);
    return json_reply(body);
  }

  static Reply call(const RecordedRequest& request, const GeminiPath& path) {
    const std::string& method = path.method;
    if (method == "countTokens") {
      const std::uint64_t tokens = read_gemini_count(request.body, path);
      return json_reply({{"totalTokens", tokens},
                         {"promptTokensDetails", json::array{{{"modality", "TEXT"}, {"tokenCount", tokens}}}}});
    }
    const bool is_embed = method == "embedContent" || method == "batchEmbedContents";
    if (is_embed || (method == "predict" && path.is_vertex)) return gemini_embed(request.body, path);
    throw unknown_path();
  }
};

}  // namespace

const Protocol& gemini() {
  static const Gemini protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
