// A file of AWS settings is read, or refused with its line; nothing else happens.

#include "providers/aws_config_file.hpp"

#include <string>

#include <antiphon/error.hpp>

#include "input.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

bool on_one_line(const std::string& text) { return text.find('\n') == text.npos; }

/// The file written anew, as plainly as can be.
std::string rewritten(const codec::AwsConfigFile& file) {
  std::string text;
  for (const auto& [name, section] : file) {
    text += "[" + name + "]\n";
    for (const auto& [setting, value] : section) text += setting + "=" + value + "\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    const codec::AwsConfigFile file = codec::parse_aws_config(input.rest(), "file");
    for (const auto& [name, section] : file) {
      require(!name.empty() && on_one_line(name));
      for (const auto& [setting, value] : section) require(!setting.empty() && on_one_line(setting + value));
    }
    require(codec::parse_aws_config(rewritten(file), "again") == file);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_config && error.where() == "aws.profile");
    require(error.message().starts_with("file, line "));
  }
  return 0;
}
