#pragma once

#include <optional>
#include <string>

#include "core/environment.hpp"
#include "providers/aws_config_file.hpp"

namespace antiphon::inline v0::codec {

/// Where errors of profiles stand.
inline constexpr std::string_view profile_place = "aws.profile";

/// The file of AWS credentials and that of AWS settings.
class AwsProfileFiles {
 public:
  /// Reads both. Throws `Error{invalid_config}` for one that cannot be read or understood.
  explicit AwsProfileFiles(const Environment& environment);

  /// What both say of a profile; the file of credentials wins. Keys are from one of them. Nothing when neither has it.
  std::optional<AwsSection> profile(const std::string& name) const;
  /// The section `services NAME`; null when there is none.
  const AwsSection* services(const std::string& name) const;
  /// Both, in words.
  const std::string& searched() const { return searched_; }

 private:
  AwsConfigFile credentials_;
  AwsConfigFile config_;
  std::string searched_;
};

/// Its value; empty when it is not there.
std::string setting_of(const AwsSection& section, const std::string& name);

}  // namespace antiphon::inline v0::codec
