#pragma once

// Bodies and events of an OpenAI Chat Completions server, written by hand from the protocol's description
// (providers.md, 1.6 and 1.7).

#include <initializer_list>
#include <string>
#include <string_view>

namespace antiphon::test {

inline std::string chat_answer(std::string_view text) {
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,"message":)"
         R"({"role":"assistant","content":")" +
         std::string(text) +
         R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}})";
}

/// An answer that calls this tool, without arguments.
inline std::string tool_call_answer(std::string_view tool) {
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,"message":)"
         R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":")" +
         std::string(tool) +
         R"(","arguments":"{}"}}]},"finish_reason":"tool_calls"}],)"
         R"("usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}})";
}

inline std::string chunk_event(std::string_view text) {
  return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,)"
         R"("delta":{"content":")" +
         std::string(text) + R"("},"finish_reason":null}],"usage":null})" + "\n\n";
}

inline std::string finish_events() {
  return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,)"
         R"("delta":{},"finish_reason":"stop"}],"usage":null})"
         "\n\n"
         R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[],)"
         R"("usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}})"
         "\n\ndata: [DONE]\n\n";
}

/// A whole answer as a stream.
inline std::string stream_of(std::initializer_list<std::string_view> texts) {
  std::string events;
  for (const std::string_view text : texts) events += chunk_event(text);
  return events + finish_events();
}

}  // namespace antiphon::test
