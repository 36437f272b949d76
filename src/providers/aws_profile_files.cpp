#include "providers/aws_profile_files.hpp"

#include <antiphon/error.hpp>

#include "core/small_file.hpp"

namespace antiphon::inline v0::codec {

namespace {

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

const AwsSection* find(const AwsConfigFile& file, const std::string& title) {
  const auto found = file.find(title);
  return found == file.end() ? nullptr : &found->second;
}

/// `work` and `"work"`, behind the word for the kind of section.
const AwsSection* find(const AwsConfigFile& file, const std::string& kind, const std::string& name) {
  const AwsSection* plain = find(file, kind + " " + name);
  return plain ? plain : find(file, kind + " \"" + name + "\"");
}

}  // namespace

std::string setting_of(const AwsSection& section, const std::string& name) {
  const auto found = section.find(name);
  return found == section.end() ? std::string() : found->second;
}

AwsProfileFiles::AwsProfileFiles(const Environment& environment) {
  const std::string credentials_path = file_path(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
  const std::string config_path = file_path(environment, "AWS_CONFIG_FILE", "~/.aws/config");
  searched_ = credentials_path.empty() && config_path.empty() ? "no file, for HOME is not set"
                                                              : credentials_path + " and " + config_path;
  credentials_ = read_file(credentials_path);
  config_ = read_file(config_path);
}

std::optional<AwsSection> AwsProfileFiles::profile(const std::string& name) const {
  const AwsSection* in_credentials = find(credentials_, name);
  const AwsSection* in_config = find(config_, "profile", name);
  if (!in_config && name == "default") in_config = find(config_, name);
  if (!in_credentials && !in_config) return std::nullopt;
  AwsSection settings = in_config ? *in_config : AwsSection();
  if (!in_credentials) return settings;
  const bool has_keys = !setting_of(*in_credentials, "aws_access_key_id").empty() ||
                        !setting_of(*in_credentials, "aws_secret_access_key").empty();
  for (const char* key : {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}) {
    if (has_keys) settings.erase(key);
  }
  for (const auto& [setting, value] : *in_credentials) {
    const bool is_empty_key = !has_keys && setting.starts_with("aws_");
    if (!is_empty_key) settings[setting] = value;
  }
  return settings;
}

const AwsSection* AwsProfileFiles::services(const std::string& name) const { return find(config_, "services", name); }

}  // namespace antiphon::inline v0::codec
