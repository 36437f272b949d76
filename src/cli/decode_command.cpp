#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <antiphon/codec.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "endpoint_flags.hpp"
#include "input.hpp"
#include "report.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* decode_summary =
    "Read a recorded answer, one body or the raw bytes of a stream, and print the normalised result as one JSON\n"
    "object. Exit status 0 for an answer that was finished, 1 for one that failed.";

constexpr const char* decode_examples = R"(Examples:
  antiphon decode --protocol openai-chat answer.json
  antiphon decode --protocol ollama --stream --events answer.ndjson
  antiphon decode --protocol openai-chat --status 429 --header 'retry-after: 2' error.json)";

std::string protocol_list() {
  std::string list;
  for (const std::string& name : protocols()) list += (list.empty() ? "" : ", ") + name;
  return list;
}

void check_protocol(const std::string& name) {
  const auto& known = protocols();
  if (name.empty()) throw UsageError("no --protocol; those that exist: " + protocol_list());
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw UsageError("unknown protocol \"" + name + "\"; those that exist: " + protocol_list());
  }
}

/// A flag's number, when it lies between both.
std::int64_t in_range(const char* flag, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return value;
  throw UsageError(std::string(flag) + ": expected a number from " + std::to_string(least) + " to " +
                   std::to_string(most) + ", got " + std::to_string(value));
}

class DecodeFlags {
 public:
  void declare(CommandLine& line);
  DecodeOptions options() const;

  bool events = false;
  std::optional<std::string> file;

 private:
  std::string protocol_;
  bool stream_ = false;
  std::optional<std::int64_t> status_;
  std::optional<std::int64_t> split_;
  std::vector<std::string> headers_;
};

void DecodeFlags::declare(CommandLine& line) {
  line.text("--protocol", protocol_, "NAME", "How to read it: " + protocol_list());
  line.flag("--stream", stream_, "It is the answer to a streamed request");
  line.integer("--status", status_, "N", "HTTP status of the answer (default: 200)");
  line.texts("--header", headers_, "'NAME: VALUE'", "A header of the answer");
  line.flag("--events", events, "Print each chunk as a JSON object on a line of its own instead");
  line.integer("--split", split_, "N", "Feed N bytes at a time (default: all at once); the result is the same");
  line.always_json();
  line.argument("FILE", file, "The recorded answer; - for standard input, which may be left out for a pipe");
}

DecodeOptions DecodeFlags::options() const {
  check_protocol(protocol_);
  DecodeOptions options(protocol_);
  options.stream(stream_);
  if (status_) options.status(static_cast<int>(in_range("--status", *status_, 100, 599)));
  if (split_) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    options.split(static_cast<std::size_t>(in_range("--split", *split_, 1, most)));
  }
  for (const std::string& text : headers_) {
    auto [name, value] = parse_header(text);
    options.header(std::move(name), std::move(value));
  }
  return options;
}

}  // namespace

ExitStatus decode_command(Context& context, const Arguments& arguments) {
  DecodeFlags flags;
  CommandLine line("decode", decode_summary, decode_examples);
  flags.declare(line);
  if (!line.parse(arguments, context.out)) return exit_done;
  DecodeOptions options = flags.options();

  if (flags.events) options.on_chunk([&](const Chunk& chunk) { context.out.write(to_json(chunk) + "\n"); });
  const Result<Response> result = decode(read_file_or_pipe(flags.file), options);
  if (!flags.events) context.out.write((result ? to_json(*result) : to_json(result.error())) + "\n");
  if (result) return exit_done;
  report(result.error(), nullptr);
  return exit_failed;
}

}  // namespace antiphon::cli
