#pragma once

#include <simdjson.h>

#include <string_view>

#include "require.hpp"

/// simdjson's DOM, which checks all of a text, as a second opinion.
class Oracle {
 public:
  /// The text as a tree, or why there is none.
  simdjson::simdjson_result<simdjson::dom::element> parse(std::string_view text) {
    return parser_.parse(text.data(), text.size());
  }

  /// A text that we take for JSON: simdjson takes it as well, or it holds one of the things that simdjson does not
  /// read though they are JSON: lone surrogates, numbers out of range, more depth than it was made for.
  void agree_that_it_is_json(std::string_view text) {
    const auto has = [text](std::string_view digits) { return text.find_first_of(digits) != std::string_view::npos; };
    switch (parse(text).error()) {
      case simdjson::SUCCESS:
        return;
      case simdjson::STRING_ERROR:
        return require(text.find("\\ud") != text.npos || text.find("\\uD") != text.npos);
      case simdjson::NUMBER_ERROR:
        return require(has("eE") || longest_number(text) > 18);
      case simdjson::DEPTH_ERROR:
        return require(text.size() > 1000);
      default:
        require(false);
    }
  }

 private:
  static std::size_t longest_number(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t at = 0, length = 0; at < text.size(); ++at) {
      length = text[at] >= '0' && text[at] <= '9' ? length + 1 : 0;
      if (length > longest) longest = length;
    }
    return longest;
  }

  simdjson::dom::parser parser_;
};
