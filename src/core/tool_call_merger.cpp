#include "core/tool_call_merger.hpp"

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

void ObjectScan::feed(std::string_view text) {
  for (const char c : text) {
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_) {
      if (c == '\\') escaped_ = true;
      if (c == '"') in_string_ = false;
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && depth_ > 0) {
      if (--depth_ == 0) complete_ = true;
    }
  }
}

namespace {

/// Whether a piece without an id begins a call of its own, although `call` is where it would go.
bool begins_another(const ToolCallPiece& piece, const ToolCallMerger::Call& call) {
  if (piece.name.empty()) return false;
  if (call.scan.complete()) return piece.name != call.name || !ascii::trim(piece.arguments).empty();
  // A server that gave an id would give the next call one too: here a name only repeats, or comes in pieces.
  return call.id.empty() && !call.name.empty() && call.arguments.empty() && piece.name != call.name;
}

}  // namespace

std::optional<std::size_t> ToolCallMerger::at_index(const ToolCallPiece& piece) const {
  if (!piece.index) return open_;
  const auto found = by_index_.find(*piece.index);
  return found == by_index_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> ToolCallMerger::find_by_id(const ToolCallPiece& piece) const {
  if (const auto found = by_id_.find(piece.id); found != by_id_.end()) {
    const Call& call = calls_[found->second];
    // Some servers give every call the same id.
    const bool elsewhere = piece.index && call.index && *piece.index != *call.index;
    const bool otherwise = call.scan.complete() || (!call.name.empty() && piece.name != call.name);
    if (elsewhere && !piece.name.empty() && otherwise) return std::nullopt;
    return found->second;
  }
  // An id that comes late, to a call that has begun without one.
  const std::optional<std::size_t> place = at_index(piece);
  if (place && piece.name.empty() && calls_[*place].id.empty()) return place;
  return std::nullopt;
}

std::optional<std::size_t> ToolCallMerger::find(const ToolCallPiece& piece) const {
  if (piece.numbered) return at_index(piece);
  if (calls_.empty()) return std::nullopt;
  if (!piece.id.empty()) return find_by_id(piece);
  const std::optional<std::size_t> place = at_index(piece);
  if (!place) {
    // Some servers count the index up with every fragment.
    const Call& open = calls_[open_];
    const bool continues = piece.name.empty() || (piece.name == open.name && !open.scan.complete());
    return continues ? std::optional(open_) : std::nullopt;
  }
  if (begins_another(piece, calls_[*place])) return std::nullopt;
  return place;
}

bool ToolCallMerger::label(std::size_t position, const ToolCallPiece& piece) {
  Call& call = calls_[position];
  bool changed = false;
  if (call.id.empty() && !piece.id.empty()) {
    call.id = piece.id;
    by_id_.insert_or_assign(call.id, position);
    changed = true;
  }
  if (call.name.empty() && !piece.name.empty()) {
    call.name = piece.name;
    changed = true;
  }
  if (changed) call.label.reset();
  return changed;
}

ToolCallMerger::Place ToolCallMerger::add(const ToolCallPiece& sent) {
  ToolCallPiece piece = sent;
  if (piece.id == "null") piece.id = {};
  const std::optional<std::size_t> found = find(piece);
  const std::size_t position = found.value_or(calls_.size());
  if (!found) {
    calls_.emplace_back();
    calls_.back().index = piece.index;
    if (piece.index) by_index_.insert_or_assign(*piece.index, position);
  }
  const bool labelled = label(position, piece);
  if (piece.own && !calls_[position].own) calls_[position].own = piece.own;
  calls_[position].arguments += piece.arguments;
  calls_[position].scan.feed(piece.arguments);
  open_ = position;
  return Place{position, !found, labelled};
}

}  // namespace antiphon::inline v0
