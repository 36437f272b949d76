#pragma once

#include <optional>

#include <antiphon/citation.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// An annotation of a message of Chat Completions (providers.md §1.6), when it is the citation of an address.
std::optional<Citation> read_url_citation(json::Value annotation);

}  // namespace antiphon::inline v0::codec
