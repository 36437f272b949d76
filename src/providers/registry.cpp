#include "providers/anthropic.hpp"
#include "providers/bedrock.hpp"
#include "providers/bedrock_anthropic.hpp"
#include "providers/codec.hpp"
#include "providers/cohere.hpp"
#include "providers/gemini.hpp"
#include "providers/ollama.hpp"
#include "providers/openai_chat.hpp"
#include "providers/openai_responses.hpp"

namespace antiphon::inline v0::codec {

bool Codec::needs_bytes(const Part& /*part*/, Role /*role*/, const Target& /*target*/) const { return false; }

const Codec* find_codec(std::string_view protocol) {
  // Never destroyed: calls may still be in flight when the program's statics go.
  static const Codec& openai_chat = *new OpenAiChatCodec;
  static const Codec& openai_responses = *new OpenAiResponsesCodec;
  static const Codec& anthropic = *new AnthropicCodec;
  static const Codec& gemini = *new GeminiCodec;
  static const Codec& ollama = *new OllamaCodec;
  static const Codec& bedrock = *new BedrockCodec;
  static const Codec& bedrock_anthropic = *new BedrockAnthropicCodec;
  static const Codec& cohere = *new CohereCodec;
  if (protocol == "openai-chat") return &openai_chat;
  if (protocol == "openai-responses") return &openai_responses;
  if (protocol == "anthropic") return &anthropic;
  if (protocol == "gemini") return &gemini;
  if (protocol == "ollama") return &ollama;
  if (protocol == "bedrock") return &bedrock;
  if (protocol == "bedrock-anthropic") return &bedrock_anthropic;
  if (protocol == "cohere") return &cohere;
  return nullptr;
}

const std::vector<std::string>& codec_names() {
  static const std::vector<std::string> names = {"openai-chat", "openai-responses", "anthropic",         "gemini",
                                                 "ollama",      "bedrock",          "bedrock-anthropic", "cohere"};
  return names;
}

}  // namespace antiphon::inline v0::codec
