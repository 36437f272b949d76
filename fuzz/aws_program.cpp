// The program that a profile gets its keys from: whatever its command line is, and whatever it writes.

#include "providers/aws_program.hpp"

#include <algorithm>
#include <string>

#include "input.hpp"
#include "providers/header_key.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

/// A command line of these words, each as it is.
std::string quoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line += line.empty() ? "'" : " '";
    for (const char c : word) {
      if (c == '\'') {
        line += "'\\''";
      } else {
        line += c;
      }
    }
    line += '\'';
  }
  return line;
}

void check_command(std::string_view text) {
  const auto words = codec::split_command(text);
  if (!words) return;
  require(!words->empty() && !words->front().empty());
  require(codec::split_command(quoted(*words)) == words);
}

void check_output(std::string_view text) {
  const Result<codec::Fetched<codec::AwsKeys>> result = codec::read_program_keys(text, "place", "it");
  if (!result) {
    require(result.error().kind() == ErrorKind::protocol && result.error().where() == "place");
    return;
  }
  const codec::AwsKeys& keys = result->value;
  require(codec::fits_header(keys.access_key_id) && !keys.secret_access_key.empty());
  require(keys.session_token.empty() || codec::fits_header(keys.session_token));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  check_command(input.rest());
  check_output(input.rest());
  return 0;
}
