#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

/// An output item of a Responses answer. A message holds all texts and refusals that stand together, a reasoning item
/// all reasoning that does.
struct OutputItem {
  enum class Kind { reasoning, message, function_call, custom_call, hosted };
  Kind kind = Kind::message;
  std::string id;  ///< empty for hosted ones, which have their own
  std::string phase;
  std::vector<std::size_t> blocks;
};

/// How far an item is.
enum class ItemState { begun, complete, cut };

/// The output of an answer, ready to be written.
class ResponseOutput {
 public:
  ResponseOutput(const Ask& ask, const Answer& answer);

  const std::vector<Block>& blocks() const { return blocks_; }
  const std::vector<OutputItem>& items() const { return items_; }
  std::size_t item_of(std::size_t block) const { return item_of_[block]; }
  /// Place of a block in its item.
  std::size_t part_of(std::size_t block) const;

  /// JSON of an item under this id.
  std::string item(std::size_t index, const std::string& id, ItemState state) const;
  /// JSON of a part: of a text or refusal, of a summary, of raw reasoning. Empty, or with all it says.
  std::string part(std::size_t block, bool whole) const;
  std::string logprobs(const std::vector<std::string>& pieces) const;

 private:
  bool joins_last_item(const Block& block) const;
  void add_block(std::size_t index, bool after_reasoning);
  void add_phases();
  std::string reasoning(const OutputItem& item, const std::string& id, ItemState state) const;
  std::string message(const OutputItem& item, const std::string& id, ItemState state) const;
  std::string call(const OutputItem& item, const std::string& id, ItemState state) const;
  std::string hosted(const OutputItem& item, ItemState state) const;

  Ask ask_;
  std::uint64_t salt_;
  std::vector<Block> blocks_;
  std::vector<OutputItem> items_;
  std::vector<std::size_t> item_of_;
};

}  // namespace antiphon::inline v0::simulator
