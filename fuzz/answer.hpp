#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/codec.hpp>

#include "input.hpp"
#include "require.hpp"

/// What `decode` gave: the chunks and the result, as JSON.
struct Decoded {
  std::vector<std::string> chunks;
  std::string result;
  std::optional<antiphon::Response> response;

  bool same_as(const Decoded& other) const { return chunks == other.chunks && result == other.result; }
  bool same_end_as(const Decoded& other) const { return response.has_value() == other.response.has_value(); }
};

inline Decoded decode_answer(std::string_view bytes, antiphon::DecodeOptions options, std::size_t split) {
  Decoded decoded;
  options.split(split).on_chunk(
      [&](const antiphon::Chunk& chunk) { decoded.chunks.push_back(antiphon::to_json(chunk)); });
  antiphon::Result<antiphon::Response> result = antiphon::decode(bytes, options);
  decoded.result = result ? antiphon::to_json(*result) : antiphon::to_json(result.error());
  if (result) {
    decoded.response = std::move(*result);
  } else {
    require(result.error().kind() != antiphon::ErrorKind::internal);
  }
  return decoded;
}

inline void check_json(const Decoded& decoded) {
  for (const std::string& chunk : decoded.chunks) require(antiphon::Json(chunk).check().empty());
  require(antiphon::Json(decoded.result).check().empty());
}

/// An answer cut into pieces gives what it gives in one piece: the first byte picks the pieces, the second whether it
/// is streamed and how large it may be. Returns what was read, none when that is an error.
inline std::optional<antiphon::Response> check_answer(Input input, const char* protocol) {
  const std::size_t split = 1 + input.choice();
  const unsigned choice = input.choice();
  antiphon::DecodeOptions options(protocol);
  options.stream(choice % 2 == 0).max_response_bytes(choice < 16 ? 200 : std::size_t{1} << 20);
  Decoded whole = decode_answer(input.rest(), options, 0);
  check_json(whole);
  const Decoded cut = decode_answer(input.rest(), options, split);
  // A limit may be reached in the middle of a piece: then only the kind of the end is the same.
  if (choice >= 16) {
    require(whole.same_as(cut));
  } else {
    check_json(cut);
  }
  require(whole.same_end_as(cut));
  return std::move(whole.response);
}

/// What was read goes into the next request, with a result for each call. False when it is refused, which takes a name
/// and a place.
inline bool check_return(const std::optional<antiphon::Response>& response, const antiphon::ModelConfig& config) {
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
