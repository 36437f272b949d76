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
  /// The arguments as JSON.
  std::string take();

 private:
  static constexpr std::size_t most_depth = 64;
  static constexpr std::size_t most_elements = 10'000;

  struct Node {
    std::string name;
    std::string value;  ///< JSON; of a string, its text
    bool is_string = false;
    bool is_array = false;
    std::vector<Node> children = {};
  };

  /// Where `$.operations[0].action` leads.
  Node* place(std::string_view path);
  static Node& child(Node& parent, std::string_view name);
  static void write(const Node& node, std::string& out);

  Node root_;
};

}  // namespace antiphon::inline v0::codec
