#pragma once

#include <string_view>

#include <antiphon/options.hpp>

#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/gemini_models.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `tools` and the `toolConfig` of Gemini's protocol (providers.md §4.4).
class GeminiTools {
 public:
  GeminiTools(json::Writer& writer, RequestNotes& notes, const Options& options, const Target& target,
              const GeminiModel& model)
      : writer_(writer), notes_(notes), options_(options), target_(target), model_(model) {}

  /// Functions, that is; others the provider runs.
  bool has_functions() const;
  void write_tools();
  /// `config` are further fields of the `toolConfig`, `calling` of the `functionCallingConfig` in it. With
  /// `other_tools` there are functions that only the user knows.
  void write_config(const ExtraFields& config, const ExtraFields& calling, bool other_tools);

 private:
  void function(const CarriedTool& carried);
  std::string_view mode(bool other_tools);
  bool wants_strict();

  json::Writer& writer_;
  RequestNotes& notes_;
  const Options& options_;
  const Target& target_;
  const GeminiModel& model_;
};

}  // namespace antiphon::inline v0::codec
