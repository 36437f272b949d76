// The file of a tool for the command line is refused with the place named, or the tool can go into a request.

#include <string>

#include <antiphon/codec.hpp>
#include <antiphon/error.hpp>
#include <antiphon/tool_function.hpp>

#include "../src/cli/tool_text.hpp"
#include "../src/cli/usage_error.hpp"
#include "input.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

void send(const cli::ToolText& text) {
  require(!text.name.empty() && !text.command.empty() && text.timeout.count() > 0);
  Tool tool(text.name, text.description, text.parameters);
  tool.timeout(text.timeout);
  if (text.strict) tool.strict(*text.strict);
  for (const char* provider : {"openai", "anthropic", "gemini"}) {
    ModelConfig config("m", provider);
    config.base_url("http://h");
    try {
      const EncodedRequest request = encode(config, Messages().user("u"), Options().tools(tool), false);
      require(Json(request.http.body).check().empty());
    } catch (const Error& error) {
      require(error.kind() == ErrorKind::invalid_request && !error.where().empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    send(cli::read_tool_text(Json(std::string(input.rest())), "tool.json"));
  } catch (const cli::UsageError& error) {
    require(std::string(error.what()).starts_with("--tool tool.json: "));
  }
  return 0;
}
