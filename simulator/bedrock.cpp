#include "aws_access.hpp"
#include "bedrock_answer.hpp"
#include "bedrock_embed.hpp"
#include "bedrock_errors.hpp"
#include "bedrock_request.hpp"
#include "uuid.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view frame_type = "application/vnd.amazon.eventstream";

std::string arn_of(std::string_view kind, const std::string& name) {
  return "arn:aws:bedrock:us-east-1::" + std::string(kind) + '/' + name;
}

json::object bedrock_row(const std::string& name) {
  const bool embeds = name.find("embed") != std::string::npos;
  json::object row;
  row["modelArn"] = arn_of("foundation-model", name);
  row["modelId"] = name;
  row["modelName"] = name;
  row["providerName"] = name.substr(0, name.find('.'));
  row["inputModalities"] = json::array{"TEXT"};
  row["outputModalities"] = json::array{embeds ? "EMBEDDING" : "TEXT"};
  row["responseStreamingSupported"] = !embeds;
  row["customizationsSupported"] = json::array();
  row["inferenceTypesSupported"] = json::array{"ON_DEMAND"};
  row["modelLifecycle"] = {{"status", "ACTIVE"}};
  return row;
}

json::object profile_row(const std::string& name) {
  json::object row;
  row["inferenceProfileName"] = name;
  row["inferenceProfileArn"] = arn_of("inference-profile", name);
  row["inferenceProfileId"] = name;
  row["models"] = json::array{{{"modelArn", arn_of("foundation-model", name.substr(name.find('.') + 1))}}};
  row["status"] = "ACTIVE";
  row["type"] = "SYSTEM_DEFINED";
  return row;
}

bool is_profile(std::string_view name) {
  const std::string_view prefix = name.substr(0, name.find('.'));
  return prefix == "us" || prefix == "eu" || prefix == "apac" || prefix == "au" || prefix == "jp" || prefix == "global";
}

class Bedrock : public Protocol {
 public:
  std::string_view name() const override { return "bedrock"; }
  StreamForm stream_form(const RecordedRequest&) const override { return {Framing::frames, frame_type}; }
  std::string_view body_type() const override { return "application/json"; }
  Headers headers(std::uint64_t number) const override { return {{"x-amzn-requestid", uuid_of(number)}}; }

  bool owns(const RecordedRequest& request) const override {
    const std::string_view path = request.path();
    return bedrock_path(path) || path == "/foundation-models" || path.starts_with("/foundation-models/") ||
           path == "/inference-profiles";
  }

  bool is_chat(std::string_view path) const override {
    const auto found = bedrock_path(path);
    return found && (found->operation == "converse" || found->operation == "converse-stream");
  }

  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override {
    return check_aws_access(request, wanted);
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw bedrock_wrong_method();
    return read_bedrock(request.body, *bedrock_path(request.path()));
  }

  Failure unknown_model(const std::string& model) const override {
    return bedrock_failure(404, "Could not resolve the foundation model from the model identifier: " + model);
  }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    const auto path = bedrock_path(request.path());
    if (!path) return list(request, models);
    if (request.method != "POST") throw bedrock_wrong_method();
    if (!models.has(path->model)) throw unknown_model(path->model);
    if (path->operation == "invoke") return bedrock_embed(request.body, *path);
    if (path->operation != "count-tokens") throw unknown_operation();
    const std::uint64_t tokens = read_bedrock_count(request.body, *path);
    return json_reply({{"inputTokens", tokens}});
  }

  std::string whole(const Ask& ask, const Answer& answer) const override { return bedrock_whole(ask, answer); }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return bedrock_events(ask, answer);
  }

  /// Whoever is turned away at the door reads `Message`, everybody else `message`.
  std::string error_body(const Failure& failure, const RecordedRequest&) const override {
    return json::serialize(json::object{{failure.status == 403 ? "Message" : "message", failure.message}});
  }

  Headers error_headers(const Failure& failure) const override {
    Headers headers = Protocol::error_headers(failure);
    headers.emplace_back("x-amzn-errortype",
                         bedrock_error_type(failure) + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
    return headers;
  }

  Event error_event(const Failure& failure) const override {
    return {Event::Kind::failure, json::serialize(json::object{{"message", failure.message}}),
            bedrock_exception(failure)};
  }

  Event unknown_event() const override {
    return {Event::Kind::other, R"({"note":{"of":["no",1,"kind"]}})", "simulatorUnknown"};
  }

  /// `{"messageStop": {…}}`: the name of the event and what is in it.
  Event scripted_event(std::string text) const override {
    const auto value = json_if_any(text);
    const bool has_name = value && value->is_object() && value->get_object().size() == 1;
    if (!has_name) return {Event::Kind::other, std::move(text), "simulatorUnknown"};
    const auto& only = *value->get_object().begin();
    const std::string name(only.key());
    const bool is_exception = name.ends_with("Exception");
    return {is_exception ? Event::Kind::failure : Event::Kind::other, json::serialize(only.value()), name};
  }

  std::vector<std::string> usual_models() const override {
    return {"amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0", "us.anthropic.claude-opus-4-7",
            "amazon.titan-embed-text-v2:0", "cohere.embed-english-v3"};
  }

 private:
  static Failure unknown_operation() { return {404, "There is no such operation.", "UnknownOperationException"}; }

  static Reply json_reply(const json::object& body) { return {200, "application/json", json::serialize(body), {}}; }

  Reply list(const RecordedRequest& request, const Models& models) const {
    if (request.method != "GET") throw bedrock_wrong_method();
    const std::string_view path = request.path();
    constexpr std::string_view one = "/foundation-models/";
    if (path.starts_with(one)) {
      const std::string name = percent_decoded(path.substr(one.size()));
      if (!models.has(name)) throw unknown_model(name);
      return json_reply({{"modelDetails", bedrock_row(name)}});
    }
    const bool wants_profiles = path == "/inference-profiles";
    json::array rows;
    for (const std::string& name : models.names) {
      if (is_profile(name) == wants_profiles) rows.push_back(wants_profiles ? profile_row(name) : bedrock_row(name));
    }
    return json_reply({{wants_profiles ? "inferenceProfileSummaries" : "modelSummaries", std::move(rows)}});
  }
};

}  // namespace

const Protocol& bedrock() {
  static const Bedrock protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
