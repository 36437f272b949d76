#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::inline v0::codec {

struct Target;

/// How one server's OpenAI Chat Completions differ from what all servers have in common. The plain one is that of a
/// server nothing is known about.
struct OpenAiChatDialect {
  /// It runs OpenAI's own models under their own names, and with the rules of their families (providers.md, 1.8).
  bool openai_models = false;

  // Options.
  /// Options with another name there: ours, theirs.
  std::vector<std::pair<std::string, std::string>> renamed;
  /// Options, and fields of the body, that it answers with an error or drops.
  std::vector<std::string> refused;
  /// The same by the beginning of a model's name; the longest that fits holds.
  std::vector<std::pair<std::string, std::vector<std::string>>> refused_by_model;
  /// The words for `reasoning_effort` that it takes; empty when all may be.
  std::vector<std::string> efforts;
  /// Fields, a JSON object, that stand there for the effort `none`.
  std::string no_reasoning;
  /// Its models think unless they are told not to.
  bool thinks_unasked = false;
  /// Options that a model which thinks drops without a word.
  std::vector<std::string> ignored_while_thinking;
  /// A choice that has to call a tool is taken while the model thinks (providers.md, trap 80).
  bool forced_tools_while_thinking = true;
  /// The word for a choice of tools that has to call one.
  std::string required_tool = "required";
  /// The word for a choice of one tool by its name; empty for the object that names it.
  std::string named_tool;
  bool json_schema = true;
  /// A schema that is to be enforced may hold itself (providers.md, trap 78).
  bool recursive_schemas = true;
  /// A form of the answer is taken beside tools (providers.md, trap 102).
  bool format_beside_tools = true;
  /// Refuses JSON mode when no message mentions JSON (providers.md, trap 103).
  bool json_word = false;
  /// `logprobs` is the number of alternatives.
  bool integer_logprobs = false;
  /// How many texts of `stop` it takes; 0 when any number may be.
  std::size_t most_stops = 0;

  // Messages.
  /// Images are taken by URL, not by their bytes alone (providers.md, trap 105).
  bool image_urls = true;
  /// A message without text that calls tools has null for it, and not an empty text (providers.md, trap 70).
  bool null_content = false;
  /// One system message is taken, and at the front (providers.md, trap 90).
  bool system_in_front = false;
  /// User and assistant have to take turns (providers.md, trap 91).
  bool alternating_roles = false;
  /// The first message behind those of the system has to be the user's (providers.md, trap 92).
  bool user_first = false;
  /// Behind a tool's result the model has to speak.
  bool assistant_after_tool = false;
  /// Documents are parts `document_url`, by URL or data URI, not files by their bytes.
  bool document_urls = false;
  /// Ids of tool calls are that many letters and digits; 0 when any will do (providers.md, trap 71).
  std::size_t tool_call_id_length = 0;
  /// The field in which what a model thought goes back beside its tool calls; empty when it does not (providers.md,
  /// trap 96).
  std::string returned_reasoning;
  /// Fields, JSON objects, of a last message that the model is to go on with, and of such a request (providers.md,
  /// trap 93).
  std::string prefill_message;
  std::string prefill_request;

  // Answers.
  /// Reasoning may stand in the text, in tags.
  bool think_tags = true;

  bool refuses(std::string_view option) const;
  /// While the model thinks.
  bool ignores(std::string_view option) const;
  /// What this model refuses beside that.
  const std::vector<std::string>& refused_by(std::string_view model) const;
  /// The name of an option there.
  std::string_view name_of(std::string_view option) const;
};

/// The dialect of whom a request is for. A row with a domain speaks of that domain alone: somebody else's server at a
/// `base_url` of the user's own is one that nothing is known about.
const OpenAiChatDialect& openai_chat_dialect(const Target& target);

}  // namespace antiphon::inline v0::codec
