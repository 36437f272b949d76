#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/options.hpp>

#include "providers/codec.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// A tool of a request, and its place there.
struct CarriedTool {
  const Tool* tool;
  std::size_t index;

  /// The provider runs it: it is sent as it was given.
  bool is_own() const { return !tool->provider().empty(); }
  std::string place() const { return "tools/" + std::to_string(index); }
};

/// Functions, and the tools that this provider runs, or that are given in the words of `another` protocol which it can
/// tell in its own. Those that somebody else runs are noted. Good as long as `tools` are.
std::vector<CarriedTool> carried_tools(const std::vector<Tool>& tools, const Preset& preset, RequestNotes& notes,
                                       std::string_view another = {});

}  // namespace antiphon::inline v0::codec
