#pragma once

#include <string>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/fetch_policy.hpp>
#include <antiphon/limits.hpp>
#include <antiphon/retry.hpp>
#include <antiphon/timeouts.hpp>
#include <antiphon/tls_options.hpp>

#include "config/cursor.hpp"

namespace antiphon::inline v0::config {

// Tables that stand for one value of the API. What they hold is checked where providers are made.

RetryConfig read_retry(const Cursor& table);
std::vector<std::string> retry_paths();

Limits read_limits(const Cursor& table);
std::vector<std::string> limit_paths();

Timeouts read_timeouts(const Cursor& table);
std::vector<std::string> timeout_paths();

/// `true`, `false`, or a table: with one it is allowed.
FetchPolicy read_fetch_policy(const Cursor& value);
std::vector<std::string> fetch_paths();

/// Paths of files are relative to the file that they stand in.
TlsOptions read_tls(const Cursor& table);
std::vector<std::string> tls_paths();

/// A path, as it is seen from the file that it stands in.
std::string file_of(const Cursor& value);
/// A list of kinds of errors, by name.
std::vector<ErrorKind> read_kinds(const Cursor& list);

}  // namespace antiphon::inline v0::config
