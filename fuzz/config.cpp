// A configuration file is refused with its place named, or each of its models can be made.

#include <string>

#include <antiphon/config.hpp>

#include "input.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

void check(const Config& config) {
  for (const std::string& name : config.model_names()) {
    require(config.has_model(name));
    try {
      require(!config.models(name).empty());
    } catch (const Error& error) {
      // A variable that the environment does not have.
      require(error.kind() == ErrorKind::invalid_config && !error.where().empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    check(Config::parse(input.rest(), "fuzz.toml"));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_config);
    require(std::string(error.what()).find("fuzz.toml:") != std::string::npos);
  }
  return 0;
}
