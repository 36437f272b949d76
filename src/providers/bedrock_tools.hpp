#pragma once

#include <string>

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "json/writer.hpp"
#include "providers/carried_tools.hpp"
#include "providers/claude_rules.hpp"
#include "providers/codec.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `toolConfig` of Bedrock's Converse (providers.md §6.13).
class BedrockTools {
 public:
  /// `claude` holds for its models; null for others.
  BedrockTools(json::Writer& writer, RequestNotes& notes, const Options& options, const Preset& preset,
               const ClaudeRules* claude)
      : writer_(writer), notes_(notes), options_(options), preset_(preset), claude_(claude) {}

  /// The field and its key, when there is something to say. `can_force`: the model can be made to call a tool.
  void write(const Messages& history, bool can_force);

 private:
  void spec(const CarriedTool& carried);
  ToolSchema schema_of(const Tool& tool, const std::string& place);
  void tools_of(const Messages& history);
  void choice(bool can_force);

  json::Writer& writer_;
  RequestNotes& notes_;
  const Options& options_;
  const Preset& preset_;
  const ClaudeRules* claude_;
};

}  // namespace antiphon::inline v0::codec
