#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "input.hpp"
#include "require.hpp"

/// What `decode` gave: the chunks and the result, as JSON.
struct Decoded {
  std::vector<std::string> chunks;
  std::string result;
  bool finished = false;

  friend bool operator==(const Decoded&, const Decoded&) = default;
};

inline Decoded decode_answer(std::string_view bytes, antiphon::DecodeOptions options, std::size_t split) {
  Decoded decoded;
  options.split(split).on_chunk([&](const antiphon::Chunk& chunk) {
    decoded.chunks.push_back(antiphon::to_json(chunk));
    require(antiphon::Json(decoded.chunks.back()).check().empty());
  });
  const antiphon::Result<antiphon::Response> result = antiphon::decode(bytes, options);
  decoded.finished = result.has_value();
  decoded.result = result ? antiphon::to_json(*result) : antiphon::to_json(result.error());
  require(antiphon::Json(decoded.result).check().empty());
  if (!result) require(result.error().kind() != antiphon::ErrorKind::internal);
  return decoded;
}

/// An answer cut into pieces gives what it gives in one piece: the first byte picks the pieces, the second whether it
/// is streamed and how large it may be.
inline void check_answer(Input input, const char* protocol) {
  const std::size_t split = 1 + input.choice();
  const unsigned choice = input.choice();
  antiphon::DecodeOptions options(protocol);
  options.stream(choice % 2 == 0).max_response_bytes(choice < 16 ? 200 : std::size_t{1} << 20);
  const Decoded whole = decode_answer(input.rest(), options, 0);
  // A limit may be reached in the middle of a piece: then only the kind of the end is the same.
  const Decoded cut = decode_answer(input.rest(), options, split);
  require(whole.finished == cut.finished);
  if (choice >= 16) require(whole == cut);
}

/// What was read goes into the next request, with a result for each call. False when it is refused, which takes a name
/// and a place. The first two bytes are those of `check_answer`.
inline bool check_return(Input input, const char* protocol, const antiphon::ModelConfig& config) {
  input.choice();
  antiphon::DecodeOptions options(protocol);
  options.stream(input.choice() % 2 == 0).max_response_bytes(std::size_t{1} << 20);
  const antiphon::Result<antiphon::Response> response = antiphon::decode(input.rest(), options);
  if (!response) return true;
  antiphon::Messages messages = antiphon::Messages().user("hi").add(response->message());
  for (const antiphon::Part& call : response->tool_calls()) messages.tool_result(call.id(), "42");
  try {
    const auto encoded = antiphon::encode(config, messages.user("go on"), antiphon::Options(), false);
    require(antiphon::Json(encoded.http.body).check().empty());
    return true;
  } catch (const antiphon::Error& error) {
    require(error.kind() == antiphon::ErrorKind::invalid_request && !error.where().empty());
    return false;
  }
}
