#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/export.hpp>

namespace antiphon::inline v0 {

namespace simulator {
struct ScenarioData;
class Server;
}  // namespace simulator

/// A scenario that cannot be understood, or a simulator that cannot start. The message names the place:
/// `rules/2/fault/cut_after_bytes: expected integer`.
class ANTIPHON_EXPORT ScenarioError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a simulator does: where it listens, and rules that say which requests it answers how. An empty scenario
/// answers every request well. `docs/simulator.md` describes the JSON form, which can say everything.
///
/// A value: copies are independent.
class ANTIPHON_EXPORT Scenario {
 public:
  Scenario();
  /// Throws `ScenarioError`; unknown keys are errors.
  static Scenario from_json(std::string_view text);
  /// Throws `ScenarioError`, also when the file cannot be read.
  static Scenario from_file(const std::string& path);

  /// 1 to 65535, or 0 (the default) for a free one.
  Scenario& port(int value);
  /// Speaks TLS, with a certificate made at the start (`Simulator::ca_file`). Off by default.
  Scenario& tls(bool value);
  /// Speaks TLS with this certificate chain and private key (PEM files).
  Scenario& certificate(std::string certificate_file, std::string key_file);
  /// Speaks TLS and turns clients away that do not show a certificate of its own authority (`Simulator::client_file`).
  /// Off by default.
  Scenario& client_certificates(bool value);
  /// Whether HTTP/2 is offered to clients that come with TLS. On by default.
  Scenario& http2(bool value);
  /// Another seed gives other texts. Default 0.
  Scenario& seed(std::uint64_t value);
  /// The key that clients must send where their protocol has it; others are turned away. Empty, the default, lets
  /// everybody in.
  Scenario& api_key(std::string value);
  /// The keys that requests to Bedrock must be signed with; others get 403. An empty access key takes any; with a
  /// session token the requests must carry it. Without this a signature only has to look like one.
  Scenario& aws_keys(std::string access_key, std::string secret_key, std::string session_token = "");
  /// Adds a model. With none every name is served except `missing`; with some, only these.
  Scenario& model(std::string name);
  /// Adds a rule behind the others, from its JSON form: `{"times": 1, "status": 503}`. Throws `ScenarioError`.
  Scenario& rule(std::string_view json);

 private:
  friend class Simulator;
  std::shared_ptr<simulator::ScenarioData> own();

  std::shared_ptr<const simulator::ScenarioData> data_;
};

/// A request as it arrived. Requests to `/_simulator/` are not recorded.
class ANTIPHON_EXPORT RecordedRequest {
 public:
  std::string method;
  /// Path with query, as sent.
  std::string target;
  /// In their order; names in lower case when they came by HTTP/2.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Counts from 1, in the order of accepting.
  std::uint64_t connection = 0;
  /// `1.0`, `1.1` or `2`.
  std::string http_version;
  /// When its last byte was read (`CLOCK_MONOTONIC`).
  std::chrono::steady_clock::time_point time;
  /// Place of the rule that answered it, from 0; -1 when none did.
  int rule = -1;

  RecordedRequest() {}
  /// First header of that name, in any case; empty when there is none.
  std::string_view header(std::string_view name) const;
  /// The target without its query.
  std::string_view path() const;
};

/// What a simulator waits for and stamps.
enum class SimulatorEvent {
  connection,  ///< a client connected
  request,     ///< a request was read completely
  answered,    ///< the last byte of an answer was taken by the system
  disconnect,  ///< a client closed its connection, or reset its HTTP/2 stream, before its answer was complete
  close,       ///< a connection ended, whoever ended it
};

/// One event, with its time.
class ANTIPHON_EXPORT SimulatorStamp {
 public:
  SimulatorEvent event = SimulatorEvent::connection;
  std::chrono::steady_clock::time_point time;
  std::uint64_t connection = 0;
  /// Number of the request, from 1 in the order of arrival; 0 for events of connections.
  std::uint64_t request = 0;

  SimulatorStamp() {}
};

/// Figures since the start or the last reset. Connections that only spoke to `/_simulator/` are not in them.
class ANTIPHON_EXPORT SimulatorStats {
 public:
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t requests = 0;
  /// Requests that wait for their answer or for the rest of it.
  std::uint64_t requests_open = 0;
  /// The highest `requests_open` ever was.
  std::uint64_t requests_open_peak = 0;
  /// Streamed answers that have begun and not ended.
  std::uint64_t streams_open = 0;
  std::uint64_t answered = 0;
  std::uint64_t disconnects = 0;
  /// Bytes of HTTP that the system took for sending (before encryption).
  std::uint64_t bytes_written = 0;
  /// The same, of the connection accepted last.
  std::uint64_t newest_connection_bytes_written = 0;
  /// Requests no longer in `requests()`: it keeps the newest 10,000, and 128 MiB at most.
  std::uint64_t requests_forgotten = 0;

  SimulatorStats() {}
};

/// A provider on real sockets, in a thread of its own: OpenAI Chat Completions and Responses, Anthropic Messages,
/// Ollama, Google Gemini, Cohere and AWS Bedrock, deterministic, with every fault a network or a provider can have. For
/// tests.
///
/// Listens on 127.0.0.1 and, where there is one, on ::1. All functions may be called from any thread. The constructor
/// raises the process's soft limit of open files to the hard one.
class ANTIPHON_EXPORT Simulator {
 public:
  /// Listens before it returns. Throws `ScenarioError` when it cannot.
  explicit Simulator(Scenario scenario = Scenario());
  /// Closes every connection.
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  int port() const;
  /// `http://127.0.0.1:PORT`, or `https://…` with TLS.
  std::string url() const;
  /// What an OpenAI client takes as its base URL: `url()` and `/v1`.
  std::string openai_base_url() const;
  /// What an Anthropic client takes: `url()`.
  std::string anthropic_base_url() const;
  /// What an Ollama client takes: `url()`.
  std::string ollama_base_url() const;
  /// File (PEM) to trust, removed with the simulator; empty without TLS or with a certificate of yours.
  const std::string& ca_file() const;
  /// File (PEM) with a certificate for clients and its key, removed with the simulator; empty unless the scenario asks
  /// for `client_certificates`.
  const std::string& client_file() const;

  /// Answers new requests by another scenario; its rules count from zero. Port, TLS and HTTP/2 stay as they are: a
  /// scenario that sets them throws `ScenarioError`.
  void set_scenario(Scenario scenario);
  /// Forgets requests, events and figures, and lets the rules count from zero.
  void reset();

  std::vector<RecordedRequest> requests() const;
  SimulatorStats stats() const;
  /// How often it happened since the last reset.
  std::uint64_t count(SimulatorEvent event) const;
  /// The newest 10,000 of a kind, oldest first.
  std::vector<SimulatorStamp> events(SimulatorEvent event) const;
  /// Waits until it happened `count` times since the last reset; false when that took longer than `timeout`.
  bool wait_for(SimulatorEvent event, std::uint64_t count, std::chrono::milliseconds timeout) const;

 private:
  std::unique_ptr<simulator::Server> server_;
};

}  // namespace antiphon::inline v0
