#include "providers/openai_chat_dialect_row.hpp"

#include <algorithm>
#include <string>

#include "providers/reasoning_effort.hpp"

namespace antiphon::inline v0::codec {

namespace {

// What the encoder asks for by these names.
constexpr std::string_view chat_options[] = {"temperature",
                                             "top_p",
                                             "top_k",
                                             "max_tokens",
                                             "stop",
                                             "n",
                                             "seed",
                                             "logprobs",
                                             "presence_penalty",
                                             "frequency_penalty",
                                             "user",
                                             "metadata",
                                             "response_format",
                                             "reasoning_effort",
                                             "tools",
                                             "tool_choice",
                                             "parallel_tool_calls"};

constexpr std::string_view choices[] = {"auto", "any", "required"};

constexpr std::size_t longest_call_id = 64;
constexpr std::size_t highest_most_stops = 1000;

template <class Words>
void require_one_of(const Words& words, std::string_view word, const std::string& place) {
  if (std::find(std::begin(words), std::end(words), word) != std::end(words)) return;
  std::string known;
  for (const std::string_view one : words) known += (known.empty() ? "" : ", ") + std::string(one);
  throw mistake(place, "\"" + std::string(word) + "\" is none of " + known);
}

void read_word(StrictObject& row, const char* name, std::string& target) {
  const std::string before = target;
  row.read(name, target);
  if (target != before) require_one_of(choices, target, row.at(name));
}

}  // namespace

void read_openai_chat_dialect(StrictObject& row, OpenAiChatDialect& dialect) {
  row.read("openai_models", dialect.openai_models);
  row.read("renamed", dialect.renamed);
  for (const auto& [option, name] : dialect.renamed) {
    require_one_of(chat_options, option, inside(row.at("renamed"), option));
  }
  row.read("refused", dialect.refused);
  row.read("refused_by_model", dialect.refused_by_model);
  row.read("efforts", dialect.efforts);
  for (std::size_t index = 0; index < dialect.efforts.size(); ++index) {
    require_one_of(reasoning_efforts, dialect.efforts[index], inside(row.at("efforts"), std::to_string(index)));
  }
  row.read_object("no_reasoning", dialect.no_reasoning);
  row.read("thinks_unasked", dialect.thinks_unasked);
  row.read("ignored_while_thinking", dialect.ignored_while_thinking);
  for (std::size_t index = 0; index < dialect.ignored_while_thinking.size(); ++index) {
    require_one_of(chat_options, dialect.ignored_while_thinking[index],
                   inside(row.at("ignored_while_thinking"), std::to_string(index)));
  }
  row.read("forced_tools_while_thinking", dialect.forced_tools_while_thinking);
  read_word(row, "required_tool", dialect.required_tool);
  read_word(row, "named_tool", dialect.named_tool);
  row.read("json_schema", dialect.json_schema);
  row.read("recursive_schemas", dialect.recursive_schemas);
  row.read("format_beside_tools", dialect.format_beside_tools);
  row.read("json_word", dialect.json_word);
  row.read("integer_logprobs", dialect.integer_logprobs);
  row.read("most_stops", dialect.most_stops, 0, highest_most_stops);
  row.read("image_urls", dialect.image_urls);
  row.read("null_content", dialect.null_content);
  row.read("system_in_front", dialect.system_in_front);
  row.read("alternating_roles", dialect.alternating_roles);
  row.read("user_first", dialect.user_first);
  row.read("assistant_after_tool", dialect.assistant_after_tool);
  row.read("document_urls", dialect.document_urls);
  row.read("tool_call_id_length", dialect.tool_call_id_length, 0, longest_call_id);
  row.read("returned_reasoning", dialect.returned_reasoning);
  row.read_object("prefill_message", dialect.prefill_message);
  row.read_object("prefill_request", dialect.prefill_request);
  row.read("think_tags", dialect.think_tags);
  row.finish();
}

void read_openai_responses_dialect(StrictObject& row, OpenAiChatDialect& dialect) {
  row.read("openai_models", dialect.openai_models);
  row.finish();
}

}  // namespace antiphon::inline v0::codec
