#pragma once

#include <string>
#include <utility>
#include <vector>

#include <antiphon/export.hpp>
#include <antiphon/json.hpp>

namespace antiphon::inline v0 {

/// Options that one family of providers has and the others have not, under its own names; of a call, a message, a part
/// or a tool. The typed ones (`openai::Options`, `ollama::Options`, `anthropic::cache_control`, …) are made of this.
///
/// They mean something to that family only: a provider of another one takes no notice, even with `strict`, so that one
/// call can carry options for every link of a `FallbackProvider`. A call none of whose providers is of the family gets a
/// warning.
class ANTIPHON_EXPORT OwnOptions {
 public:
  /// `openai`, `anthropic`, `gemini`, `ollama`, `bedrock`, `cohere`, or the name of any other provider.
  explicit OwnOptions(std::string family) : family_(std::move(family)) {}

  /// A field by the provider's own name: a text, a number, true or false, or any `Json`. The last of a name wins.
  template <class T>
  OwnOptions& set(std::string name, const T& value) & {
    return put(std::move(name), Json::of(value)), *this;
  }
  template <class T>
  OwnOptions&& set(std::string name, const T& value) && {
    return std::move(set(std::move(name), value));
  }

  const std::string& family() const { return family_; }
  const std::vector<std::pair<std::string, Json>>& fields() const { return fields_; }

  friend bool operator==(const OwnOptions&, const OwnOptions&) = default;

 private:
  void put(std::string name, Json value);

  std::string family_;
  std::vector<std::pair<std::string, Json>> fields_;
};

}  // namespace antiphon::inline v0
