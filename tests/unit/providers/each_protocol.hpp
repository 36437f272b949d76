#pragma once

#include <string>
#include <vector>

#include "providers/codec.hpp"

namespace antiphon::tests {

/// For each protocol a provider that speaks it.
inline std::vector<std::string> provider_of_each_protocol() {
  std::vector<std::string> providers;
  for (const std::string& protocol : codec::codec_names()) {
    providers.push_back(protocol == "openai-chat" ? "openai" : protocol);
  }
  return providers;
}

}  // namespace antiphon::tests
