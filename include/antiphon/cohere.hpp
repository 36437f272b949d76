#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <antiphon/own_options.hpp>

/// What only Cohere has.
namespace antiphon::inline v0::cohere {

/// Options of a call to Cohere: `Options().with(cohere::Options().document("The sky is blue."))`. Those that are not
/// here go by name: `.set("raw_prompting", true)`.
class Options : public OwnOptions {
 public:
  Options() : OwnOptions("cohere") {}

  /// A text that the answer may cite; any number of them.
  Options& document(const std::string& text) { return documents(Json::of(text)); }
  /// The same with fields: a JSON object such as `{"id":"a","data":{"title":"Sky","text":"It is blue."}}`.
  Options& document_object(const Json& object) { return documents(object); }
  /// How much is done for citations: `FAST`, `ACCURATE`, `OFF`.
  Options& citations(const std::string& mode) {
    return field("citation_options", Json(R"({"mode":)" + Json::of(mode).text() + "}"));
  }
  /// `CONTEXTUAL`, `STRICT`, `OFF`.
  Options& safety_mode(const std::string& mode) { return field("safety_mode", mode); }
  /// Lets the model think, or not.
  Options& thinking(bool on) {
    return field("thinking", Json(on ? R"({"type":"enabled"})" : R"({"type":"disabled"})"));
  }
  /// Lets the model think for at most so many tokens.
  Options& thinking_budget(std::int64_t tokens) {
    return field("thinking", Json(R"({"type":"enabled","token_budget":)" + std::to_string(tokens) + "}"));
  }
  /// Smaller numbers are answered first when the provider is busy; from 0 on.
  Options& priority(std::int64_t value) { return field("priority", value); }
  /// Whether the prompt is sent to the model without Cohere's own template.
  Options& raw_prompting(bool on) { return field("raw_prompting", on); }

 private:
  Options& documents(const Json& document) { return field("documents", Json("[" + document.text() + "]")); }
  template <class T>
  Options& field(const char* name, const T& value) {
    return set(name, value), *this;
  }
};

}  // namespace antiphon::inline v0::cohere
