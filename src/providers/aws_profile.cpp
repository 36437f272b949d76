#include "providers/aws_profile.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "core/small_file.hpp"
#include "providers/aws_config_file.hpp"
#include "providers/credential_errors.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view profile_place = "aws.profile";

std::string file_path(const Environment& environment, const char* variable, const char* usual) {
  std::string path = environment(variable);
  if (path.empty()) path = usual;
  if (!path.starts_with("~/")) return path;
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : home + path.substr(1);
}

AwsConfigFile read_file(const std::string& path) {
  if (path.empty()) return {};
  try {
    return parse_aws_config(read_small_file(path).value_or(""), path);
  } catch (Error& error) {
    throw error.where(std::string(profile_place));
  }
}

/// `profile work` and `profile "work"`; `default` also stands alone.
const AwsSection* find_in_config(const AwsConfigFile& file, const std::string& name) {
  for (const std::string& title : {"profile " + name, "profile \"" + name + "\""}) {
    if (const auto found = file.find(title); found != file.end()) return &found->second;
  }
  const auto found = name == "default" ? file.find(name) : file.end();
  return found == file.end() ? nullptr : &found->second;
}

/// Other ways to keys: what was chosen expressly must not silently become something else.
std::optional<Error> other_way(const AwsSection& settings, const AwsProfile& profile) {
  static constexpr std::array<std::pair<const char*, const char*>, 5> ways = {{
      {"role_arn", "assumes a role, which needs AWS STS"},
      {"web_identity_token_file", "signs in with a web identity, which needs AWS STS"},
      {"sso_session", "signs in by SSO"},
      {"sso_start_url", "signs in by SSO"},
      {"credential_process", "gets its keys from a program"},
  }};
  for (const auto& [setting, what] : ways) {
    if (!settings.contains(setting)) continue;
    // A role comes before keys of the same profile, which are those it is assumed with; the rest behind them.
    if (profile.keys && std::string_view(setting) != "role_arn") continue;
    return credential_setting_error(profile_place,
                                    "the profile \"" + profile.name + "\" " + what + " (" + setting +
                                        "); that is not supported: give temporary keys, for example those of "
                                        "\"aws configure export-credentials\"");
  }
  return std::nullopt;
}

void read_keys(const AwsSection& section, AwsProfile& profile) {
  const auto value = [&](const char* name) {
    const auto found = section.find(name);
    return found == section.end() ? std::string() : found->second;
  };
  AwsKeys keys{value("aws_access_key_id"), value("aws_secret_access_key"), value("aws_session_token")};
  if (keys.access_key_id.empty() && keys.secret_access_key.empty()) return;
  if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
    const char* missing = keys.access_key_id.empty() ? "aws_access_key_id" : "aws_secret_access_key";
    profile.problem = credential_setting_error(profile_place, "the profile \"" + profile.name + "\" has no " + missing);
    return;
  }
  profile.keys = std::move(keys);
}

}  // namespace

AwsProfile read_aws_profile(const std::string& name, const Environment& environment) {
  AwsProfile profile;
  profile.name = name.empty() ? environment("AWS_PROFILE") : name;
  const bool named = !profile.name.empty();
  if (!named) profile.name = "default";
  const std::string credentials_path = file_path(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
  const std::string config_path = file_path(environment, "AWS_CONFIG_FILE", "~/.aws/config");
  profile.searched = credentials_path.empty() && config_path.empty() ? "no file, for HOME is not set"
                                                                     : credentials_path + " and " + config_path;

  const AwsConfigFile credentials = read_file(credentials_path);
  const AwsConfigFile config = read_file(config_path);
  const auto in_credentials = credentials.find(profile.name);
  const AwsSection* in_config = find_in_config(config, profile.name);
  if (in_credentials == credentials.end() && !in_config) {
    if (named) {
      profile.problem = credential_setting_error(profile_place,
                                                 "there is no profile \"" + profile.name + "\" in " + profile.searched);
    }
    return profile;
  }
  AwsSection settings = in_config ? *in_config : AwsSection();
  if (in_credentials != credentials.end()) {
    read_keys(in_credentials->second, profile);
    for (const auto& [setting, value] : in_credentials->second) settings[setting] = value;
  }
  if (in_config && !profile.keys && !profile.problem) read_keys(*in_config, profile);
  if (!profile.problem) profile.problem = other_way(settings, profile);
  profile.region = settings["region"];
  return profile;
}

std::string default_aws_region(const std::string& profile, const Environment& environment) {
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = environment(variable); !region.empty()) return region;
  }
  return read_aws_profile(profile, environment).region;
}

}  // namespace antiphon::inline v0::codec
