#include <utility>

#include <antiphon/codec.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "endpoint_flags.hpp"
#include "fetch_flags.hpp"
#include "input.hpp"
#include "model_flag.hpp"
#include "request_view.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* encode_summary =
    "Read an OpenAI Chat Completions request body and print the HTTP request that a provider would get for it,\n"
    "as one JSON object {method, url, headers, body, warnings}. Secrets are masked. The model of -m is asked.\n"
    "Nothing is fetched: with --fetch-urls an empty file and a warning stand where a call would fetch one.";

constexpr const char* encode_examples = R"(Examples:
  antiphon encode -m ollama/llama3.2 request.json
  antiphon encode -m openai/gpt-4o-mini --stream - < request.json)";

}  // namespace

ExitStatus encode_command(Context& context, const Arguments& arguments) {
  ModelFlag model;
  EndpointFlags endpoint;
  FetchFlags fetching;
  bool stream = false;
  std::optional<std::string> file;
  CommandLine line("encode", encode_summary, encode_examples);
  model.declare(line);
  endpoint.declare(line);
  fetching.declare(line);
  line.flag("--stream", stream, "Ask for a stream, whatever the body says");
  line.always_json();
  line.argument("FILE", file, "The request body; - for standard input, which may be left out for a pipe");
  if (!line.parse(arguments, context.out)) return exit_done;

  const ModelConfig config = model.choose(endpoint).config();
  ChatRequest request = parse_chat_request(read_file_or_pipe(file));
  fetching.apply(request.options);
  const EncodedRequest encoded = encode(config, request.messages, request.options, stream || request.stream);
  context.out.write(request_as_json(encoded) + "\n");
  return exit_done;
}

}  // namespace antiphon::cli
