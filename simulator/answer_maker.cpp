#include "answer_maker.hpp"

#include <algorithm>
#include <array>

#include "schema_sample.hpp"
#include "seal.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::array<std::string_view, 12> sentences{
    "No model was asked, so do not take this for knowledge.",
    "The words come from a small table and from what you wrote.",
    "Ask the same again and you will read the same again.",
    "A real provider would think longer and cost more.",
    "This sentence is here to make the answer a little longer.",
    "Every word of it arrives in a chunk of its own.",
    "Nothing was stored and nothing was learned.",
    "Sorry that it is not more helpful than that.",
    "It ends where it should, with a proper finish.",
    "Characters beyond ASCII are in it too: café, naïve, 日本語, 🙂.",
    "Count the tokens if you like: the usage says how many there are.",
    "Another seed would have chosen other sentences.",
};

std::string excerpt(const std::string& text) {
  constexpr std::size_t longest = 80;
  std::string out(utf8_prefix(text, longest));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out.size() < text.size() ? out + "…" : out;
}

std::string default_text(const Ask& ask, Random& random) {
  std::string text;
  if (ask.after_tool) {
    text = "The tool answered: " + excerpt(ask.tool_result);
  } else {
    text = "You said: \"" + excerpt(ask.user) + "\".";
  }
  if (ask.images > 0) text += " Images in it: " + std::to_string(ask.images) + ".";
  const std::uint64_t first = random.next();
  const std::uint64_t count = 2 + random.below(3);
  for (std::uint64_t i = 0; i < count; ++i) {
    text += ' ';
    text += sentences[(first + i) % sentences.size()];
  }
  return text;
}

std::string json_text(const Ask& ask, Random& random) {
  if (ask.form == Form::schema) return json::serialize(sample_of(ask.schema, random));
  json::object object;
  object["answer"] = default_text(ask, random);
  object["number"] = random.below(100);
  object["simulated"] = true;
  return json::serialize(object);
}

/// The tool that this request makes the model call; null for none. Left to itself, the model calls a tool whose name
/// the user wrote.
const Tool* tool_to_call(const Ask& ask) {
  const auto found = std::find_if(ask.tools.begin(), ask.tools.end(), [&](const Tool& tool) {
    if (ask.tool_use == ToolUse::any) return true;
    if (ask.tool_use == ToolUse::named) return tool.name == ask.tool_name;
    if (ask.tool_use == ToolUse::never || ask.after_tool || tool.name.empty()) return false;
    return ask.user.find(tool.name) != std::string::npos;
  });
  return found == ask.tools.end() ? nullptr : &*found;
}

/// Keeps what comes before the first stop sequence, and tells which one that was.
std::string stop_text(std::string& text, const std::vector<std::string>& stops) {
  std::size_t end = text.size();
  std::string found;
  for (const std::string& stop : stops) {
    const std::size_t at = stop.empty() ? std::string::npos : text.find(stop);
    if (at >= end) continue;
    end = at;
    found = stop;
  }
  text.resize(end);
  return found;
}

Choice default_choice(const Ask& ask, Random& random) {
  Choice choice;
  choice.finish_reason = "stop";
  if (ask.load_only) return choice;
  if (ask.think) choice.reasoning = split_into_pieces("The user wrote something. An answer is due.");
  if (const Tool* tool = tool_to_call(ask)) {
    ToolCall call;
    call.id = "call_" + random_name(random, 24);
    call.name = tool->name;
    const json::value arguments = sample_of(tool->parameters, random);
    call.arguments = arguments.is_object() ? json::serialize(arguments) : "{}";
    if (tool->is_custom) call.arguments = "Text for " + tool->name + ", made by the simulator.";
    choice.tool_calls.push_back(std::move(call));
    choice.finish_reason = "tool_calls";
    return choice;
  }
  std::string text = ask.form == Form::text ? default_text(ask, random) : json_text(ask, random);
  choice.stop_sequence = stop_text(text, ask.stop);
  choice.text = split_into_pieces(text);
  const std::uint64_t most = ask.max_tokens.value_or(choice.text.size());
  if (choice.text.size() > most) {
    choice.text.resize(most);
    choice.finish_reason = "length";
    choice.stop_sequence.clear();
  }
  return choice;
}

void apply(const Script::ScriptedChoice& script, Choice& choice) {
  const bool says_something = script.text || script.generated || !script.refusal.empty() ||
                              !script.tool_calls.empty() || !script.blocks.empty();
  if (says_something) {
    choice.text = script.text.value_or(std::vector<std::string>());
    choice.generated = script.generated;
    choice.refusal = script.refusal;
    choice.tool_calls = script.tool_calls;
    choice.finish_reason = choice.tool_calls.empty() ? "stop" : "tool_calls";
    choice.stop_sequence.clear();
  }
  choice.blocks = script.blocks;
  if (!script.reasoning.empty() || !script.blocks.empty()) choice.reasoning = script.reasoning;
  if (script.sets_finish_reason) choice.finish_reason = script.finish_reason;
}

void apply(const Script::Tokens& script, Answer& answer) {
  answer.prompt_tokens = script.prompt.value_or(answer.prompt_tokens);
  answer.cached_tokens = script.cached.value_or(answer.cached_tokens);
  answer.cache_write_tokens = script.cache_write.value_or(answer.cache_write_tokens);
  answer.completion_tokens = script.completion.value_or(answer.completion_tokens);
  answer.reasoning_tokens = script.reasoning.value_or(answer.reasoning_tokens);
}

void count_tokens(Answer& answer) {
  for (const Choice& choice : answer.choices) {
    answer.reasoning_tokens += choice.reasoning.size();
    answer.completion_tokens += choice.reasoning.size() + choice.refusal.size();
    answer.completion_tokens += choice.generated ? choice.generated->chunks : choice.text.size();
    for (const ToolCall& call : choice.tool_calls) {
      answer.completion_tokens += 3 + estimated_tokens(call.name.size() + call.arguments.size());
    }
  }
}

}  // namespace

Answer make_answer(const Ask& ask, std::uint64_t seed, const Script& script, bool endless) {
  const std::uint64_t source = hash(ask.user, hash(ask.tool_result, hash(ask.model, seed * 31 + ask.seed)));
  Random random(source);
  Answer answer;
  answer.id = script.id.value_or(sealed_name(random));
  answer.model = script.model.value_or(ask.model);
  answer.created = 1770000000 + static_cast<std::int64_t>(random.below(1000000));
  answer.prompt_tokens = ask.prompt_tokens;
  answer.cached_tokens = ask.cached_tokens;
  answer.cache_write_tokens = ask.cache_write_tokens;
  answer.usage = script.usage;
  answer.without_usage = script.without_usage;
  answer.failure = script.failure;
  answer.changing_item_ids = script.changing_item_ids;
  answer.flat_errors = script.flat_errors;
  answer.without_part_ends = script.without_part_ends;
  if (script.reasoning_field) answer.reasoning_field = *script.reasoning_field;
  const std::uint64_t n = script.n.value_or(ask.n);
  for (std::uint64_t i = 0; i < n; ++i) {
    Random own(source + i);
    Choice choice = default_choice(ask, own);
    if (!script.choices.empty()) apply(script.choices[std::min<std::size_t>(i, script.choices.size() - 1)], choice);
    choice.endless = endless;
    answer.choices.push_back(std::move(choice));
  }
  count_tokens(answer);
  apply(script.tokens, answer);
  return answer;
}

}  // namespace antiphon::inline v0::simulator
