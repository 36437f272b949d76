// A small assistant for the terminal that uses everything the library has: it streams, keeps a conversation, calls
// tools, finds the note that a question is about, tries again, asks a second provider when the first is slow, falls
// back, goes on after a cut, stays within limits, obeys timeouts, can be interrupted, and says what it does.
//
//   99_assistant [PROVIDER/MODEL or NAME]... < questions.txt
//
// Each model is the fallback of those before it. A name stands in antiphon.toml.

#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace antiphon;
using namespace std::chrono_literals;

struct Search {
  std::string question;
};
BOOST_DESCRIBE_STRUCT(Search, (), (question))

namespace {

class StderrLogger : public Logger {
 public:
  void log(const LogRecord& record) override {
    std::string line = "[" + std::string(to_string(record.level())) + "] " + record.event();
    for (const auto& [name, value] : record.fields()) line += " " + name + "=" + value;
    std::cerr << line + "\n";
  }
};

/// Ctrl-C ends the answer that is under way, and between two answers the program.
class Interrupt {
 public:
  Interrupt() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    // Of this thread and all that it will start: one of its own takes the signal, where everything is allowed.
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::thread([this] {
      for (int number = 0; sigwait(&signals_, &number) == 0;) stop();
    }).detach();
  }
  std::stop_token begin() {
    const std::lock_guard lock(mutex_);
    return answer_.emplace().get_token();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    answer_.reset();
  }

 private:
  void stop() {
    const std::lock_guard lock(mutex_);
    if (!answer_) std::_Exit(130);
    answer_->request_stop();
  }

  sigset_t signals_{};
  std::mutex mutex_;
  std::optional<std::stop_source> answer_;
};

/// `name` is PROVIDER/MODEL, or stands in antiphon.toml.
Provider make_link(const std::string& name) {
  return load_config().create_provider(name, ProviderOptions(), [](ModelConfig& config) {
    config.timeouts(Timeouts().connect(5s).first_content(60s).idle(2min));
    config.retry_config(RetryConfig().max_attempts(3).initial_delay(300ms));
    config.limits(Limits().max_concurrent(4).requests_per_minute(120));
  });
}

Provider make_provider(const std::vector<std::string>& names) {
  FallbackConfig chain;
  for (const std::string& name : names) chain.link(FallbackLink(make_link(name)).first_content_within(30s));
  chain.circuit_breaker(CircuitBreakerConfig().failures(4).rest(20s)).hedge(HedgeConfig().delay(10s));
  Callbacks callbacks;
  callbacks.on_error([](const Request&, const Error& error) { std::cerr << "! " << error.what() << '\n'; });
  return FallbackProvider(chain, ProviderOptions().logger(std::make_shared<StderrLogger>()).callbacks(callbacks));
}

/// The note whose meaning is nearest to the question's.
std::string find_note(const std::string& question) {
  const std::vector<std::string> notes = {"The library opens at ten.", "Bread is sold next door."};
  std::vector<std::string> texts = notes;
  texts.push_back(question);
  const Embeddings vectors = create_provider("ollama/nomic-embed-text").embed(texts);
  const Embeddings::Vector& asked = vectors.vector(notes.size());
  const auto nearness = [&](std::size_t i) {
    const Embeddings::Vector& vector = vectors.vector(i);
    return std::inner_product(vector.begin(), vector.end(), asked.begin(), 0.0);
  };
  return nearness(0) > nearness(1) ? notes[0] : notes[1];
}

void tell(const Response& response) {
  std::cout << "\n(" << response.usage().output_tokens() << " tokens, " << response.finish_reason() << ';';
  const char* separator = " ";
  for (const Attempt& attempt : response.attempts()) {
    std::cout << separator << attempt.provider() << '/' << attempt.model();
    separator = ", ";
  }
  std::cout << ")\n";
  for (const Warning& warning : response.warnings()) std::cerr << warning.where() << ": " << warning.message() << '\n';
}

/// One turn; a failed one leaves the conversation usable.
void answer(Conversation& conversation, const Tool& notes, const std::stop_token& stop) {
  Options options = Options().temperature(0.3).max_tokens(500).deadline(5min).cancel_on(stop);
  options.tools(notes).tool_loop(ToolLoop().max_steps(4).tool_timeout(10s));
  options.with(ollama::Options().num_ctx(8192).keep_alive(5min));
  Stream stream = conversation.stream_chat(options.continue_with(Continuation::next));
  try {
    for (const Chunk& chunk : stream) {
      if (chunk.kind() == ChunkKind::tool_result) std::cout << '[' << chunk.text() << "] ";
      std::cout << chunk.content() << std::flush;
    }
    tell(*stream.response());
  } catch (const Error& error) {
    std::cout << "\n(no answer: " << error.kind() << ")\n";
  }
}

}  // namespace

int main(int argc, char** argv) try {
  // Its thread is ended with the program, and joined by nobody.
  static Interrupt interrupt;
  std::vector<std::string> names(argv + 1, argv + argc);
  if (names.empty()) names = {"openai/gpt-4o-mini", "ollama/llama3.2"};
  Provider provider = make_provider(names);
  Conversation conversation(provider, ConversationConfig().system("You are a helpful assistant. Be brief."));
  const Tool notes = tool("notes", "Finds the note that a question is about",
                          [](const Search& search) { return find_note(search.question); });

  for (std::string line; std::cout << "> " << std::flush && std::getline(std::cin, line);) {
    if (line.empty()) continue;
    conversation.add_user_message(line);
    answer(conversation, notes, interrupt.begin());
    interrupt.end();
  }
  std::cout << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
