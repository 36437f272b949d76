#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::pipeline {

/// Makes one stream of the answers of several rounds: counts of tokens are those of all rounds so far, and only the
/// last answer finishes.
class ToolOutput : public ChunkOutput {
 public:
  explicit ToolOutput(ChunkOutput& output) : output_(output) {}

  void push(Chunk chunk) override {
    if (chunk.kind() == ChunkKind::finish) return finishes_.push_back(std::move(chunk));
    if (chunk.kind() == ChunkKind::usage && before_) {
      Usage sum = *before_;
      chunk = Chunk::usage(sum += chunk.usage());
    }
    output_.push(std::move(chunk));
  }
  void flush() override { output_.flush(); }
  bool full() const override { return output_.full(); }
  void on_room(std::function<void()> function) override { output_.on_room(std::move(function)); }

  /// Another answer follows; all so far used that many tokens.
  void next_round(Usage so_far) {
    finishes_.clear();
    before_ = so_far;
  }
  /// There is no other answer.
  void finish() {
    for (Chunk& chunk : finishes_) output_.push(std::move(chunk));
    finishes_.clear();
    output_.flush();
  }

 private:
  ChunkOutput& output_;
  std::vector<Chunk> finishes_;
  std::optional<Usage> before_;
};

}  // namespace antiphon::inline v0::pipeline
