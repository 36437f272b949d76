#pragma once

#include <algorithm>
#include <string>

#include <antiphon/message.hpp>

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

/// Why JSON mode is warned of where no message mentions JSON.
inline constexpr const char* json_word_missing = "it is refused where no message says that the answer is to be JSON";

/// Whether any message has the word that JSON mode needs (providers.md, trap 103).
inline bool mentions_json(const Messages& messages) {
  return std::any_of(messages.begin(), messages.end(), [](const Message& message) {
    return std::any_of(message.parts().begin(), message.parts().end(),
                       [](const Part& part) { return ascii::to_lower(part.text()).find("json") != std::string::npos; });
  });
}

}  // namespace antiphon::inline v0::codec
