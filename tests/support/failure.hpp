#pragma once

// How a call failed, for tests that expect it to.

#include <gtest/gtest.h>

#include <string>

#include <antiphon/antiphon.hpp>

namespace antiphon::test {

/// A key that must turn up nowhere.
inline constexpr const char* planted_key = "sk-planted-key";

inline Error no_failure(const std::string& what) {
  ADD_FAILURE() << "no error but: " << what;
  return Error(ErrorKind::internal, "none");
}

inline Error without_key(Error error) {
  EXPECT_EQ(std::string(error.what()).find("planted"), std::string::npos) << error.what();
  EXPECT_EQ(error.raw_body().find("planted"), std::string::npos);
  for (const Attempt& attempt : error.attempts()) {
    EXPECT_EQ(attempt.error_message().find("planted"), std::string::npos) << attempt.error_message();
  }
  return error;
}

inline Error failure_of(const Result<Response>& result) {
  return result ? no_failure(result->content()) : without_key(result.error());
}

/// Of a whole answer.
inline Error chat_failure(const Provider& provider, const Messages& messages = "Hi",
                          const Options& options = Options()) {
  return failure_of(provider.try_chat(messages, options));
}

/// Of a streamed one; `text` gets what was handed out before.
inline Error stream_failure(const Provider& provider, const Options& options = Options(), std::string* text = nullptr) {
  try {
    for (const Chunk& chunk : provider.stream("Hi", options)) {
      if (text) *text += chunk.content();
    }
  } catch (const Error& error) {
    return without_key(error);
  }
  return no_failure("a stream that ended well");
}

}  // namespace antiphon::test
