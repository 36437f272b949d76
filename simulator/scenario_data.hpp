#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "answer.hpp"
#include "credentials.hpp"
#include "event_stream.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {

using Milliseconds = std::chrono::milliseconds;

/// Which requests a rule is for; what is empty fits all.
struct Match {
  std::string path;  ///< with `*` at its end: that and everything that begins with it
  std::string protocol;
  std::string model;
  std::string body_contains;
  std::optional<bool> stream;
  Headers headers;
  std::vector<std::string> absent_headers;
};

/// Content of an answer; what is not given is as without a rule.
struct Script {
  struct ScriptedChoice {
    std::optional<std::vector<std::string>> text;
    std::optional<Generated> generated;
    std::vector<std::string> reasoning;
    std::vector<std::string> refusal;
    std::vector<ToolCall> tool_calls;
    std::vector<Block> blocks;  ///< what the fields above hold, in an order of its own
    bool sets_finish_reason = false;
    std::optional<std::string> finish_reason;
  };
  struct Tokens {
    std::optional<std::uint64_t> prompt;
    std::optional<std::uint64_t> cached;
    std::optional<std::uint64_t> cache_write;
    std::optional<std::uint64_t> completion;
    std::optional<std::uint64_t> reasoning;
  };
  std::vector<ScriptedChoice> choices;  ///< empty: the default's; one: each of `n` is like it
  std::optional<std::uint64_t> n;
  std::optional<std::string> id;
  std::optional<std::string> model;
  std::optional<json::object> usage;
  bool without_usage = false;
  std::optional<std::string> reasoning_field;
  Tokens tokens;
  std::optional<Failure> failure;
  bool changing_item_ids = false;
  bool flat_errors = false;
  bool without_part_ends = false;
};

/// A body as the scenario has it.
struct RawBody {
  std::vector<std::string> pieces;
  std::string content_type;  ///< empty: as the protocol's
  bool events = false;       ///< each piece is an event, to be framed
  bool is_http = false;      ///< in place of the whole HTTP answer
};

struct Html {
  std::string page;
};
struct Redirect {
  std::string location;
};
/// A failure in the form of the request's protocol.
struct ScriptedFailure {
  Failure failure;
};

struct Timing {
  Milliseconds before_head{0};
  Milliseconds before_body{0};
  Milliseconds between_chunks{0};
  Milliseconds ping_every{0};  ///< 0: no pings
  bool never_answer = false;
  std::optional<std::uint64_t> stop_after_chunks;
  std::optional<std::uint64_t> stop_after_bytes;
};

enum class CutBy { fin, rst, stream, refused, goaway };
enum class LineEnd { lf, crlf, cr };

/// What is wrong with the events of an answer.
struct EventFault {
  struct Utf8 {
    std::uint64_t event = 0;
    bool known_field = true;
  };
  struct ErrorInStream {
    std::uint64_t after_events = 0;
    Failure failure;
  };
  std::optional<std::uint64_t> broken_json;
  std::optional<Utf8> broken_utf8;
  std::optional<ErrorInStream> error_in_stream;
  bool unknown_events = false;
  bool unknown_fields = false;
  bool missing_finish = false;
  std::uint64_t repeat_finish = 0;
  bool repeat_usage = false;
  bool missing_done = false;
  std::optional<std::uint64_t> restart_after_events;
  std::optional<std::string> data_after_done;
};

/// What is wrong with how they are written.
struct FramingFault {
  struct WrongFrame {
    std::uint64_t event = 0;
    FrameFault fault;
  };
  std::optional<LineEnd> line_end;  ///< none: the protocol's
  bool bom = false;
  std::optional<std::string> comment;
  bool data_without_space = false;
  std::uint64_t data_lines = 1;
  bool missing_blank_line = false;
  bool missing_line_end = false;
  bool missing_event_lines = false;
  std::optional<WrongFrame> wrong_frame;
};

/// What is wrong with the HTTP.
struct HttpFault {
  CutBy cut_by = CutBy::fin;
  bool cut_before_headers = false;
  std::optional<std::uint64_t> cut_after_bytes;
  bool close_on_next_request = false;
  bool close_idle = false;
  std::optional<std::int64_t> content_length_off_by;
  bool close_delimited = false;
  std::uint64_t bytes_per_write = 0;  ///< 0: as they come
  std::uint64_t huge_headers = 0;
  bool endless_header = false;
  bool gzip = false;
};

struct Rule {
  std::string source;  ///< as it was read
  Match match;
  std::uint64_t nth = 1;
  std::optional<std::uint64_t> times;
  std::optional<int> status;
  Headers headers;
  std::vector<RateLimit> rate_limits;
  std::variant<Script, RawBody, ScriptedFailure, Html, Redirect> answer;
  Timing timing;
  HttpFault http;
  FramingFault framing;
  EventFault event;
  bool endless = false;
  bool ignore_stream = false;
};

/// How TLS is spoken.
struct TlsSettings {
  std::string certificate_file;
  std::string key_file;
  bool client_certificates = false;
};

/// A scenario, read and checked.
struct ScenarioData {
  std::optional<int> port;
  std::optional<bool> tls;
  std::optional<bool> http2;
  TlsSettings tls_settings;
  std::uint64_t seed = 0;
  Credentials credentials;
  std::vector<std::string> models;
  std::vector<Rule> rules;
};

}  // namespace antiphon::inline v0::simulator
