#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/chunk.hpp>
#include <antiphon/response.hpp>

#include "core/chunk_sink.hpp"
#include "core/pool.hpp"
#include "core/tool_call_merger.hpp"

namespace antiphon::inline v0 {

/// Puts an answer together from its pieces, and hands each piece on as a chunk: a streamed and a whole answer take
/// the same way, so that both give the same `Response`.
///
/// Parts of a message keep the order in which they began: text after a tool call is a new part. Empty pieces are
/// nothing at all.
class AnswerBuilder {
 public:
  /// More answers to one request than any provider gives; indices stay below it.
  static constexpr std::size_t most_choices = 128;

  /// `sink` may be null: nobody watches the pieces.
  explicit AnswerBuilder(ChunkSink* sink = nullptr) : sink_(sink) {}

  /// Whose thoughts and recordings these are, as long as nothing else tells.
  void origin(std::string_view provider) { origin_ = provider; }
  /// First non-empty id and model win (providers.md, trap 47).
  void id(std::string_view id);
  void model(std::string_view model);
  bool has_id() const { return !id_.empty(); }
  bool has_model() const { return !model_.empty(); }
  /// Made-up ids of tool calls are derived from what was answered and from this, a time for example, so that they
  /// differ from answer to answer.
  void id_seed(std::string_view seed) { id_seed_ = seed; }
  bool has_id_seed() const { return !id_seed_.empty(); }
  /// What the provider said beside the answer; the last of a name wins.
  void metadata(std::string_view name, std::string_view json);
  /// Whether that name has this very text already.
  bool has_metadata(std::string_view name, std::string_view json) const;
  /// What the provider said beside the answer as a list that comes in pieces: the elements of each array are appended.
  void metadata_list(std::string_view name, std::string_view raw_array);
  /// The same warning is kept once, and a hundred at most.
  void warn(std::string_view where, std::string_view message);
  void raw_event(std::string_view event);

  void text(std::size_t choice, std::string_view piece);
  void reasoning(std::size_t choice, std::string_view piece);
  void refusal(std::size_t choice, std::string_view piece);
  void audio(std::size_t choice, std::string_view bytes, std::string_view transcript);
  /// Format or media type of the audio at hand; the first wins.
  void audio_format(std::size_t choice, std::string_view format);
  /// The provider's id of the spoken answer; the first wins.
  void audio_id(std::size_t choice, std::string_view id);
  /// A picture, complete.
  void image(std::size_t choice, std::string bytes, std::string media_type);
  /// A block of the provider's own, complete, as its bytes; `type` is the provider's word for it.
  void unknown(std::size_t choice, std::string_view provider, std::string_view raw, std::string_view type = {});
  void tool_call(std::size_t choice, const ToolCallPiece& piece);
  /// Begins a part, whose pieces follow, even if the one before is of the same kind.
  void begin_part(std::size_t choice, PartKind kind);
  /// Which part of a choice is at hand: the one that was begun last, or turned to.
  std::size_t part_at_hand(std::size_t choice) const { return choice < choices_.size() ? choices_[choice].at_hand : 0; }
  /// Goes on with a part that began before, for providers whose parts come interleaved.
  void turn_to(std::size_t choice, std::size_t part);
  /// What a text, reasoning or refusal says so far; good until more is said.
  std::string_view part_text(std::size_t choice, std::size_t part) const;
  /// What the part at hand says, as it turns out at its end. Chunks cannot be taken back.
  void correct_text(std::size_t choice, std::string_view text);
  // Of the part at hand; a choice without any gets an empty one of reasoning.
  /// The provider's seal, in one or more pieces.
  void signature(std::size_t choice, std::string_view provider, std::string_view piece);
  /// The bytes in which the provider sent it.
  void raw(std::size_t choice, std::string_view provider, std::string_view bytes);
  void citation(std::size_t choice, Citation citation);
  /// The same, of the last part that says something in text, whatever came behind it.
  void text_citation(std::size_t choice, Citation citation);
  /// Fields of the provider's own that go back with what the model thought.
  void reasoning_own(std::size_t choice, OwnOptions own);
  /// The text so far was thought and not said, as it turns out. It has been handed out: a warning tells.
  void text_was_reasoning(std::size_t choice);
  /// Appends to the JSON array of log-probabilities; `raw_array` is an array of tokens.
  void logprobs(std::size_t choice, std::string_view raw_array);

  /// Forgets the answer so far, but not its name: a gateway began another one in its place. Chunks cannot be taken
  /// back.
  void restart();
  /// Field-wise, the greatest known number wins; never a sum (trap 35). What changes something gives a chunk.
  void usage(const Usage& usage);
  const Usage& usage() const { return usage_; }
  /// Takes the place of what was known, for a provider whose later numbers correct the earlier ones (trap 113).
  void corrected_usage(const Usage& usage);
  /// Remembers the reason; a second one of the same choice is ignored (trap 37).
  void finish(std::size_t choice, FinishReason reason, std::string_view raw_reason);

  /// Indices of choices are below this.
  std::size_t choice_count() const { return choices_.size(); }
  bool began(std::size_t choice) const { return choice < choices_.size() && choices_[choice].began; }
  bool finished(std::size_t choice) const;
  /// Every choice that began is finished, and at least one did.
  bool all_finished() const;
  /// Text, reasoning, refusal, tool call, audio or unknown block arrived.
  bool has_content() const { return has_content_; }
  bool has_content(std::size_t choice) const { return choice < choices_.size() && !choices_[choice].parts.empty(); }
  /// The tool calls of a choice so far; names and arguments may be mended before `close`. The choice begins with this.
  std::vector<ToolCallMerger::Call>& calls(std::size_t choice) { return at(choice).calls.calls(); }
  /// Puts a further call behind that one.
  void insert_call(std::size_t choice, std::size_t position, ToolCallMerger::Call call);
  /// A decoder keeps this many bytes for the answer by itself.
  void count_kept(std::size_t bytes) { kept_ += bytes; }
  /// About how many bytes are kept.
  std::size_t kept_bytes() const { return kept_; }

  /// Completes the tool calls (empty arguments become `{}`, missing ids are made up) and gives out their chunks, then
  /// the finish chunks. A choice with tool calls that "stopped" becomes `tool_calls`, one without that claims
  /// `tool_calls` becomes `stop` (traps 39, 40).
  void close();

  /// The answer so far. `close` first for a complete one.
  Response take();

 private:
  void push_beside_content(Chunk chunk, std::size_t bytes);
  struct OpenPart {
    explicit OpenPart(PartKind its_kind) : kind(its_kind) {}

    PartKind kind;
    std::string text;
    std::string bytes;  ///< of audio or an image
    std::string id;
    std::string type;  ///< of an unknown block, media type of an image, format of audio
    std::size_t call = 0;
    std::string provider;
    std::string signature;
    std::string raw;
    std::vector<Citation> citations;
    std::vector<OwnOptions> own;
  };
  using OpenParts = std::vector<OpenPart, PoolAllocator<OpenPart>>;
  struct ChoiceState {
    OpenParts parts;
    std::size_t at_hand = 0;
    ToolCallMerger calls;
    std::string logprobs;
    FinishReason reason = FinishReason::none;
    std::string raw_reason;
    bool began = false;
  };
  struct Metadata {
    std::string name;
    std::string json;
    bool open_list;
  };

  ChoiceState& at(std::size_t choice) {
    if (choice >= choices_.size()) add_choices(choice);
    ChoiceState& state = choices_[choice];
    state.began = true;
    return state;
  }
  void add_choices(std::size_t choice);
  OpenPart& open(std::size_t choice, PartKind kind);
  OpenPart& at_hand(std::size_t choice);
  void append(std::size_t choice, PartKind kind, ChunkKind chunk_kind, std::string_view piece);
  Metadata* find_metadata(std::string_view name, bool list);
  void add_citation(std::size_t choice, OpenPart& part, Citation citation);
  void push_call_delta(std::size_t choice, std::size_t position, std::string_view arguments);
  void close_calls(std::size_t choice);
  std::string make_id(std::size_t choice, std::size_t position, const ToolCallMerger::Call& call) const;
  static Part make_bare_part(ChoiceState& state, OpenPart& part);
  static Part make_part(ChoiceState& state, OpenPart& part);

  ChunkSink* sink_;
  std::string origin_;
  std::string id_;
  std::string model_;
  std::string id_seed_;
  Usage usage_;
  std::vector<Metadata, PoolAllocator<Metadata>> metadata_;
  std::vector<Warning> warnings_;
  std::vector<ChoiceState, PoolAllocator<ChoiceState>> choices_;
  std::size_t kept_ = 0;
  bool has_content_ = false;
  bool closed_ = false;
};

}  // namespace antiphon::inline v0
