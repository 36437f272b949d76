#include "providers/aws_profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/ascii.hpp"
#include "providers/aws_profile_files.hpp"
#include "providers/aws_program.hpp"
#include "providers/credential_errors.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Of a role that needs another first; AWS's own programs do no more than a few.
constexpr std::size_t most_profiles = 10;

[[noreturn]] void refuse(const std::string& profile, const std::string& what) {
  throw credential_setting_error(profile_place, "the profile \"" + profile + "\" " + what);
}

bool has(const AwsSection& settings, const char* name) { return !setting_of(settings, name).empty(); }

std::optional<AwsKeys> keys_in(const AwsSection& settings, const std::string& profile) {
  AwsKeys keys{setting_of(settings, "aws_access_key_id"), setting_of(settings, "aws_secret_access_key"),
               setting_of(settings, "aws_session_token")};
  if (keys.access_key_id.empty() && keys.secret_access_key.empty()) return std::nullopt;
  if (keys.access_key_id.empty()) refuse(profile, "has no aws_access_key_id");
  if (keys.secret_access_key.empty()) refuse(profile, "has no aws_secret_access_key");
  return keys;
}

/// Empty, or from a quarter of an hour to twelve hours, in seconds.
std::string duration_in(const AwsSection& settings, const std::string& profile) {
  std::string text = setting_of(settings, "duration_seconds");
  int seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  const bool good = error == std::errc() && stop == end && seconds >= 900 && seconds <= 43200;
  if (!text.empty() && !good) refuse(profile, "has a duration_seconds that is no number from 900 to 43200");
  return text;
}

AwsRole role_in(const AwsSection& settings, const std::string& profile) {
  if (has(settings, "mfa_serial")) {
    refuse(profile,
           "assumes a role with the code of a device (mfa_serial); that is not supported: give temporary keys, for "
           "example by the credential_process of a program that asks for it");
  }
  return AwsRole{setting_of(settings, "role_arn"), setting_of(settings, "role_session_name"),
                 setting_of(settings, "external_id"), duration_in(settings, profile)};
}

AwsKeyPlace key_place_in(const AwsSection& settings, const std::string& profile) {
  static constexpr std::array<std::pair<std::string_view, AwsKeyPlace>, 3> places = {
      {{"Environment", AwsKeyPlace::environment},
       {"EcsContainer", AwsKeyPlace::container},
       {"Ec2InstanceMetadata", AwsKeyPlace::instance}}};
  const std::string said = setting_of(settings, "credential_source");
  for (const auto& [name, place] : places) {
    if (ascii::equal_ignoring_case(said, name)) return place;
  }
  refuse(profile, "has a credential_source other than Environment, EcsContainer and Ec2InstanceMetadata");
}

/// Follows a profile to where its keys come from, over others that its role names.
class WayToKeys {
 public:
  WayToKeys(const AwsProfileFiles& files, AwsProfile& found) : files_(files), found_(found) {}

  void follow(const AwsSection& settings, const std::string& name) {
    const bool first = visited_.empty();
    visited_.push_back(name);
    std::optional<AwsKeys> keys = keys_in(settings, name);
    // In the profile that was chosen a role comes before keys, in one that a role names behind them.
    if (has(settings, "role_arn") && (first || !keys)) {
      role(settings, name, std::move(keys));
    } else if (keys) {
      found_.keys = std::move(keys);
    } else {
      other_way(settings, name);
      if (!first && !found_.has_keys()) refuse(name, "has no keys, but \"" + visited_.front() + "\" needs them");
    }
  }

 private:
  void role(const AwsSection& settings, const std::string& name, std::optional<AwsKeys> own_keys) {
    AwsRole role = role_in(settings, name);
    const bool from_token = has(settings, "web_identity_token_file");
    const bool from_place = has(settings, "credential_source");
    const int ways = int{from_token} + int{from_place} + int{has(settings, "source_profile")};
    if (ways != 1) {
      refuse(name,
             std::string(ways == 0 ? "assumes a role (role_arn) without" : "assumes a role (role_arn) with more than") +
                 " one of source_profile, credential_source, web_identity_token_file");
    }
    if (from_token) {
      found_.origin = AwsWebIdentity{setting_of(settings, "web_identity_token_file"), std::move(role)};
      return;
    }
    if (from_place) {
      found_.origin = key_place_in(settings, name);
    } else {
      source(setting_of(settings, "source_profile"), name, std::move(own_keys));
    }
    found_.roles.push_back(std::move(role));
  }

  /// The keys that a role of `name` is assumed with.
  void source(const std::string& source, const std::string& name, std::optional<AwsKeys> own_keys) {
    if (source == name && own_keys) {
      found_.keys = std::move(own_keys);
      return;
    }
    const bool circle = std::find(visited_.begin(), visited_.end(), source) != visited_.end();
    if (circle || visited_.size() == most_profiles) {
      refuse(name, "has a source_profile \"" + source + "\" that leads " +
                       (circle ? "in a circle" : "over more than ten profiles"));
    }
    const std::optional<AwsSection> settings = files_.profile(source);
    if (!settings) {
      refuse(name, "has a source_profile \"" + source + "\" that is not there, in " + files_.searched());
    }
    follow(*settings, source);
  }

  void other_way(const AwsSection& settings, const std::string& name) {
    for (const char* setting : {"web_identity_token_file", "source_profile", "credential_source"}) {
      if (has(settings, setting)) refuse(name, "has a " + std::string(setting) + " without a role_arn");
    }
    for (const char* setting : {"sso_session", "sso_start_url", "login_session"}) {
      if (!has(settings, setting)) continue;
      refuse(name, "signs in by a browser (" + std::string(setting) +
                       "); that is not supported: give temporary keys, for example by credential_process = aws "
                       "configure export-credentials --profile " +
                       name);
    }
    if (!has(settings, "credential_process")) return;
    const auto command = split_command(setting_of(settings, "credential_process"));
    if (!command) refuse(name, "has a credential_process without a program, or with a quote that is not closed");
    found_.origin = AwsProgram{name, *command};
  }

  const AwsProfileFiles& files_;
  AwsProfile& found_;
  std::vector<std::string> visited_;
};

std::string sts_url_in(const AwsSection& settings, const AwsProfileFiles& files) {
  if (ascii::equal_ignoring_case(setting_of(settings, "ignore_configured_endpoint_urls"), "true")) return {};
  const AwsSection* services = files.services(setting_of(settings, "services"));
  std::string url = services ? setting_of(*services, "sts.endpoint_url") : std::string();
  return url.empty() ? setting_of(settings, "endpoint_url") : url;
}

}  // namespace

AwsProfile read_aws_profile(const std::string& name, const Environment& environment) {
  AwsProfile profile;
  profile.name = name.empty() ? environment("AWS_PROFILE") : name;
  const bool named = !profile.name.empty();
  if (!named) profile.name = "default";
  const AwsProfileFiles files(environment);
  profile.searched = files.searched();
  const std::optional<AwsSection> settings = files.profile(profile.name);
  if (!settings) {
    if (named) {
      profile.problem = credential_setting_error(profile_place,
                                                 "there is no profile \"" + profile.name + "\" in " + profile.searched);
    }
    return profile;
  }
  profile.region = setting_of(*settings, "region");
  profile.sts_url = sts_url_in(*settings, files);
  try {
    WayToKeys(files, profile).follow(*settings, profile.name);
  } catch (const Error& error) {
    profile.problem = error;
  }
  return profile;
}

std::string default_aws_region(const std::string& profile, const Environment& environment) {
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = environment(variable); !region.empty()) return region;
  }
  return read_aws_profile(profile, environment).region;
}

}  // namespace antiphon::inline v0::codec
