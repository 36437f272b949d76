#pragma once

// Answers of an OpenAI Chat Completions server, as bytes on a connection.

#include <string>
#include <string_view>
#include <vector>

#include "support/openai_answers.hpp"
#include "support/raw_server.hpp"

namespace antiphon::test {

inline std::string http_chunk(std::string_view text) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string(text) + "\r\n";
}

inline std::string stream_head() {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req-7\r\ntransfer-encoding: "
         "chunked\r\n\r\n";
}

inline std::string whole_stream(const std::vector<std::string>& texts) {
  std::string wire = stream_head();
  for (const std::string& text : texts) wire += http_chunk(chunk_event(text));
  return wire + http_chunk(finish_events()) + "0\r\n\r\n";
}

inline bool asks_for_stream(std::string_view request) { return request.find(R"("stream":true)") != request.npos; }

/// Answers every request with these words, streamed or whole, as it was asked.
inline RawServer::Handler answering(std::vector<std::string> texts) {
  return [texts = std::move(texts)](RawConnection& connection, int) {
    std::string request;
    while (!(request = connection.read_request()).empty()) {
      std::string joined;
      for (const std::string& text : texts) joined += text;
      connection.write(asks_for_stream(request)
                           ? whole_stream(texts)
                           : http_answer(chat_answer(joined), "application/json", 200, "x-request-id: req-7\r\n"));
    }
  };
}

/// Reads requests and never answers.
inline void never_answering(RawConnection& connection, int) { connection.wait_for_close(); }

}  // namespace antiphon::test
