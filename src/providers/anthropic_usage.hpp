#pragma once

#include "core/answer_builder.hpp"
#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// What Anthropic says about tokens, from message_start to message_delta (providers.md §3.7, §3.8). Its input is what
/// was neither read from the cache nor written to it; ours is all of the prompt (trap 109). Later numbers take the
/// place of earlier ones; nothing is added up (trap 113).
class AnthropicUsage {
 public:
  /// A `usage`; null and absent fields leave what is known. What is no count of ours becomes metadata `usage.NAME`.
  void read(json::Value value, AnswerBuilder& builder);

 private:
  Count uncached_;
  Count cached_;
  Count cache_write_;
  Count output_;
  Count thought_;
};

}  // namespace antiphon::inline v0::codec
