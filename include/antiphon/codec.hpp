#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/chunk.hpp>
#include <antiphon/embedding.hpp>
#include <antiphon/export.hpp>
#include <antiphon/http.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/options.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>

namespace antiphon::inline v0 {

/// A request as a provider would get it.
class EncodedRequest {
 public:
  HttpRequest http;
  std::vector<Warning> warnings;

  EncodedRequest() {}
};

/// What would be sent, without sending or fetching anything: where `Options::fetch_urls` has a call fetch a file, an
/// empty one stands here, with a warning. Credentials are put on when the key is a value or in the environment; a
/// missing one is left out. Throws `Error`.
ANTIPHON_EXPORT EncodedRequest encode(const ModelConfig& config, const Messages& messages, const Options& options,
                                      bool stream);

/// `headers` with the values of those that are not known to be harmless replaced by `***`.
ANTIPHON_EXPORT HttpHeaders mask_secrets(const HttpHeaders& headers);
/// `url` with the values of those fields of its query replaced by `***` whose names speak of keys, tokens and the like.
ANTIPHON_EXPORT std::string mask_secrets(const std::string& url);

/// An OpenAI Chat Completions request body, taken apart.
class ChatRequest {
 public:
  /// Empty when the body names none.
  std::string model;
  Messages messages;
  Options options;
  bool stream = false;

  ChatRequest() {}
};

/// Throws `Error{invalid_request}` that names the field. What is not known stays the bytes that it is: fields of the
/// body go into `Options::extra`, those of a message, a part, a tool or a call into own options of the family
/// `openai-chat`, which are for all who speak this protocol, as are blocks (`PartKind::unknown`) and tools that are no
/// functions (`Tool::provider_defined`). Those of a tool's `function` are there under that name. Each that another
/// protocol cannot carry is a warning.
ANTIPHON_EXPORT ChatRequest parse_chat_request(std::string_view body);

/// Names of the protocols that `decode` reads: `openai-chat`, `openai-responses`, `anthropic`, `gemini`, `bedrock`,
/// `bedrock-anthropic`, `cohere`, `ollama`.
ANTIPHON_EXPORT const std::vector<std::string>& protocols();

/// How a recorded answer is to be read.
class DecodeOptions {
 public:
  /// One of `protocols()`; any other throws `Error{invalid_config}`.
  explicit DecodeOptions(std::string protocol) : protocol_(std::move(protocol)) {}

  /// Whether the answer is to a streamed request. Default off.
  DecodeOptions& stream(bool value) { return stream_ = value, *this; }
  /// HTTP status. Default 200.
  DecodeOptions& status(int value) { return status_ = value, *this; }
  DecodeOptions& header(std::string name, std::string value) {
    return headers_.add(std::move(name), std::move(value)), *this;
  }
  /// Feed this many bytes at a time; 0, the default, feeds all at once. The result is the same.
  DecodeOptions& split(std::size_t value) { return split_ = value, *this; }
  /// Called for every chunk.
  DecodeOptions& on_chunk(std::function<void(const Chunk&)> function) { return on_chunk_ = std::move(function), *this; }
  DecodeOptions& max_response_bytes(std::size_t value) { return max_response_bytes_ = value, *this; }

  const std::string& protocol() const { return protocol_; }
  bool stream() const { return stream_; }
  int status() const { return status_; }
  const HttpHeaders& headers() const { return headers_; }
  std::size_t split() const { return split_; }
  const std::function<void(const Chunk&)>& on_chunk() const { return on_chunk_; }
  std::size_t max_response_bytes() const { return max_response_bytes_; }

 private:
  std::string protocol_;
  bool stream_ = false;
  int status_ = 200;
  HttpHeaders headers_;
  std::size_t split_ = 0;
  std::function<void(const Chunk&)> on_chunk_;
  std::size_t max_response_bytes_ = std::size_t{64} << 20;
};

/// Reads a recorded answer, body or raw bytes of a stream, with the code that reads live ones.
ANTIPHON_EXPORT Result<Response> decode(std::string_view bytes, const DecodeOptions& options);

/// The normalised result as one JSON object, without line ends: of an answer, of a failure with what had arrived, and
/// of one chunk. The command line's `--json`, `decode` and `decode --events` write these.
ANTIPHON_EXPORT std::string to_json(const Response& response);
ANTIPHON_EXPORT std::string to_json(const Error& error);
ANTIPHON_EXPORT std::string to_json(const Chunk& chunk);
/// The same of embeddings: `embeddings` holds the vectors, each number as short as it reads back the same.
ANTIPHON_EXPORT std::string to_json(const Embeddings& embeddings);

}  // namespace antiphon::inline v0
