// A small assistant for the terminal that uses everything the library has: it streams, keeps a conversation, calls
// tools, finds the note that a question is about, tries again, asks a second provider when the first is slow, falls
// back, goes on after a cut, stays within limits, obeys timeouts, can be interrupted, and says what it does.
//
//   99_assistant [PROVIDER/MODEL]... < questions.txt
//
// Each model is the fallback of those before it.

#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <numeric>
#include <stop_token>
#include <string>
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

Provider make_link(const std::string& name) {
  ModelConfig config = parse_model(name);
  config.timeouts(Timeouts().connect(5s).first_content(60s).idle(2min));
  config.retry_config(RetryConfig().max_attempts(3).initial_delay(300ms));
  config.limits(Limits().max_concurrent(4).requests_per_minute(120));
  return create_provider(config);
}

Provider make_provider(const std::vector<std::string>& names) {
  FallbackConfig chain;
  for (const std::string& name : names) chain.link(make_link(name));
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
  std::vector<std::string> names(argv + 1, argv + argc);
  if (names.empty()) names = {"openai/gpt-4o-mini", "ollama/llama3.2"};
  Provider provider = make_provider(names);
  Conversation conversation(provider, ConversationConfig().system("You are a helpful assistant. Be brief."));
  const Tool notes = tool("notes", "Finds the note that a question is about",
                          [](const Search& search) { return find_note(search.question); });
  std::stop_source stop;

  for (std::string line; std::cout << "> " << std::flush && std::getline(std::cin, line);) {
    if (line.empty()) continue;
    conversation.add_user_message(line);
    answer(conversation, notes, stop.get_token());
  }
  std::cout << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
