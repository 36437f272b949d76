#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/name.hpp"
#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// What a content block of an answer is to us (providers.md §3.3).
enum class AnthropicBlockKind {
  text,
  thinking,
  tool_use,
  other,  ///< kept as the provider's bytes
};

AnthropicBlockKind anthropic_block_kind(std::string_view type);
/// Whether a piece of this type goes on with a block of that kind. One of a type that is not known may go on with any.
bool takes_pieces(AnthropicBlockKind kind, json::Name delta_type);
/// Whether a block of a kind that we know holds fields that we do not, and so goes back as its own bytes.
bool has_more_fields(AnthropicBlockKind kind, json::Value block);

/// A block of a stream between its start and its stop, and what is needed to write it as one (providers.md §3.8).
struct AnthropicOpenBlock {
  std::optional<std::int64_t> index;
  AnthropicBlockKind kind = AnthropicBlockKind::text;
  std::string type;
  std::string start;  ///< the block as it began, JSON
  std::string text;   ///< of text and thinking, `content` of a compaction
  std::string signature;
  std::string input;                ///< of a tool, JSON; where the bytes of a call are not kept only what it began with
  std::string citations;            ///< elements of an array
  std::string id;                   ///< of a call
  std::int64_t call = 0;            ///< which of the answer's calls it is
  bool keeps_bytes = false;         ///< there is more in it than a part of ours can hold
  bool has_pieces = false;          ///< of `input`
  std::optional<std::size_t> part;  ///< where it stands among the answer's parts

  /// The block as JSON, complete. Nothing when it began as no JSON, its `input` is none, or both are too deep together.
  std::optional<std::string> as_json() const;
};

}  // namespace antiphon::inline v0::codec
