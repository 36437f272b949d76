#include "blocks.hpp"

#include "parts.hpp"

namespace antiphon::inline v0::simulator {
namespace {

Block block_of(Block::Kind kind, const std::vector<std::string>& pieces) {
  Block block;
  block.kind = kind;
  block.pieces = pieces;
  return block;
}

}  // namespace

std::vector<Block> blocks_of(const Choice& choice) {
  std::vector<Block> blocks = choice.blocks;
  if (blocks.empty()) {
    if (!choice.reasoning.empty()) blocks.push_back(block_of(Block::Kind::reasoning, choice.reasoning));
    if (choice.generated || !choice.text.empty()) blocks.push_back(block_of(Block::Kind::text, choice.text));
    if (!choice.refusal.empty()) blocks.push_back(block_of(Block::Kind::refusal, choice.refusal));
    for (const ToolCall& call : choice.tool_calls) {
      blocks.push_back(block_of(Block::Kind::call, {}));
      blocks.back().call = call;
    }
  }
  for (Block& block : blocks) {
    if (block.kind == Block::Kind::call) block.pieces = split_into_pieces(block.call.arguments);
    if (block.kind != Block::Kind::text) continue;
    block.endless = choice.endless;
    if (choice.generated) block.generated = choice.generated;
  }
  return blocks;
}

std::string whole_text(const Block& block) {
  std::string text;
  for (const std::string& piece : block.pieces) text += piece;
  return text;
}

std::string call_id_with(std::string_view beginning, const std::string& id) {
  constexpr std::string_view usual = "call_";
  return id.starts_with(usual) ? std::string(beginning) + id.substr(usual.size()) : id;
}

bool BlockSource::next(Event& event) {
  while (given_ >= ready_.size()) {
    if (step_ == Step::over) return false;
    ready_.clear();
    given_ = 0;
    advance();
  }
  event = std::move(ready_[given_++]);
  return true;
}

std::vector<Event> BlockSource::take_ready() {
  std::vector<Event> rest(std::make_move_iterator(ready_.begin() + static_cast<std::ptrdiff_t>(given_)),
                          std::make_move_iterator(ready_.end()));
  ready_.clear();
  given_ = 0;
  return rest;
}

void BlockSource::advance() {
  switch (step_) {
    case Step::begin:
      begin();
      step_ = Step::open;
      break;
    case Step::open:
      step_ = index_ < blocks_.size() ? Step::pieces : Step::end;
      if (step_ == Step::pieces) open(index_);
      piece_ = 0;
      break;
    case Step::pieces: {
      const Block& block = blocks_[index_];
      std::string text;
      if (piece_of(block.pieces, block.generated, block.endless, piece_++, text)) {
        piece(index_, text);
      } else {
        close(index_++);
        step_ = Step::open;
      }
      break;
    }
    case Step::end:
      end();
      step_ = Step::over;
      break;
    case Step::over:
      break;
  }
}

}  // namespace antiphon::inline v0::simulator
