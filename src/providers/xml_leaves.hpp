#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// Reads a document of XML for the texts in it: calls `leaf` for each element without elements in it, with the names
/// from the root down (`A/B/C`, without prefixes) and its text. False when it is no such document; what stood before
/// the mistake was given then. Attributes, comments and instructions are passed over. A document type is a mistake, and
/// so are entities beyond those that XML itself has, and more than 32 elements in each other.
bool read_xml_leaves(std::string_view document,
                     const std::function<void(std::string_view path, std::string_view text)>& leaf);

}  // namespace antiphon::inline v0::codec
