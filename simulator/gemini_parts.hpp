#pragma once

#include "blocks.hpp"

namespace antiphon::inline v0::simulator {

/// What a choice says as Google has it: the blocks, and the signature that the model puts under its thoughts.
class GeminiParts {
 public:
  GeminiParts(const Ask& ask, const Answer& answer, const Choice& choice);
  GeminiParts(GeminiParts&&) = default;  // a pointer into the blocks moves with them
  GeminiParts(const GeminiParts&) = delete;

  const std::vector<Block>& blocks() const { return blocks_; }
  /// A part with this text, of a block of text or reasoning.
  std::string text_part(const Block& block, std::string_view text, std::string_view signature = "") const;
  std::string call_part(const ToolCall& call) const;
  /// The same in the fragments in which Vertex streams arguments on request.
  std::vector<std::string> call_fragments(const ToolCall& call) const;
  /// What stands under the text; empty when a call carries the signature, or there are no thoughts.
  const std::string& text_signature() const { return text_signature_; }

 private:
  std::string signature_of_call(const ToolCall& call) const;
  std::string scripted_signature() const;

  std::vector<Block> blocks_;
  std::uint64_t salt_;
  const ToolCall* first_call_ = nullptr;
  std::string text_signature_;
};

}  // namespace antiphon::inline v0::simulator
