#include <utility>

#include <antiphon/codec.hpp>
#include <antiphon/conversation.hpp>
#include <antiphon/engine.hpp>
#include <antiphon/provider.hpp>

#include "attachment.hpp"
#include "call_watchers.hpp"
#include "chat_session.hpp"
#include "chat_turn.hpp"
#include "command_line.hpp"
#include "commands.hpp"
#include "endpoint_flags.hpp"
#include "fetch_flags.hpp"
#include "generation_flags.hpp"
#include "model_flag.hpp"
#include "prompt.hpp"
#include "reliability_flags.hpp"
#include "report.hpp"
#include "request_view.hpp"
#include "tool_flags.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

constexpr const char* chat_summary =
    "Ask a model and print its answer as it comes; without a prompt, hold a conversation.\n"
    "The answer goes to standard output, everything else to standard error.";

constexpr const char* chat_examples = R"(Examples:
  antiphon chat -m openai/gpt-4o-mini "Why is the sky blue?"
  antiphon chat -m ollama/llama3.2 -s "Be brief." -o num_ctx=8192
  git diff | antiphon chat "Review this change."
  antiphon chat -a photo.jpg "What is this?"
  antiphon chat --tool weather.json "Do I need an umbrella in Oslo?"
  antiphon chat -m fast "Hello"                       # a model that antiphon.toml names
  antiphon chat -m openai/m --base-url http://127.0.0.1:8080/v1 --json Hello
  antiphon chat -m openai/gpt-4o-mini --fallback ollama/llama3.2 "Who is there?"

Exit status: 0 answered, 1 the provider failed, 2 wrong usage, 130 interrupted.)";

class ChatFlags {
 public:
  void declare(CommandLine& line);
  Messages messages(const std::string& prompt) const;
  std::vector<Part> attachments() const;

  ModelFlag model;
  EndpointFlags endpoint;
  GenerationFlags generation;
  ReliabilityFlags reliability;
  ToolFlags tools;
  FetchFlags fetching;
  std::string system;
  std::vector<std::string> files;
  std::vector<std::string> words;
  bool whole = false;
  bool dry_run = false;
  ChatView view;
};

void ChatFlags::declare(CommandLine& line) {
  model.declare(line);
  line.text("-s,--system", system, "TEXT", "System message");
  line.texts("-a,--attach", files, "FILE",
             "An image, a recording, a document or a text to go with the prompt; each but the text may be a URL");
  fetching.declare(line);
  generation.declare(line);
  endpoint.declare(line);
  tools.declare(line);
  line.flag("--no-stream", whole, "Wait for the whole answer");
  line.flag("--json", view.json, "Print one JSON object: answer, usage, attempts, or the error");
  line.flag("--stats", view.stats, "Print tokens and times after the answer");
  line.flag("--dry-run", dry_run, "Print the HTTP request, secrets masked, and send nothing");
  line.counter("-v,--verbose", view.verbosity, "Print every attempt and wait; twice, headers too, secrets masked");
  reliability.declare(line);
  line.arguments("PROMPT", words, "What to ask; - or piped input is read and put behind it");
}

std::vector<Part> ChatFlags::attachments() const {
  std::vector<Part> parts;
  for (const std::string& file : files) parts.push_back(read_attachment(file));
  return parts;
}

Message user_message(const std::string& prompt, std::vector<Part> attachments) {
  Message message(Role::user, prompt);
  for (Part& part : attachments) message.add(std::move(part));
  return message;
}

ExitStatus dry_run(Context& context, const ChatFlags& flags, const ModelConfig& config, const Options& options,
                   Message message) {
  Messages messages;
  if (!flags.system.empty()) messages.system(flags.system);
  messages.add(std::move(message));
  const EncodedRequest request = encode(config, messages, options, !flags.whole);
  context.out.write(flags.view.json ? request_as_json(request) + "\n" : request_as_text(request));
  if (!flags.view.json) report(request.warnings);
  return exit_done;
}

}  // namespace

ExitStatus chat_command(Context& context, const Arguments& arguments) {
  ChatFlags flags;
  CommandLine line("chat", chat_summary, chat_examples);
  flags.declare(line);
  if (!line.parse(arguments, context.out)) return exit_done;
  flags.view.stream = !flags.whole;

  const ChosenModel model = flags.model.choose(flags.endpoint, flags.view.verbosity);
  const ModelConfig& config = model.config();
  Options options = flags.generation.options();
  flags.reliability.apply(options);
  flags.tools.apply(options);
  flags.fetching.apply(options);
  std::vector<Part> attachments = flags.attachments();
  const std::optional<std::string> prompt = read_prompt(flags.words);
  if (!prompt && (flags.dry_run || flags.view.json)) throw UsageError("no prompt: --json and --dry-run need one");
  if (flags.dry_run) {
    return dry_run(context, flags, config, options, user_message(*prompt, std::move(attachments)));
  }

  ChatTurns turns(context, config, options, flags.view);
  try {
    const Engine engine;
    Provider provider = flags.reliability.provider(model, engine, call_watchers(flags.view.verbosity));
    if (!prompt) return ChatSession(turns, std::move(provider), flags.system, std::move(attachments)).run();
    Conversation conversation = start_conversation(provider, flags.system);
    conversation.add_message(user_message(*prompt, std::move(attachments)));
    return turns.run(conversation);
  } catch (const Error& error) {
    return turns.failed(error);
  }
}

}  // namespace antiphon::cli
