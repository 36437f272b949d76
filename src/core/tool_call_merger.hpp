#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <antiphon/message.hpp>

namespace antiphon::inline v0 {

/// A piece of a tool call as a provider sent it; any of the fields may be missing.
struct ToolCallPiece {
  std::optional<std::int64_t> index;
  std::string_view id;
  std::string_view name;
  std::string_view arguments;
  std::optional<OwnOptions> own = {};  ///< further fields, to go back with the call
  bool numbered = false;               ///< the protocol says which call it is: `index`, which there is, alone counts
};

/// Tells, while the text of a JSON object grows, whether its brackets are closed. No judgement whether it is valid.
class ObjectScan {
 public:
  void feed(std::string_view text);
  bool complete() const { return complete_; }

 private:
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool complete_ = false;
};

/// Puts the tool calls of one choice together from their pieces, however a server labels them (providers.md, traps 58
/// to 65): by id, else by index, else the call that was open last. Those that are numbered are not guessed at.
class ToolCallMerger {
 public:
  struct Call {
    std::optional<std::int64_t> index = {};
    std::string id = {};
    std::string name = {};
    std::string arguments = {};
    std::optional<OwnOptions> own = {};
    ObjectScan scan = {};
    /// Id and name as a part without arguments, for the chunks; made when first needed.
    std::optional<Part> label = {};
  };
  struct Place {
    std::size_t position;
    bool began;
    bool labelled;  ///< id or name is new
  };

  Place add(const ToolCallPiece& piece);

  bool empty() const { return calls_.empty(); }
  std::vector<Call>& calls() { return calls_; }
  const std::vector<Call>& calls() const { return calls_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::optional<std::size_t> find(const ToolCallPiece& piece) const;
  std::optional<std::size_t> find_by_id(const ToolCallPiece& piece) const;
  std::optional<std::size_t> at_index(const ToolCallPiece& piece) const;
  bool label(std::size_t position, const ToolCallPiece& piece);

  std::vector<Call> calls_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_id_;
  /// The newest call of each index.
  std::unordered_map<std::int64_t, std::size_t> by_index_;
  std::size_t open_ = 0;
};

}  // namespace antiphon::inline v0
