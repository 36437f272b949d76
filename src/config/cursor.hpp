#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <antiphon/error.hpp>

#include "config/node.hpp"

namespace antiphon::inline v0::config {

/// A value of a file and the way to it, for messages. Lives on the stack, below those it came from.
class Cursor {
 public:
  /// The root of a file.
  explicit Cursor(const Node& root) : node_(root) {}
  Cursor(const Cursor& parent, const Entry& entry)
      : parent_(&parent), key_(entry.key), node_(entry.value), key_place_(&entry.place) {}
  Cursor(const Cursor& parent, std::size_t index, const Node& element)
      : parent_(&parent), index_(index), node_(element) {}

  const Node& node() const { return node_; }
  std::string_view key() const { return key_; }
  /// The key as messages show it: short, and without control characters.
  std::string shown_key() const;
  /// `models.fast.fallback[1].weight`
  std::string path() const;
  const Place& place() const { return node_.place; }
  /// Whether it was read from a file, and not made up.
  bool in_a_file() const { return parent_ == nullptr || parent_->parent_ != nullptr; }
  const Place& key_place() const { return key_place_ ? *key_place_ : node_.place; }

  /// Throws `Error{invalid_config}` at this value.
  [[noreturn]] void refuse(const std::string& message) const { config::refuse(place(), path(), message); }
  /// The same at its key.
  [[noreturn]] void refuse_key(const std::string& message) const { config::refuse(key_place(), path(), message); }
  /// An error of a check that knows nothing of files, at the key that it speaks of: its `where` is a path that begins
  /// in this table, with the names that settings have in code (`retry_config.max_attempts`,
  /// `fallback.links[1].weight`).
  Error placed(const Error& error) const;

 private:
  const Cursor* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
  const Node& node_;
  const Place* key_place_ = nullptr;
};

}  // namespace antiphon::inline v0::config
