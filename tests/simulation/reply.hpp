#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/http.hpp>

#include "dice.hpp"
#include "plan.hpp"

namespace antiphon::simulation {

/// What the provider makes of one request, step by step, and what that means.
struct Reply {
  struct Step {
    enum class Kind { connect, head, bytes, end } kind;
    Duration after{};
    HttpHead head = {};
    std::string bytes = {};
    std::optional<Error> error = {};
    /// So many pieces of content have arrived whole behind this step.
    int content = 0;
    bool finish = false;  ///< so has the end of all that is said
    bool usage = false;   ///< so has what it used
  };
  /// How whoever reads it has to take it.
  enum class Meaning {
    good,        ///< a whole answer
    ill,         ///< the provider is in a bad way
    overloaded,  ///< the same, and all have to wait
    limited,     ///< too many requests: all have to wait
    refused,     ///< it says nothing about the provider's health
  };

  /// A call of a tool in the answer.
  struct ToolAsk {
    std::string id;
    bool fits;  ///< there is such a tool with a function, and its arguments are what it takes
  };

  std::vector<Step> steps;
  std::vector<ToolAsk> calls = {};
  Meaning meaning = Meaning::good;
  int status = 0;  ///< of the head, once that came
  int tokens = 0;  ///< words of the whole answer
  int used = 0;    ///< as the usage says; 0 when it says nothing
  int prompt = 0;  ///< so many of those for what was asked
  std::optional<Duration> retry_after = {};
  std::optional<Duration> exhausted = {};  ///< as the rate limits in the head say
  bool ends_itself = true;                 ///< false: the connection stays open for ever
  bool filtered = false;                   ///< its end says that a filter made it
  bool has_end_mark = false;               ///< the last bytes decide what comes of it
  bool lingers = false;                    ///< what is on its way arrives although nobody wants it any more
};

/// What no error may tell.
inline constexpr const char* secret_key = "sk-of-the-simulation";
inline constexpr const char* other_key = "ok-of-the-simulation";
/// Whether it tells one of them, or how one begins: that may be all that came of a body.
inline bool tells_key(std::string_view text) {
  constexpr std::size_t enough = 12;
  const auto has = [&](std::string_view key) { return text.find(key.substr(0, enough)) != text.npos; };
  return has(secret_key) || has(other_key);
}
/// Where credentials are fetched.
inline constexpr const char* token_url = "http://tokens/";

/// What is asked, as far as a reply depends on it.
struct Question {
  int exchange;
  EndpointPlan::Protocol protocol;
  Mood mood;
  bool fast;
  bool streams;
  bool lists_models;
  bool has_key = true;
  std::size_t most_bytes = std::string::npos;  ///< that whoever asks takes
  bool in_tool_loop = false;                   ///< whoever asks runs tools
  bool offers_tools = false;
  int texts = 0;  ///< to embed
  int first_text = 0;
  bool terse = false;  ///< it has little to say
};

/// Calls of tools that a model makes.
struct DrawnCall {
  std::string id;
  std::string name;
  std::string arguments;
  bool fits;
};
/// None when whoever asks runs none. `text_arguments`: they may be anything.
std::vector<DrawnCall> draw_calls(Dice& dice, const Question& question, bool text_arguments);

Reply make_reply(Dice dice, const Question& question);

}  // namespace antiphon::simulation
