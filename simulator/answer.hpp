#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// A part of an answer, for the protocols whose answers are lists of such.
struct Block {
  enum class Kind { reasoning, hidden_reasoning, text, refusal, call, extra };
  Kind kind = Kind::text;
  std::vector<std::string> pieces;     ///< of all kinds but `hidden_reasoning` and `extra`
  std::optional<Generated> generated;  ///< in place of `pieces`
  bool endless = false;
  std::string signature;  ///< of reasoning; all there is of hidden reasoning. Empty: one of ours
  bool is_raw = false;    ///< reasoning as the model had it, not a summary
  json::array citations;  ///< of text, in the protocol's form
  ToolCall call;
  std::string extra;  ///< JSON text in the protocol's form
};

/// One of the answers to a request, in the pieces in which it streams.
struct Choice {
  std::vector<std::string> reasoning;
  std::vector<std::string> text;
  std::optional<Generated> generated;  ///< in place of `text`
  bool endless = false;                ///< `text` again and again
  std::vector<std::string> refusal;
  std::vector<ToolCall> tool_calls;
  std::vector<Block> blocks;                 ///< the same in an order of its own; empty: in the order above
  std::optional<std::string> finish_reason;  ///< none: the protocol's null
  std::string stop_sequence;                 ///< the one that ended the text; empty: none did
};

/// Why a request is not answered.
struct Failure {
  int status = 400;
  std::string message;
  std::string type = "";                             ///< empty: the protocol's usual one for the status
  std::string code = "";                             ///< empty: null
  std::string param = "";                            ///< empty: null
  std::uint64_t request = 0;                         ///< number of the request, for bodies that name it
  std::optional<double> retry_after = std::nullopt;  ///< in seconds
  json::array details = {};                          ///< Google's
};

/// What a model says, in no protocol's form yet.
struct Answer {
  std::string id;
  std::string model;
  std::int64_t created = 0;  ///< seconds since 1970
  std::vector<Choice> choices;
  std::uint64_t prompt_tokens = 0;  ///< cache included
  std::uint64_t cached_tokens = 0;
  std::uint64_t cache_write_tokens = 0;
  std::uint64_t reasoning_tokens = 0;
  std::uint64_t completion_tokens = 0;  ///< reasoning included
  std::optional<json::object> usage;    ///< in place of the numbers above, in the protocol's form
  bool without_usage = false;
  std::string reasoning_field = "reasoning_content";
  std::optional<Failure> failure;  ///< the answer says that it failed, where a protocol has that
  bool changing_item_ids = false;  ///< Responses: each event names its item anew
  bool flat_errors = false;        ///< Responses: an error event has no object of its own for the error
  bool without_part_ends = false;  ///< Responses: no `done` events of texts and arguments

  /// For the protocols that have one choice.
  const Choice& only() const { return choices.front(); }
};

struct Tool {
  std::string name;
  json::value parameters;
  bool is_custom = false;  ///< takes text, not JSON
};

enum class ToolUse { automatic, never, any, named };
enum class Form { text, json, schema };

/// Something that a request says it has from here, though the simulator did not make it. A scenario may have given it.
struct Claim {
  std::string token;
  Failure failure;  ///< the answer when no scenario did
};

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
  json::array sources;    ///< what an answer may cite, in the protocol's form
  ToolUse tool_use = ToolUse::automatic;
  Form form = Form::text;
  bool stream = false;
  bool include_usage = false;
  bool think = false;
  bool logprobs = false;
  bool after_tool = false;
  bool mentions_json = false;
  bool load_only = false;                ///< Ollama: no messages
  bool unload = false;                   ///< and the model shall go
  std::uint64_t cached_tokens = 0;       ///< of the prompt, from a cache
  std::uint64_t cache_write_tokens = 0;  ///< of the prompt, to be kept in a cache
  std::uint64_t long_cache_tokens = 0;   ///< of these, to be kept for an hour
  bool hides_reasoning = false;          ///< only its signature shall go out
  bool obfuscates = false;               ///< Responses: deltas carry letters that hide their length
  bool runs_in_background = false;       ///< Responses: the answer is to be fetched
  bool encrypts_reasoning = false;       ///< Responses: it shall come back in a form only the provider reads
  json::object settings;                 ///< what only its protocol knows of
  std::vector<Claim> claims;

  bool has_tool(std::string_view name) const {
    return std::any_of(tools.begin(), tools.end(), [&](const Tool& tool) { return tool.name == name; });
  }
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
