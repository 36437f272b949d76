#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <antiphon/citation.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// The pages that an answer rests on, as Perplexity and xAI tell them beside it: `citations`, a list of addresses, and
/// `search_results`, which has their titles (providers.md §6.5, §6.7). A stream repeats them; the last lists count.
class PageCitations {
 public:
  static constexpr std::size_t most = 2048;

  // About how many more bytes are kept.
  std::size_t addresses(json::Value list) { return keep(addresses_, list); }
  std::size_t results(json::Value list) { return keep(results_, list); }
  bool empty() const { return addresses_.empty() && results_.empty(); }
  /// Each page once, in the order of the addresses, `most` of them; those of `known` are left out.
  std::vector<Citation> all(std::set<std::string> known) const;

 private:
  static std::size_t keep(std::string& kept, json::Value list);

  std::string addresses_;  ///< JSON
  std::string results_;
};

}  // namespace antiphon::inline v0::codec
