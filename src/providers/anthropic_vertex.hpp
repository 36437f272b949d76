#pragma once

#include <string>
#include <string_view>

#include "providers/codec.hpp"

namespace antiphon::inline v0::codec {

/// What `anthropic_version` is in the body of a request to Vertex AI, in place of the header.
inline constexpr std::string_view anthropic_vertex_version = "vertex-2023-10-16";

/// Whether Claude is asked on Vertex AI: the model stands in the URL, the version in the body (providers.md §3.11).
bool is_claude_on_vertex(const Target& target);

/// Where it is asked there.
std::string claude_on_vertex_url(const Target& target, bool stream);

}  // namespace antiphon::inline v0::codec
