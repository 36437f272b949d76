#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/simulator.hpp>

namespace antiphon::test {

/// A client of plain sockets that hides nothing.
class Client {
 public:
  explicit Client(int port, int family = 4);
  explicit Client(const Simulator& simulator) : Client(simulator.port()) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False when the other side does not take it.
  bool send(std::string_view bytes);
  /// One read; empty at the end. `was_reset` tells which end it was.
  std::string read_some(std::size_t most = 65536);
  /// Reads until there are so many bytes, or the end.
  std::string read_bytes(std::size_t count);
  /// Reads until `mark` is in it, or to the end.
  std::string read_until(std::string_view mark);
  std::string read_all();
  bool was_reset() const { return was_reset_; }
  /// Nothing comes for now: the socket has nothing to read.
  bool is_quiet() const;
  void close();
  void limit_receive_buffer(int bytes);
  /// TCP segments with data so far.
  std::size_t packets_received() const;

 private:
  int socket_;
  std::string ahead_;
  bool was_reset_ = false;
};

/// An HTTP/1.1 answer, taken apart.
class Answer {
 public:
  std::string raw_head;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;       ///< without chunk framing
  bool complete = false;  ///< as HTTP has it

  Answer() {}
  std::string header(std::string_view name) const;
  /// The `data` lines of a stream, joined per event; comments left out.
  std::vector<std::string> events() const;
  /// The `event` lines of a stream.
  std::vector<std::string> event_names() const;
  std::vector<std::string> lines() const;
};

std::string request_text(std::string_view method, std::string_view target, std::string_view body = "",
                         std::string_view more_headers = "");
/// A chat of one user message; `more` goes into the body: `,"stream":true`.
std::string openai_chat(std::string_view user, std::string_view more = "");
std::string ollama_chat(std::string_view user, std::string_view more = "");
std::string anthropic_chat(std::string_view user, std::string_view more = "");
std::string responses_chat(std::string_view input, std::string_view more = "");
/// A Messages request with this body; `headers` in place of the usual version header.
std::string anthropic_request(std::string_view body, std::string_view headers = "anthropic-version: 2023-06-01\r\n");

/// Reads one answer off a connection that may be kept.
Answer read_answer(Client& client);
/// One request on a connection of its own.
Answer ask(const Simulator& simulator, const std::string& request);

/// JSON that lives as long as this.
class Json {
 public:
  explicit Json(const std::string& text);
  bool has(std::string_view pointer) const;
  std::string text(std::string_view pointer) const;
  std::int64_t number(std::string_view pointer) const;
  bool is_null(std::string_view pointer) const;
  std::string minified(std::string_view pointer) const;

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

/// What the chunks of an OpenAI stream say together.
std::string openai_text(const Answer& answer, int choice = 0);
std::string ollama_text(const Answer& answer);
std::string anthropic_text(const Answer& answer);
std::string responses_text(const Answer& answer);

Scenario rule(std::string_view json);

/// The text with `with` in each place of `what`.
std::string replaced(std::string text, std::string_view what, std::string_view with);

/// Arrays inside each other, deeper than Boost.JSON goes by itself.
inline const std::string deep_json = std::string(40, '[') + std::string(40, ']');

}  // namespace antiphon::test
