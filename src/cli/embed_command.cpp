#include <charconv>
#include <limits>
#include <optional>
#include <string>

#include <antiphon/codec.hpp>
#include <antiphon/embedding.hpp>
#include <antiphon/engine.hpp>
#include <antiphon/provider.hpp>

#include "call_watchers.hpp"
#include "command_line.hpp"
#include "commands.hpp"
#include "embed_texts.hpp"
#include "endpoint_flags.hpp"
#include "model_flag.hpp"
#include "reliability_flags.hpp"
#include "report.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* embed_summary =
    "Turn texts into vectors: arguments, lines of files, lines of standard input. Prints one vector per line, its "
    "numbers\n"
    "apart by blanks, in the order of the texts.";

constexpr const char* embed_examples = R"(Examples:
  antiphon embed -m openai/text-embedding-3-small "Why is the sky blue?"
  antiphon embed -m ollama/nomic-embed-text --file sentences.txt > vectors.txt
  cut -f2 table.tsv | antiphon embed -m gemini/gemini-embedding-001 --input-type document --json)";

class EmbedFlags {
 public:
  void declare(CommandLine& line);
  /// Throws `UsageError`.
  EmbeddingOptions options() const;

  ModelFlag model;
  EndpointFlags endpoint;
  ReliabilityFlags reliability;
  std::vector<std::string> words;
  std::vector<std::string> files;
  bool json = false;
  int verbosity = 0;

 private:
  std::optional<std::int64_t> dimensions_;
  std::optional<std::string> input_type_;
  std::optional<std::int64_t> batch_size_;
  std::optional<std::int64_t> concurrency_;
  std::optional<std::chrono::nanoseconds> timeout_;
  bool truncate_ = false;
  bool strict_ = false;
};

void EmbedFlags::declare(CommandLine& line) {
  model.declare(line);
  line.texts("--file", files, "FILE", "Texts, one per line; - for standard input");
  line.integer("--dimensions", dimensions_, "N", "Numbers of each vector, where the model can shorten them");
  line.text("--input-type", input_type_, "TYPE", "query, document, similarity, classification or clustering");
  line.flag("--truncate", truncate_, "Cut texts that are too long for the model");
  line.integer("--batch-size", batch_size_, "N", "Most texts of one request (default: what the provider takes)");
  line.integer("--concurrency", concurrency_, "N", "Most requests at the same time (default: 4)");
  line.duration("--timeout", timeout_, std::nullopt, "For everything together (default: none)");
  line.flag("--strict", strict_, "Fail when the provider cannot carry something that was asked for");
  endpoint.declare(line);
  line.flag("--json", json, "Print one JSON object: embeddings, usage, attempts, or the error");
  line.counter("-v,--verbose", verbosity, "Print every attempt and wait");
  reliability.declare_without_calls(line);
  line.arguments("TEXT", words, "What to embed; - or piped input is read, one text per line");
}

std::size_t at_least_one(const char* flag, std::int64_t value) {
  if (value < 1) throw UsageError(std::string(flag) + ": expected a number of at least 1");
  return static_cast<std::size_t>(value);
}

EmbeddingOptions EmbedFlags::options() const {
  EmbeddingOptions options;
  if (dimensions_) options.dimensions(*dimensions_);
  if (dimensions_) at_least_one("--dimensions", *dimensions_);
  if (input_type_) {
    const auto type = parse_input_type(*input_type_);
    if (!type) {
      throw UsageError("--input-type: expected query, document, similarity, classification or clustering, got \"" +
                       *input_type_ + "\"");
    }
    options.input_type(*type);
  }
  if (truncate_) options.truncate(true);
  if (batch_size_) options.batch_size(at_least_one("--batch-size", *batch_size_));
  if (concurrency_) options.concurrency(at_least_one("--concurrency", *concurrency_));
  if (timeout_) options.deadline(*timeout_);
  if (strict_) options.strict();
  return options;
}

void print(Output& out, const Embeddings& embeddings) {
  for (const Embeddings::Vector& vector : embeddings.vectors()) {
    std::string line;
    for (const float number : vector) {
      char text[32];
      if (!line.empty()) line += ' ';
      line.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    }
    line += '\n';
    if (!out.write(line)) return;
  }
}

ExitStatus failed(Output& out, bool json, const Error& error, const ModelConfig& config) {
  if (json) out.write(to_json(error) + "\n");
  report(error.warnings());
  if (error.kind() == ErrorKind::cancelled) {
    say("interrupted\n");
  } else {
    report(error, &config);
  }
  return exit_status(error);
}

}  // namespace

ExitStatus embed_command(Context& context, const Arguments& arguments) {
  EmbedFlags flags;
  CommandLine line("embed", embed_summary, embed_examples);
  flags.declare(line);
  if (!line.parse(arguments, context.out)) return exit_done;

  const ChosenModel model = flags.model.choose(flags.endpoint, flags.verbosity);
  EmbeddingOptions options = flags.options();
  const Texts texts(read_texts(flags.words, flags.files));
  Interrupts::Watch watch(context.interrupts);
  options.cancel_on(watch.token());
  try {
    const Engine engine;
    const Provider provider = flags.reliability.provider(model, engine, call_watchers(flags.verbosity));
    const Embeddings embeddings = provider.embed(texts, options);
    if (flags.json) {
      context.out.write(to_json(embeddings) + "\n");
    } else {
      print(context.out, embeddings);
    }
    report(embeddings.warnings());
    return exit_done;
  } catch (const Error& error) {
    return failed(context.out, flags.json, error, model.config());
  }
}

}  // namespace antiphon::cli
