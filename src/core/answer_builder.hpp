#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/chunk.hpp>
#include <antiphon/response.hpp>

#include "core/chunk_sink.hpp"

namespace antiphon::inline v0 {

/// A piece of a tool call as a provider sent it; any of the fields may be missing.
struct ToolCallPiece {
  std::optional<std::int64_t> index;
  std::string_view id;
  std::string_view name;
  std::string_view arguments;
};

/// Puts an answer together from its pieces, and hands each piece on as a chunk: a streamed and a whole answer take
/// the same way, so that both give the same `Response`.
///
/// Parts of a message keep the order in which they began: text after a tool call is a new part.
class AnswerBuilder {
 public:
  /// `sink` may be null: nobody watches the pieces.
  explicit AnswerBuilder(ChunkSink* sink = nullptr) : sink_(sink) {}

  /// First non-empty id and model win (providers.md, trap 47).
  void id(std::string_view id);
  void model(std::string_view model);
  void metadata(std::string_view name, std::string_view json);
  void warn(std::string where, std::string message);
  void raw_event(std::string_view event);

  void text(std::size_t choice, std::string_view piece);
  void reasoning(std::size_t choice, std::string_view piece);
  void reasoning_signature(std::size_t choice, std::string_view signature);
  void refusal(std::size_t choice, std::string_view piece);
  void audio(std::size_t choice, std::string_view bytes, std::string_view transcript);
  /// A block of the provider's own, complete, as its bytes.
  void unknown(std::size_t choice, std::string_view provider, std::string_view raw);
  /// Merges by id, then index, then the last open call (providers.md, traps 58 to 65).
  void tool_call(std::size_t choice, const ToolCallPiece& piece);
  /// Appends to the JSON array of log-probabilities; `raw_array` is an array of tokens.
  void logprobs(std::size_t choice, std::string_view raw_array);

  /// Field-wise, the last known number wins; never a sum (trap 35). The first call and each that changes something
  /// gives a chunk.
  void usage(const Usage& usage);
  /// Remembers the reason; a second one of the same choice is ignored (trap 37).
  void finish(std::size_t choice, FinishReason reason, std::string_view raw_reason);

  bool finished(std::size_t choice) const;
  /// Every choice that began is finished, and at least one did.
  bool all_finished() const;
  /// Text, reasoning, refusal, tool call, audio or unknown block arrived.
  bool has_content() const { return has_content_; }
  bool has_tool_calls(std::size_t choice) const;

  /// Closes open tool calls (empty arguments become `{}`, missing ids are made up) and gives out their chunks, then
  /// the finish chunks. A choice with tool calls that "stopped" becomes `tool_calls`, one without that claims
  /// `tool_calls` becomes `stop` (traps 39, 40).
  void close();

  /// The answer so far. `close` first for a complete one.
  Response take();

 private:
  struct OpenCall {
    std::optional<std::int64_t> index;
    std::string id;
    std::string name;
    std::string arguments;
    std::size_t position = 0;
    bool closed = false;
  };
  struct OpenPart {
    PartKind kind;
    std::string text;
    std::string extra;
    std::string media_type;
    std::size_t call = 0;
  };
  struct ChoiceState {
    std::vector<OpenPart> parts;
    std::vector<OpenCall> calls;
    std::string logprobs;
    FinishReason reason = FinishReason::none;
    std::string raw_reason;
    bool began = false;
  };

  ChoiceState& at(std::size_t choice);
  void append(std::size_t choice, PartKind kind, std::string_view piece);

  ChunkSink* sink_;
  Response response_;
  Usage usage_;
  std::vector<ChoiceState> choices_;
  bool has_content_ = false;
  bool closed_ = false;
};

}  // namespace antiphon::inline v0
