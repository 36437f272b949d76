#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// The parts of a choice as its scenario orders them, else reasoning, text, refusal, tool calls.
std::vector<Block> blocks_of(const Choice& choice);

inline bool is_thought(const Block& block) {
  return block.kind == Block::Kind::reasoning || block.kind == Block::Kind::hidden_reasoning;
}

/// All pieces of a block in one.
std::string whole_text(const Block& block);

/// The id of a call with the protocol's beginning in place of the usual `call_`; other ids stay as they are.
std::string call_id_with(std::string_view beginning, const std::string& id);

/// Gives out the events of an answer that is a list of blocks. A protocol says what each step looks like.
class BlockSource : public EventSource {
 public:
  explicit BlockSource(std::vector<Block> blocks) : blocks_(std::move(blocks)) {}
  bool next(Event& event) override;

 protected:
  virtual void begin() = 0;
  virtual void open(std::size_t index) = 0;
  virtual void piece(std::size_t index, const std::string& text) = 0;
  virtual void close(std::size_t index) = 0;
  virtual void end() = 0;

  const std::vector<Block>& blocks() const { return blocks_; }
  void give(Event::Kind kind, std::string data, std::string name = "") {
    ready_.push_back(Event{kind, std::move(data), std::move(name)});
  }
  /// What is ready and was not given out yet.
  std::vector<Event> take_ready();

 private:
  void advance();

  std::vector<Block> blocks_;
  std::vector<Event> ready_;
  std::size_t given_ = 0;
  std::size_t index_ = 0;
  std::uint64_t piece_ = 0;
  enum class Step { begin, open, pieces, end, over };
  Step step_ = Step::begin;
};

}  // namespace antiphon::inline v0::simulator
