#pragma once

#include <antiphon/simulator.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::inline v0::simulator {

/// Reads HTTP/1 requests from bytes that come in any pieces.
class Http1Parser {
 public:
  enum class State { incomplete, complete, bad };

  /// Where new bytes are appended.
  std::string& input() { return input_; }
  /// How far the next request is. After `complete`, `take` it and parse again; after `bad` nothing more can be read.
  State parse();
  RecordedRequest take();
  /// Target of the request under way, as soon as its first line is there.
  std::optional<std::string> target() const;
  /// Status to answer a bad request with.
  int bad_status() const { return bad_status_; }
  /// The head is there, and the client waits for a sign before it sends the body. True once per request.
  bool wants_continue();
  /// Whether the client wants the connection kept after the request taken last.
  bool keep_alive() const { return keep_alive_; }

 private:
  enum class Stage { head, counted_body, chunk_size, chunk, trailer };
  State bad(int status);
  State parse_head(std::string_view head);
  bool parse_request_line(std::string_view line);
  State use_headers();
  State parse_chunk_size();
  State parse_trailer();

  std::string input_;
  RecordedRequest request_;
  Stage stage_ = Stage::head;
  std::uint64_t wanted_ = 0;  // bytes of the body or of the chunk still to come
  bool continue_ = false;
  bool keep_alive_ = true;
  bool next_keep_alive_ = true;
  int bad_status_ = 400;
};

}  // namespace antiphon::inline v0::simulator
