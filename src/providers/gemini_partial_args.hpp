#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// Puts the arguments of a call together that Vertex AI streams value by value (providers.md §4.6, trap 82).
class GeminiPartialArgs {
 public:
  /// One entry of `partialArgs`. False when it cannot be understood, or there is too much of it.
  bool add(json::Value entry);
  /// The arguments as JSON; what could not be added stands behind them, so that they are none, and no tool runs with a
  /// part of them.
  std::string take();

 private:
  static constexpr std::size_t most_depth = 64;
  static constexpr std::size_t most_gap = 8;
  /// Of all values together: a path is short, and what it makes is not.
  static constexpr std::size_t most_nodes = 10'000;

  struct Node {
    std::string name;
    std::string value;  ///< JSON; of a string, its text
    bool is_string = false;
    bool is_array = false;
    std::vector<Node> children = {};
  };

  /// Where `$.operations[0].action` leads.
  Node* place(std::string_view path);
  Node* child(Node& parent, std::string_view name);
  Node* element(Node& parent, std::size_t index);
  static void write(const Node& node, std::string& out);

  bool put(json::Value entry);

  /// Enough to tell what was not understood.
  static constexpr std::size_t most_left_out = 1000;

  Node root_;
  std::string left_out_;
  std::size_t nodes_ = 0;
};

}  // namespace antiphon::inline v0::codec
