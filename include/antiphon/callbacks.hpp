#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <antiphon/embedding.hpp>
#include <antiphon/error.hpp>
#include <antiphon/message.hpp>
#include <antiphon/options.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

/// A call as it was asked for.
class ANTIPHON_EXPORT Request {
 public:
  Request(Messages messages, Options options, bool stream = false);

  const Messages& messages() const { return messages_; }
  const Options& options() const { return options_; }
  /// Whether the answer is streamed.
  bool stream() const { return stream_; }
  /// What is asked for when texts are embedded: then each of them is a user message, and the answer has usage but no
  /// content. Null for a chat.
  const EmbeddingOptions* embedding() const;

  Request& embedding(EmbeddingOptions value);
  Messages& messages() { return messages_; }
  Options& options() { return options_; }

 private:
  Messages messages_;
  Options options_;
  bool stream_;
  std::shared_ptr<const EmbeddingOptions> embedding_;
};

/// Functions that watch calls. They run on the engine's thread, in the order they were added, before the call
/// returns: keep them quick, for a slow one (over 10 ms) delays every call and is named in a warning. What one throws
/// becomes a warning on the response and never breaks the call.
class ANTIPHON_EXPORT Callbacks {
 public:
  /// Once per call, before anything is sent.
  Callbacks& on_request(std::function<void(const Request&)> function);
  /// Once per call that ends well; for a stream, at its end.
  Callbacks& on_response(std::function<void(const Request&, const Response&)> function);
  /// Once per call that fails or is cancelled.
  Callbacks& on_error(std::function<void(const Request&, const Error&)> function);

  const std::function<void(const Request&)>& on_request() const { return on_request_; }
  const std::function<void(const Request&, const Response&)>& on_response() const { return on_response_; }
  const std::function<void(const Request&, const Error&)>& on_error() const { return on_error_; }

 private:
  std::function<void(const Request&)> on_request_;
  std::function<void(const Request&, const Response&)> on_response_;
  std::function<void(const Request&, const Error&)> on_error_;
};

}  // namespace antiphon::inline v0
