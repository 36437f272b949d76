#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/json.hpp>
#include <antiphon/options.hpp>

#include "json/reader.hpp"
#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// Sets the option that every provider knows by this name (`temperature`, `stop`, …); false when there is none. A null
/// sets nothing. Throws `Error{invalid_request}` at `name` when the value is of the wrong type.
bool set_common_option(Options& options, const std::string& name, json::Value value);

/// `"text"`, `"json"`, OpenAI's object with a `type`, or a JSON Schema. Throws `Error{invalid_request}` at `where`.
ResponseFormat read_response_format(const std::string& where, json::Value value);

/// The options of a call with those given by name in their places, and the provider's own that are left over.
class SettledOptions {
 public:
  /// Own options count when they are meant for `preset`.
  SettledOptions(const Options& options, const Preset& preset);

  const Options& common() const { return settled_ ? *settled_ : *asked_; }
  const std::vector<std::pair<std::string, Json>>& own() const { return own_; }

 private:
  void settle(const std::string& name, const Json& value);

  const Options* asked_;
  /// A copy, made only when something was given by name.
  std::optional<Options> settled_;
  std::vector<std::pair<std::string, Json>> own_;
};

}  // namespace antiphon::inline v0::codec
