#pragma once

#include <string_view>

namespace antiphon::inline v0::codec {

/// What a model of Google's takes (providers.md §4.2, §4.3).
struct GeminiModel {
  enum class Thinking { none, budget, level };

  Thinking thinking = Thinking::level;
  bool can_rest = false;     ///< thinking can be switched off
  bool sealed_calls = true;  ///< a function call of the history needs a thought signature
  bool json_schema = true;   ///< takes real JSON Schema
  bool media_results = true; ///< a function's result may hold images
};

GeminiModel classify_gemini_model(std::string_view model);

}  // namespace antiphon::inline v0::codec
