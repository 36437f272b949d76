#pragma once

#include <string>

#include <antiphon/options.hpp>

namespace antiphon::inline v0::codec {

/// What is wrong with a header that a user gives; empty when nothing is.
std::string header_fault(const std::string& name, const std::string& value);
/// The same for a field of the query.
std::string query_fault(const std::string& name, const std::string& value);

/// Throws `Error{invalid_request}` for what a call adds to its request beside the body: `header` and `query`.
void check_beside_body(const Options& options);

}  // namespace antiphon::inline v0::codec
