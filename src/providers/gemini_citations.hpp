#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <antiphon/citation.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Collects the sources of one answer of Gemini's, each once, however often a stream repeats them (providers.md §4.5).
/// Bounded: an answer has at most `most` of them, and one that is longer than `most_bytes` stays in the metadata only.
class GeminiCitations {
 public:
  static constexpr std::size_t most = 2048;
  static constexpr std::size_t most_bytes = 16 * 1024;

  /// Of `citationMetadata`; gives those that are new.
  std::vector<Citation> sources(json::Value citation_metadata);
  /// Of `groundingMetadata`, all of it: each piece of the text that is supported, with each source that supports it.
  std::vector<Citation> supports(json::Value grounding_metadata);
  /// Whether there were more than are given.
  bool incomplete() const { return incomplete_; }
  /// Whether some were of sources that did not come.
  bool without_source() const { return without_source_; }

 private:
  void add(std::vector<Citation>& found, Citation citation);

  std::set<std::string> known_;
  bool incomplete_ = false;
  bool without_source_ = false;
};

}  // namespace antiphon::inline v0::codec
