#pragma once

#include <antiphon/response.hpp>

namespace antiphon::inline v0::codec {

/// The tokens of an answer that its provider bills, for the cost of it: those that it counted, unless it says that it
/// bills others. Cohere does, as `usage.billed_units` of the metadata (providers.md §6.12).
Usage billed_usage(const Response& response);

}  // namespace antiphon::inline v0::codec
