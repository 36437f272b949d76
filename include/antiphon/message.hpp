#pragma once

#include <concepts>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/any_shared.hpp>
#include <antiphon/citation.hpp>
#include <antiphon/export.hpp>
#include <antiphon/json.hpp>
#include <antiphon/own_options.hpp>

namespace antiphon::inline v0 {

enum class Role { system, developer, user, assistant, tool };

ANTIPHON_EXPORT std::string_view to_string(Role role);
ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, Role role);

enum class PartKind { text, image, audio, document, tool_call, tool_result, reasoning, refusal, unknown };

ANTIPHON_EXPORT std::string_view to_string(PartKind kind);

/// One part of a message. Immutable and cheap to copy: copies share the payload, however large.
class ANTIPHON_EXPORT Part {
 public:
  /// UTF-8 text.
  static Part text(std::string text);
  /// An image by URL (`https://…`) or data URI (`data:image/png;base64,…`).
  /// `detail` is how closely the model looks: `auto`, `low`, `high`; for providers that take it.
  static Part image_url(std::string url, std::string detail = {});
  /// An image from its bytes; `media_type` is for example `image/png`.
  static Part image(std::string bytes, std::string media_type);
  /// Audio from its bytes; `format` is for example `wav` or `mp3`. A spoken answer also has what was said and the
  /// provider's id, by which it stands in a history.
  static Part audio(std::string bytes, std::string format, std::string transcript = {}, std::string id = {});
  /// Audio by URL or data URI (`data:audio/wav;base64,…`).
  static Part audio_url(std::string url);
  /// A document from its bytes, for example `application/pdf`.
  static Part document(std::string bytes, std::string media_type, std::string filename = {});
  /// A document by URL or data URI.
  static Part document_url(std::string url, std::string filename = {});
  /// An image, audio or document from a file of this machine, as by `attachment`. Reads it now. Throws
  /// `Error{invalid_request}` that names the path for a file that cannot be read, is no ordinary file, is empty, is
  /// larger than 256 MiB, or is of a type that is not known.
  static Part file(const std::string& path);
  /// An image, audio or document from its bytes: the first ones tell which, else the ending of the name, else whether
  /// they are text. A document keeps the name, without its folders. Throws `Error{invalid_request}` when nothing tells.
  static Part attachment(std::string bytes, const std::string& filename);
  /// An image or document that was uploaded to a provider before, by the id that its file has there: `file-…` at
  /// OpenAI, `file_…` at Anthropic. `provider` is its family or name. Any other leaves the part out, with a warning or,
  /// strict, `Error{unsupported}`. Google's files and those of S3 have addresses instead: `document_url("gs://…")`.
  /// Throws `Error{invalid_request}` for another kind than image and document, and for an empty provider or id.
  static Part uploaded(std::string provider, std::string file_id, PartKind kind = PartKind::document);
  /// What the model asks to be called. `arguments` is JSON text exactly as the model wrote it; it may be no JSON.
  static Part tool_call(std::string id, std::string name, std::string arguments);
  /// The answer to the tool call with that id.
  static Part tool_result(std::string id, std::string content, bool is_error = false, std::string name = {});
  /// The same with several parts, images for example.
  static Part tool_result(std::string id, std::vector<Part> parts, bool is_error = false, std::string name = {});
  /// What the model thought; `signature` is the provider's seal, sent back untouched.
  static Part reasoning(std::string text, std::string signature = {});
  /// The model's words when it refuses.
  static Part refusal(std::string text);
  /// A block that this version does not know, or that belongs to a tool which the provider runs itself: the provider's
  /// own bytes, sent back untouched to that provider and to no other. `type` is its name for such blocks.
  static Part unknown(std::string provider, Json raw, std::string type = {});

  /// The same part with the provider's seal (a thought signature), sent back untouched to that provider and to no
  /// other.
  [[nodiscard]] Part with_signature(std::string provider, std::string signature) const;
  /// The same part with the bytes in which the provider sent it: that provider gets them back in place of what we would
  /// write.
  [[nodiscard]] Part with_raw(std::string provider, Json raw) const;
  /// The same image, audio or document given by its bytes, in place of its URL. Throws `Error{invalid_request}` for a
  /// part of another kind.
  [[nodiscard]] Part with_content(std::string bytes, std::string media_type) const;
  /// The same tool result with other parts in the place of its own. Throws `Error{invalid_request}` for a part of
  /// another kind.
  [[nodiscard]] Part with_parts(std::vector<Part> parts) const;
  [[nodiscard]] Part with_citations(std::vector<Citation> citations) const;
  /// The same part with fields that only one family of providers takes, such as `anthropic::cache_control()`.
  [[nodiscard]] Part with(OwnOptions options) const;

  PartKind kind() const;
  /// Text of text, reasoning, refusal and tool-result parts, transcript of audio; empty for the others.
  const std::string& text() const;
  /// URL or data URI of an image, audio or document given by one; empty otherwise.
  const std::string& url() const;
  /// Bytes of an image, audio or document given by them; empty otherwise.
  const std::string& bytes() const;
  /// Media type of an image or document, format of audio.
  const std::string& media_type() const;
  const std::string& filename() const;
  /// How closely the model looks at an image given by URL; empty when it decides.
  const std::string& detail() const;
  /// Id of a tool call, of the call that a tool result answers, of a spoken answer, or of an uploaded file.
  const std::string& id() const;
  /// Name of the tool, or the provider's word for the type of an unknown block.
  const std::string& name() const;
  /// Arguments of a tool call as the model wrote them.
  const std::string& arguments() const;
  bool is_error() const;
  /// What a tool result holds beside its text, in order; empty when it is text alone.
  const std::vector<Part>& parts() const;
  /// The provider's seal.
  const std::string& signature() const;
  /// Provider that the signature or the raw bytes came from, or that has the uploaded file.
  const std::string& provider() const;
  /// The provider's own bytes of this part; empty when they are not needed to send it back.
  const std::string& raw() const;
  /// Where the text comes from.
  const std::vector<Citation>& citations() const;
  const std::vector<OwnOptions>& own_options() const;

  bool operator==(const Part& other) const;

 private:
  struct Body;
  explicit Part(std::shared_ptr<const Body> body);
  const Body& body() const;

  detail::AnyShared body_;
};

/// One message: who speaks, and the parts in their order.
class ANTIPHON_EXPORT Message {
 public:
  explicit Message(Role role);
  Message(Role role, std::string text);

  Role role() const { return role_; }
  const std::vector<Part>& parts() const { return parts_; }
  /// All text parts joined; empty when there are none.
  std::string content() const;
  /// Optional name of the speaker, for providers that take one.
  const std::string& name() const { return name_; }
  /// True for an answer that was cut by a failure or by cancelling; kept in the history of a `Conversation`.
  bool partial() const { return partial_; }
  const std::vector<OwnOptions>& own_options() const { return own_; }

  Message& role(Role value) { return role_ = value, *this; }
  Message& add(Part part);
  /// The same message with other parts in the place of its own.
  [[nodiscard]] Message with_parts(std::vector<Part> parts) const;
  Message& name(std::string value) { return name_ = std::move(value), *this; }
  Message& partial(bool value) { return partial_ = value, *this; }
  /// Fields that only one family of providers takes.
  Message& with(OwnOptions value);

  friend bool operator==(const Message&, const Message&) = default;

 private:
  Role role_;
  std::vector<Part> parts_;
  std::string name_;
  std::vector<OwnOptions> own_;
  bool partial_ = false;
};

/// The messages of a request, built by chaining: `Messages().system("Be brief.").user("Why is the sky blue?")`.
class ANTIPHON_EXPORT Messages {
 public:
  Messages() = default;
  /// One user message.
  template <class T>
    requires std::convertible_to<T, std::string_view>
  Messages(const T& text) {
    user(std::string(std::string_view(text)));
  }

  Messages& system(std::string text) &;
  Messages& user(std::string text) &;
  Messages& assistant(std::string text) &;
  Messages& tool_result(std::string id, std::string content) &;
  Messages& add(Message message) &;

  Messages&& system(std::string text) && { return std::move(system(std::move(text))); }
  Messages&& user(std::string text) && { return std::move(user(std::move(text))); }
  Messages&& assistant(std::string text) && { return std::move(assistant(std::move(text))); }
  Messages&& tool_result(std::string id, std::string content) && {
    return std::move(tool_result(std::move(id), std::move(content)));
  }
  Messages&& add(Message message) &&;

  bool empty() const;
  std::size_t size() const;
  const Message& operator[](std::size_t index) const;
  Message& operator[](std::size_t index);
  const Message& back() const;
  Message& back();
  void pop_back();
  const Message* begin() const;
  const Message* end() const;

  friend bool operator==(const Messages&, const Messages&) = default;

 private:
  std::vector<Message> messages_;
};

}  // namespace antiphon::inline v0
