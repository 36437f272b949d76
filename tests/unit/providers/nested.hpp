#pragma once

#include <cstddef>
#include <string>

namespace antiphon::tests {

/// A JSON text that many levels deep.
inline std::string nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t level = 0; level < depth; ++level) text += open;
  text += "1";
  for (std::size_t level = 0; level < depth; ++level) text += close;
  return text;
}

}  // namespace antiphon::tests
