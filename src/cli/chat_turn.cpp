#include "chat_turn.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

#include <antiphon/codec.hpp>

#include "answer_printer.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include "verbose.hpp"

namespace antiphon::cli {
namespace {

double seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

std::string fixed(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// The speed of writing: the time until the first word is the model reading the prompt.
std::string tokens_per_second(const Response& response) {
  const Count tokens = response.usage().output_tokens();
  const auto first = response.first_content_after();
  const double writing = seconds(response.duration() - first.value_or(std::chrono::nanoseconds(0)));
  return tokens.known() && writing > 0 ? fixed("%.1f", static_cast<double>(tokens.at_least()) / writing) : "?";
}

std::string stats_of(const Response& response) {
  const Usage& usage = response.usage();
  std::string line = to_string(usage.input_tokens()) + " tokens in";
  if (usage.cached_input_tokens().known()) line += " (" + to_string(usage.cached_input_tokens()) + " cached)";
  line += ", " + to_string(usage.output_tokens()) + " out";
  if (usage.reasoning_tokens().known()) line += " (" + to_string(usage.reasoning_tokens()) + " reasoning)";
  if (auto first = response.first_content_after()) line += fixed("; first token after %.3f s", seconds(*first));
  line += fixed("; %.3f s in all", seconds(response.duration()));
  return line + "; " + tokens_per_second(response) + " tokens/s";
}

}  // namespace

ExitStatus ChatTurns::run(Conversation& conversation) {
  try {
    return ask(conversation);
  } catch (const Error& error) {
    return failed(error);
  }
}

ExitStatus ChatTurns::ask(Conversation& conversation) {
  Interrupts::Watch watch(context_.interrupts);
  Options options = options_;
  options.cancel_on(watch.token());
  if (view_.verbosity >= 2) say_request(encode(config_, conversation.messages(), options, view_.stream));

  AnswerPrinter printer(context_.out, view_.verbosity > 0 || is_terminal(STDERR_FILENO));
  std::optional<Result<Response>> result;
  if (view_.stream) {
    result = read_stream(conversation.stream_chat(options), view_.json ? nullptr : &printer, context_.out);
  } else {
    result = conversation.try_continue_chat(options);
    if (*result && !view_.json) printer.print(**result);
  }
  if (!view_.json) printer.finish();
  if (!result) return exit_done;
  return *result ? succeeded(**result) : failed(result->error());
}

ExitStatus ChatTurns::succeeded(const Response& response) {
  if (view_.json) context_.out.write(to_json(response) + "\n");
  report(response.warnings());
  if (response.finish_reason() == FinishReason::length) {
    report({Warning("max_tokens", "the answer was cut at the limit of tokens")});
  } else if (response.finish_reason() == FinishReason::content_filter) {
    report({Warning("", "the provider's safety system cut the answer")});
  }
  if (view_.stats) say(Style(STDERR_FILENO).dim(stats_of(response)) + "\n");
  return exit_done;
}

ExitStatus ChatTurns::failed(const Error& error) {
  if (view_.json) context_.out.write(to_json(error) + "\n");
  report(error.warnings());
  if (error.kind() == ErrorKind::cancelled) {
    say("interrupted\n");
  } else {
    report(error, &config_);
  }
  return exit_status(error);
}

}  // namespace antiphon::cli
