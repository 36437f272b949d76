#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/own_options.hpp>

/// What only AWS Bedrock has (its Converse API, the provider `bedrock`).
namespace antiphon::inline v0::bedrock {

/// A mark behind which everything that stands before it is cached: for a part, a message or a tool. `ttl` is `5m` or
/// `1h`; empty leaves it to the model.
inline OwnOptions cache_point(const std::string& ttl = "") {
  const std::string more = ttl.empty() ? "" : R"(,"ttl":)" + Json::of(ttl).text();
  return OwnOptions("bedrock").set("cachePoint", Json(R"({"type":"default")" + more + "}"));
}

/// For a part of text that the guardrail of the call looks at; with any such part it looks at nothing else.
/// `qualifiers` is a JSON array of `grounding_source`, `query`, `guard_content`.
inline OwnOptions guarded(Json qualifiers = "[]") { return OwnOptions("bedrock").set("guardContent", qualifiers); }

/// For a document that the answer may cite.
inline OwnOptions citations() { return OwnOptions("bedrock").set("citations", Json(R"({"enabled":true})")); }

/// Options of a call to Bedrock: `Options().with(bedrock::Options().latency("optimized"))`. Those that are not here go
/// by name: `.set("promptVariables", Json(…))`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("bedrock") {}

  /// Region of this call, in the place of the one in the host's name: `eu-west-1`.
  Options& region(std::string name) { return field("region", name); }
  /// A guardrail and its version: a number, or `DRAFT`.
  Options& guardrail(const std::string& id, const std::string& version) {
    return field("guardrailConfig", Json(R"({"guardrailIdentifier":)" + Json::of(id).text() +
                                         R"(,"guardrailVersion":)" + Json::of(version).text() + "}"));
  }
  /// What the guardrail did comes with the answer, as provider metadata `trace`: `enabled`, `enabled_full`, `disabled`.
  Options& guardrail_trace(const std::string& value) {
    return field("guardrailConfig", Json(R"({"trace":)" + Json::of(value).text() + "}"));
  }
  /// Whether a stream waits for the guardrail (`sync`) or not (`async`). It means nothing to an answer in one piece.
  Options& guardrail_stream(const std::string& mode) {
    return field("guardrailConfig", Json(R"({"streamProcessingMode":)" + Json::of(mode).text() + "}"));
  }
  /// `standard` or `optimized`.
  Options& latency(const std::string& value) {
    return field("performanceConfig", Json(R"({"latency":)" + Json::of(value).text() + "}"));
  }
  /// `priority`, `default`, `flex` or `reserved`.
  Options& service_tier(const std::string& value) {
    return field("serviceTier", Json(R"({"type":)" + Json::of(value).text() + "}"));
  }
  /// A field that only the model knows, by its own name: `model_field("top_k", 50)`. Any number of them.
  template <class T>
  Options& model_field(const std::string& name, const T& value) {
    return field("additionalModelRequestFields",
                 Json("{" + Json::of(name).text() + ":" + Json::of(value).text() + "}"));
  }
  /// Lets Claude think for at most so many tokens, at least 1024.
  Options& thinking_budget(std::int64_t tokens) {
    return model_field("thinking", Json(R"({"type":"enabled","budget_tokens":)" + std::to_string(tokens) + "}"));
  }
  /// A field of the model's own answer that comes along, as provider metadata `additionalModelResponseFields`: a JSON
  /// pointer such as `/stop_sequence`. Any number of them.
  Options& response_field(const std::string& pointer) {
    return field("additionalModelResponseFieldPaths", Json("[" + Json::of(pointer).text() + "]"));
  }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::bedrock
