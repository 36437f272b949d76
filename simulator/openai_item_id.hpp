#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon::inline v0::simulator {

// Ids of output items prove that they come from here, and tell whether a reasoning item led to the item.

std::string make_item_id(std::string_view prefix, std::uint64_t salt, bool follows_reasoning);
bool is_item_id(std::string_view id);
/// Whether a reasoning item must stand before the item with this id.
bool follows_reasoning(std::string_view id);

/// What reasoning becomes for a client that keeps it itself; `stale`: as a stream shows it before it is complete.
std::string encrypted_reasoning(std::uint64_t salt, bool stale = false);
std::string encrypted_compaction(std::uint64_t salt);
bool is_encrypted_reasoning(std::string_view text);
bool is_encrypted_compaction(std::string_view text);

}  // namespace antiphon::inline v0::simulator
