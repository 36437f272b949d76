#pragma once

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/codec.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `toolConfig` of Bedrock's Converse (providers.md §6.13).
class BedrockTools {
 public:
  BedrockTools(json::Writer& writer, RequestNotes& notes, const Options& options, const Preset& preset)
      : writer_(writer), notes_(notes), options_(options), preset_(preset) {}

  /// The field and its key, when there is something to say. `can_force`: the model can be made to call a tool.
  void write(const Messages& history, bool can_force);

 private:
  void spec(const CarriedTool& carried);
  void tools_of(const Messages& history);
  void choice(bool can_force);

  json::Writer& writer_;
  RequestNotes& notes_;
  const Options& options_;
  const Preset& preset_;
};

}  // namespace antiphon::inline v0::codec
