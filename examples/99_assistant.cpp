// A small assistant for the terminal that uses everything the library has: it streams, keeps a conversation, obeys
// timeouts, can be interrupted, and says what it does.
//
//   99_assistant [PROVIDER/MODEL] < questions.txt

#include <antiphon/antiphon.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>

using namespace antiphon;
using namespace std::chrono_literals;

namespace {

class StderrLogger : public Logger {
 public:
  void log(const LogRecord& record) override {
    std::string line = "[" + std::string(to_string(record.level())) + "] " + record.event();
    for (const auto& [name, value] : record.fields()) line += " " + name + "=" + value;
    std::cerr << line + "\n";
  }
};

Provider make_provider(const std::string& name) {
  ModelConfig config = parse_model(name);
  config.timeouts(Timeouts().connect(5s).first_content(60s).idle(2min));
  Callbacks callbacks;
  callbacks.on_error([](const Request&, const Error& error) { std::cerr << "! " << error.what() << '\n'; });
  return create_provider(config, ProviderOptions().logger(std::make_shared<StderrLogger>()).callbacks(callbacks));
}

/// One turn; a failed one leaves the conversation usable.
void answer(Conversation& conversation, const std::stop_token& stop) {
  Stream stream = conversation.stream_chat(Options().temperature(0.3).max_tokens(500).deadline(5min).cancel_on(stop));
  try {
    for (const Chunk& chunk : stream) std::cout << chunk.content() << std::flush;
    const Response& response = *stream.response();
    std::cout << "\n(" << response.usage().output_tokens() << " tokens, " << response.finish_reason() << ")\n";
    for (const Warning& warning : response.warnings()) std::cerr << warning.where() << ": " << warning.message() << '\n';
  } catch (const Error& error) {
    std::cout << "\n(no answer: " << error.kind() << ")\n";
  }
}

}  // namespace

int main(int argc, char** argv) try {
  Provider provider = make_provider(argc > 1 ? argv[1] : "ollama/llama3.2");
  Conversation conversation(provider, ConversationConfig().system("You are a helpful assistant. Be brief."));
  std::stop_source stop;

  for (std::string line; std::cout << "> " << std::flush && std::getline(std::cin, line);) {
    if (line.empty()) continue;
    conversation.add_user_message(line);
    answer(conversation, stop.get_token());
  }
  std::cout << '\n';
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
