#pragma once

#include <string>
#include <utility>
#include <vector>

#include <antiphon/antiphon.hpp>

namespace antiphon::simulation {

/// A round of tools that has passed: the model's calls, by their ids, and the results that go along.
struct PastRound {
  std::vector<std::string> calls = {};
  std::vector<std::pair<std::string, std::string>> results = {};  ///< id and text
};

/// What an attempt is about, as far as can be seen of it.
struct Asked {
  std::size_t link;
  double tokens;     ///< that it probably needs, at least
  std::size_t said;  ///< bytes of the answer that go along, to be continued
  int part = 0;      ///< of its call: which round of tools, from 0, or the first text of a batch
  int texts = 0;     ///< of a batch
  bool offers_tools = false;
  std::vector<PastRound> past = {};
};

Asked asked_in(const HttpRequest& request, std::size_t link);
Asked asked_in(const Request& request, std::size_t link);

/// The text that a batch has for the `index`th of a call, and the index in it.
std::string text_to_embed(int index, int bytes);
int index_of_text(std::string_view text);

}  // namespace antiphon::simulation
