#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/own_options.hpp>

/// What only Anthropic has.
namespace antiphon::inline v0::anthropic {

/// A mark behind which the provider caches everything that stands before it: for a part, a message, a tool, or with
/// `Options::with` for the whole request. `ttl` is `5m` or `1h`. At most four marks in a request.
inline OwnOptions cache_control(const std::string& ttl = "5m") {
  return OwnOptions("anthropic")
      .set("cache_control", Json(R"({"type":"ephemeral","ttl":)" + Json::of(ttl).text() + "}"));
}

/// Options of a call to Anthropic, or to its models on another cloud:
/// `Options().with(anthropic::Options().thinking_budget(4096))`. Those that are not here go by name:
/// `.set("context_management", Json(…))`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("anthropic") {}

  /// Lets the model think for at most so many tokens, at least 1024 and less than `max_tokens`; models up to 4.6.
  Options& thinking_budget(std::int64_t tokens) {
    return field("thinking", Json(R"({"type":"enabled","budget_tokens":)" + std::to_string(tokens) + "}"));
  }
  /// Lets the model think as it sees fit; from 4.6 on.
  Options& thinking_adaptive() { return field("thinking", Json(R"({"type":"adaptive"})")); }
  Options& thinking_off() { return field("thinking", Json(R"({"type":"disabled"})")); }
  /// `low`, `medium`, `high`, `xhigh`, `max`, as the model has them; the same as `reasoning_effort`.
  Options& effort(std::string value) { return field("reasoning_effort", value); }
  /// A mark at the end of the longest prefix that repeats, set by the provider. `ttl` is `5m` or `1h`.
  Options& cache_control(const std::string& ttl = "5m") {
    return field("cache_control", anthropic::cache_control(ttl).fields().front().second);
  }
  /// `auto` or `standard_only`.
  Options& service_tier(std::string value) { return field("service_tier", value); }
  /// Switches a beta feature on (header `anthropic-beta`); any number of them.
  Options& beta(std::string name) { return field("anthropic-beta", name); }
  /// Region in which the model runs.
  Options& inference_geo(std::string value) { return field("inference_geo", value); }

 private:
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::anthropic
