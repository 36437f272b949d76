#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/callbacks.hpp>
#include <antiphon/codec.hpp>
#include <antiphon/error.hpp>
#include <antiphon/http.hpp>
#include <antiphon/provider.hpp>

#include "core/answer_builder.hpp"
#include "core/pool.hpp"
#include "providers/embeddings_dialect.hpp"
#include "providers/key_style.hpp"
#include "providers/openai_chat_dialect.hpp"

namespace antiphon::inline v0::codec {

struct Preset;

/// Whom a request is encoded for.
struct Target {
  const Preset* preset;
  std::string model;
  std::string base_url;  ///< without a slash at its end
};

/// Models as one answer lists them.
struct ModelPage {
  std::vector<ModelInfo> models;
  std::string next;  ///< names the page behind it; empty when there is none
};

/// How the body of an answer is cut into events.
enum class Framing { sse, ndjson, aws_frames };

/// Reads one answer. Pure: bytes in, pieces into the builder. The events are cut out of the bytes by `AnswerReader`.
class AnswerDecoder : public Pooled {
 public:
  virtual ~AnswerDecoder() = default;
  /// One event of a stream; `type` is empty where the framing has none. An error ends the answer. Frames that tell of a
  /// failure do not come here.
  virtual std::optional<Error> event(std::string_view type, std::string_view padded_data) = 0;
  /// A whole answer, or a body that turned out to be one although a stream was asked for.
  virtual std::optional<Error> whole(std::string_view padded_body) = 0;
  /// The body ended; what was held back goes to the builder. An error when the answer is not complete (`truncated`).
  virtual std::optional<Error> end() = 0;
  /// The answer's end mark was seen: nothing that follows counts.
  virtual bool done() const = 0;
};

/// One protocol family. Stateless, pure: no socket, no clock, no thread.
class Codec {
 public:
  virtual ~Codec() = default;
  /// Everything but credentials and the user's own headers. Throws `Error{invalid_request}` or `Error{unsupported}`
  /// that names the field.
  virtual EncodedRequest encode(const Request& request, const Target& target) const = 0;
  /// Whether an image, audio or document that is given by an http or https URL goes to the provider as its bytes alone.
  /// `role` is that of its message, `tool` for what a tool result holds.
  virtual bool needs_bytes(const Part& part, Role role, const Target& target) const;
  virtual std::unique_ptr<AnswerDecoder> decoder(const Target& target, AnswerBuilder& builder) const = 0;
  virtual Framing framing() const = 0;
  /// What an answer with an error status says: kind, code, message, hints to wait. `body` may be anything; `now` is for
  /// dates to wait for.
  virtual Error error(int status, const HttpHeaders& headers, std::string_view body,
                      std::chrono::system_clock::time_point now) const = 0;
  /// `page` is `ModelPage::next` of the page before; empty for the first.
  virtual HttpRequest list_models(const Target& target, std::string_view page) const = 0;
  /// Throws `Error{protocol}`.
  virtual ModelPage models(std::string_view body) const = 0;
};

/// A provider that we know: a protocol and its particulars.
struct Preset {
  std::string name;          ///< `openai`
  std::string protocol;      ///< `openai-chat`
  std::string base_url;      ///< empty when each user has an address of their own
  std::string url_variable;  ///< variable of the environment that replaces `base_url`
  std::string url_path;      ///< put behind what that variable holds when it names a host and no path
  std::size_t url_port = 0;  ///< when set, that variable may hold a bare host: HTTP, and this port unless it names one
  std::string key_variable;  ///< of the environment; empty when there is none
  bool key_needed = false;
  std::string family;  ///< whose own options it takes
  KeyStyle key_style = KeyStyle::bearer;
  std::string key_header;  ///< header of the bare key, whatever the style; empty for none
  std::vector<std::pair<std::string, std::string>> headers;  ///< of every request
  std::string domain;                                        ///< the dialect holds there only; empty when everywhere
  OpenAiChatDialect openai_chat;
  EmbeddingsDialect embeddings;
};

/// Null when there is none of that name.
const Preset* find_preset(std::string_view name);
std::vector<std::string> preset_names();

/// Null when there is none of that name.
const Codec* find_codec(std::string_view protocol);
const std::vector<std::string>& codec_names();

}  // namespace antiphon::inline v0::codec
