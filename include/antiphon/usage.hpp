#pragma once

#include <antiphon/count.hpp>

namespace antiphon::inline v0 {

/// Tokens of one answer, counted the same way for every provider: `input_tokens` holds all input, cached and
/// cache-written included; `output_tokens` holds all output, reasoning included.
class Usage {
 public:
  Count input_tokens() const { return input_; }
  Count cached_input_tokens() const { return cached_input_; }
  Count cache_write_tokens() const { return cache_write_; }
  Count output_tokens() const { return output_; }
  Count reasoning_tokens() const { return reasoning_; }
  Count total_tokens() const { return input_ + output_; }
  /// False when the provider sent no usage at all.
  bool known() const { return input_.known() || output_.known(); }

  Usage& input_tokens(Count value) { return input_ = value, *this; }
  Usage& cached_input_tokens(Count value) { return cached_input_ = value, *this; }
  Usage& cache_write_tokens(Count value) { return cache_write_ = value, *this; }
  Usage& output_tokens(Count value) { return output_ = value, *this; }
  Usage& reasoning_tokens(Count value) { return reasoning_ = value, *this; }

  Usage& operator+=(const Usage& other) {
    input_ += other.input_;
    cached_input_ += other.cached_input_;
    cache_write_ += other.cache_write_;
    output_ += other.output_;
    reasoning_ += other.reasoning_;
    return *this;
  }
  friend bool operator==(const Usage&, const Usage&) = default;

 private:
  Count input_;
  Count cached_input_;
  Count cache_write_;
  Count output_;
  Count reasoning_;
};

}  // namespace antiphon::inline v0
