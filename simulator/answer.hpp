#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json.hpp"

namespace antiphon::inline v0::simulator {

/// Content made on the fly: as many pieces of as many bytes.
struct Generated {
  std::uint64_t chunks = 0;
  std::uint64_t chunk_bytes = 0;
};

struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  ///< JSON text, or what a scenario gives in its place
};

/// One of the answers to a request, in the pieces in which it streams.
struct Choice {
  std::vector<std::string> reasoning;
  std::vector<std::string> text;
  std::optional<Generated> generated;  ///< in place of `text`
  bool endless = false;                ///< `text` again and again
  std::vector<std::string> refusal;
  std::vector<ToolCall> tool_calls;
  std::optional<std::string> finish_reason;  ///< none: the protocol's null
};

/// What a model says, in no protocol's form yet.
struct Answer {
  std::string id;
  std::string model;
  std::int64_t created = 0;  ///< seconds since 1970
  std::vector<Choice> choices;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t reasoning_tokens = 0;
  std::uint64_t completion_tokens = 0;  ///< reasoning included
  std::optional<json::object> usage;    ///< in place of the numbers above, in the protocol's form
  bool without_usage = false;
  std::string reasoning_field = "reasoning_content";
};

struct Tool {
  std::string name;
  json::value parameters;
};

enum class ToolUse { automatic, never, any, named };
enum class Form { text, json, schema };

/// What a request asks for, in no protocol's form any more.
struct Ask {
  std::string model;
  std::string user;          ///< text of the last user message
  std::string tool_result;   ///< text of the tool results behind it
  std::uint64_t images = 0;  ///< in the last user message
  std::uint64_t prompt_tokens = 0;
  std::uint64_t n = 1;
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> max_tokens;
  std::vector<std::string> stop;
  std::vector<Tool> tools;
  std::string tool_name;  ///< with `ToolUse::named`
  json::value schema;     ///< with `Form::schema`
  ToolUse tool_use = ToolUse::automatic;
  Form form = Form::text;
  bool stream = false;
  bool include_usage = false;
  bool think = false;
  bool logprobs = false;
  bool after_tool = false;
  bool mentions_json = false;
  bool load_only = false;  ///< Ollama: no messages
  bool unload = false;     ///< and the model shall go
};

/// Why a request is not answered.
struct Failure {
  int status = 400;
  std::string message;
  std::string type;           ///< empty: the protocol's usual one for the status
  std::string code;           ///< empty: null
  std::string param;          ///< empty: null
  std::uint64_t request = 0;  ///< number of the request, for bodies that name it
};

/// What a provider says of one of its limits.
struct RateLimit {
  std::string of;  ///< `requests`, `tokens`, `input-tokens`, …
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> remaining;
  std::optional<std::string> reset;
};

/// What a model costs in tokens, roughly: four bytes each.
inline std::uint64_t estimated_tokens(std::uint64_t bytes) { return (bytes + 3) / 4; }

}  // namespace antiphon::inline v0::simulator
