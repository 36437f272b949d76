#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/result.hpp>

#include "providers/aws_key_server.hpp"

namespace antiphon::inline v0::codec {

/// The words of a `credential_process`: blanks part them, quotes of both kinds hold them together, a backslash takes
/// the next character as it is (within double quotes only before those and itself). No shell has a part in it: nothing
/// is expanded. Nothing when there is no word, a quote is not closed, or a byte is zero.
std::optional<std::vector<std::string>> split_command(std::string_view text);

/// Keys that a program writes to its standard output.
AwsKeyCache::Fetch keys_from_program(const std::string& profile, const std::vector<std::string>& command);

/// Reads them: `{"Version": 1, "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}`, the last two of which
/// may be missing.
Result<Fetched<AwsKeys>> read_program_keys(std::string_view output, std::string_view place, std::string_view who);

}  // namespace antiphon::inline v0::codec
