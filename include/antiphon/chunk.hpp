#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <antiphon/citation.hpp>
#include <antiphon/export.hpp>
#include <antiphon/message.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

enum class ChunkKind {
  content,          ///< a piece of the answer's text
  reasoning,        ///< a piece of what the model thinks
  refusal,          ///< a piece of the model's words when it refuses
  tool_call_delta,  ///< a piece of a tool call's arguments
  tool_call,        ///< a tool call, complete
  tool_result,      ///< a tool was run: what it gave; the next answer of the model follows
  audio,            ///< a piece of spoken answer: bytes, transcript or both
  image,            ///< a picture, complete; `part()` is it
  citation,         ///< where the text before it comes from
  unknown,          ///< a block that this version does not know, complete
  usage,            ///< token counts so far; the last one is final
  finish,           ///< why a choice ended
  joint,            ///< the answer was cut here and goes on, from the provider that `text()` names; see
                    ///< `Options::continue_with`
  raw,              ///< an event of the provider as it came; only with `Options::raw_events`
};

ANTIPHON_EXPORT std::string_view to_string(ChunkKind kind);

/// One event of a streamed answer.
class ANTIPHON_EXPORT Chunk {
 public:
  Chunk(ChunkKind kind, std::string text, std::size_t choice = 0)
      : kind_(kind), choice_(choice), text_(std::move(text)) {}

  ChunkKind kind() const { return kind_; }
  /// Index of the choice that this belongs to.
  std::size_t choice() const { return choice_; }
  /// Text of a `content` chunk, empty for every other kind: printing it for each chunk prints the answer.
  std::string_view content() const { return kind_ == ChunkKind::content ? std::string_view(text_) : std::string_view(); }
  /// The text of this chunk, whatever its kind: content, reasoning, refusal, arguments of a tool call, transcript,
  /// the provider's word at the finish, the provider's event.
  const std::string& text() const { return text_; }
  /// For `tool_call_delta`, `tool_call` and `tool_result`: position of the call in its answer, from 0.
  std::size_t tool_index() const { return tool_index_; }
  /// For `tool_call_delta`: id and name so far, `text()` is the new piece of the arguments.
  /// For `tool_call`, `tool_result`, `image` and `unknown`: the whole part. Null for other kinds.
  const Part* part() const;
  /// For `usage`. All unknown for other kinds.
  Usage usage() const;
  /// For `finish`; `none` for other kinds.
  FinishReason finish_reason() const { return finish_reason_; }
  /// For `audio`: bytes, decoded. Empty for other kinds.
  std::string_view audio() const;
  /// For `citation`. Null for other kinds.
  const Citation* citation() const;

  static Chunk tool_call_delta(std::size_t choice, std::size_t tool_index, Part call_so_far, std::string arguments);
  static Chunk tool_call(std::size_t choice, std::size_t tool_index, Part call);
  static Chunk tool_result(std::size_t tool_index, Part result);
  static Chunk unknown(std::size_t choice, Part part);
  static Chunk image(std::size_t choice, Part part);
  static Chunk usage(Usage usage);
  static Chunk finish(std::size_t choice, FinishReason reason, std::string raw_reason);
  static Chunk audio(std::size_t choice, std::string bytes, std::string transcript);
  static Chunk citation(std::size_t choice, Citation citation);
  static Chunk raw(std::string event);

 private:
  struct Details;

  ChunkKind kind_;
  FinishReason finish_reason_ = FinishReason::none;
  std::size_t choice_ = 0;
  std::size_t tool_index_ = 0;
  std::string text_;
  std::shared_ptr<const Details> details_;
};

}  // namespace antiphon::inline v0
