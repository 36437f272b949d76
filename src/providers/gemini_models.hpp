#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// What a model of Google's takes (providers.md §4.2, §4.3).
struct GeminiModel {
  enum class Thinking { none, budget, level };

  Thinking thinking = Thinking::level;
  bool can_rest = false;            ///< thinking can be switched off
  bool thinks_least = false;        ///< has the level `minimal`
  bool thinks_most = false;         ///< has the level `xhigh`
  bool sealed_calls = true;         ///< a function call of the history needs a thought signature
  bool json_schema = true;          ///< takes real JSON Schema
  bool media_results = true;        ///< a function's result may hold images
  bool format_beside_tools = true;  ///< takes a form of the answer and functions at once
  bool validated_calls = true;      ///< has the mode `VALIDATED`
};

GeminiModel classify_gemini_model(std::string_view model);

}  // namespace antiphon::inline v0::codec
