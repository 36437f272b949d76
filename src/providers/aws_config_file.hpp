#pragma once

#include <map>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// Fields of a section, names in lower case.
using AwsSection = std::map<std::string, std::string>;
/// Sections by what stands between their brackets, blanks made one: `default`, `profile work`.
using AwsConfigFile = std::map<std::string, AwsSection>;

/// Reads `~/.aws/config` or `~/.aws/credentials`. Throws `Error{invalid_config}` with the file and the line, whose text
/// it does not repeat: it may be a secret. Settings below a setting (`s3 =` and indented lines) are left out, except in
/// the sections `services NAME`, where they are the matter: `sts.endpoint_url`.
AwsConfigFile parse_aws_config(std::string_view text, const std::string& path);

}  // namespace antiphon::inline v0::codec
