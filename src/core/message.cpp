#include <antiphon/message.hpp>

#include <ostream>

#include <antiphon/error.hpp>

namespace antiphon::inline v0 {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::system:
      return "system";
    case Role::developer:
      return "developer";
    case Role::user:
      return "user";
    case Role::assistant:
      return "assistant";
    case Role::tool:
      return "tool";
  }
  return "user";
}

std::ostream& operator<<(std::ostream& out, Role role) { return out << to_string(role); }

std::string_view to_string(PartKind kind) {
  switch (kind) {
    case PartKind::text:
      return "text";
    case PartKind::image:
      return "image";
    case PartKind::audio:
      return "audio";
    case PartKind::document:
      return "document";
    case PartKind::tool_call:
      return "tool_call";
    case PartKind::tool_result:
      return "tool_result";
    case PartKind::reasoning:
      return "reasoning";
    case PartKind::refusal:
      return "refusal";
    case PartKind::unknown:
      return "unknown";
  }
  return "unknown";
}

struct Part::Body {
  PartKind kind = PartKind::text;
  std::string text = {};
  std::string url = {};
  std::string bytes = {};
  std::string media_type = {};
  std::string filename = {};
  std::string detail = {};
  std::string id = {};
  std::string name = {};
  std::string arguments = {};
  std::string signature = {};
  std::string provider = {};
  std::string raw = {};
  bool is_error = false;
  std::vector<Part> parts = {};
  std::vector<Citation> citations = {};
  std::vector<OwnOptions> own = {};

  bool operator==(const Body&) const = default;
};

Part::Part(std::shared_ptr<const Body> body) : body_(std::move(body)) {}

inline const Part::Body& Part::body() const { return *static_cast<const Body*>(body_.get()); }

namespace {

template <class Body>
std::shared_ptr<Body> make(PartKind kind) {
  auto body = std::make_shared<Body>();
  body->kind = kind;
  return body;
}

std::string joined_text(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts) {
    if (part.kind() == PartKind::text) text += part.text();
  }
  return text;
}

}  // namespace

Part Part::text(std::string text) {
  auto body = make<Body>(PartKind::text);
  body->text = std::move(text);
  return Part(std::move(body));
}

Part Part::image_url(std::string url, std::string detail) {
  auto body = make<Body>(PartKind::image);
  body->url = std::move(url);
  body->detail = std::move(detail);
  return Part(std::move(body));
}

Part Part::image(std::string bytes, std::string media_type) {
  auto body = make<Body>(PartKind::image);
  body->bytes = std::move(bytes);
  body->media_type = std::move(media_type);
  return Part(std::move(body));
}

Part Part::audio(std::string bytes, std::string format, std::string transcript, std::string id) {
  auto body = make<Body>(PartKind::audio);
  body->bytes = std::move(bytes);
  body->media_type = std::move(format);
  body->text = std::move(transcript);
  body->id = std::move(id);
  return Part(std::move(body));
}

Part Part::audio_url(std::string url) {
  auto body = make<Body>(PartKind::audio);
  body->url = std::move(url);
  return Part(std::move(body));
}

Part Part::document(std::string bytes, std::string media_type, std::string filename) {
  auto body = make<Body>(PartKind::document);
  body->bytes = std::move(bytes);
  body->media_type = std::move(media_type);
  body->filename = std::move(filename);
  return Part(std::move(body));
}

Part Part::document_url(std::string url, std::string filename) {
  auto body = make<Body>(PartKind::document);
  body->url = std::move(url);
  body->filename = std::move(filename);
  return Part(std::move(body));
}

Part Part::uploaded(std::string provider, std::string file_id, PartKind kind) {
  if (kind != PartKind::image && kind != PartKind::document) {
    throw Error(ErrorKind::invalid_request, "only an image or a document is given by the id of its file");
  }
  if (provider.empty() || file_id.empty()) {
    throw Error(ErrorKind::invalid_request, "an uploaded file needs its provider and its id");
  }
  auto body = make<Body>(kind);
  body->provider = std::move(provider);
  body->id = std::move(file_id);
  return Part(std::move(body));
}

Part Part::tool_call(std::string id, std::string name, std::string arguments) {
  auto body = make<Body>(PartKind::tool_call);
  body->id = std::move(id);
  body->name = std::move(name);
  body->arguments = std::move(arguments);
  return Part(std::move(body));
}

Part Part::tool_result(std::string id, std::string content, bool is_error, std::string name) {
  auto body = make<Body>(PartKind::tool_result);
  body->id = std::move(id);
  body->name = std::move(name);
  body->text = std::move(content);
  body->is_error = is_error;
  return Part(std::move(body));
}

Part Part::tool_result(std::string id, std::vector<Part> parts, bool is_error, std::string name) {
  auto body = make<Body>(PartKind::tool_result);
  body->id = std::move(id);
  body->name = std::move(name);
  body->text = joined_text(parts);
  body->parts = std::move(parts);
  body->is_error = is_error;
  return Part(std::move(body));
}

Part Part::reasoning(std::string text, std::string signature) {
  auto body = make<Body>(PartKind::reasoning);
  body->text = std::move(text);
  body->signature = std::move(signature);
  return Part(std::move(body));
}

Part Part::refusal(std::string text) {
  auto body = make<Body>(PartKind::refusal);
  body->text = std::move(text);
  return Part(std::move(body));
}

Part Part::unknown(std::string provider, Json raw, std::string type) {
  auto body = make<Body>(PartKind::unknown);
  body->provider = std::move(provider);
  body->raw = std::move(raw).text();
  body->name = std::move(type);
  return Part(std::move(body));
}

Part Part::with_signature(std::string provider, std::string signature) const {
  auto body = std::make_shared<Body>(this->body());
  body->provider = std::move(provider);
  body->signature = std::move(signature);
  return Part(std::move(body));
}

Part Part::with_raw(std::string provider, Json raw) const {
  auto body = std::make_shared<Body>(this->body());
  body->provider = std::move(provider);
  body->raw = std::move(raw).text();
  return Part(std::move(body));
}

Part Part::with_content(std::string bytes, std::string media_type) const {
  if (kind() != PartKind::image && kind() != PartKind::audio && kind() != PartKind::document) {
    throw Error(ErrorKind::invalid_request, "only an image, audio or a document is given by bytes or a URL");
  }
  auto body = std::make_shared<Body>(this->body());
  body->url.clear();
  body->id.clear();
  body->bytes = std::move(bytes);
  body->media_type = std::move(media_type);
  return Part(std::move(body));
}

Part Part::with_parts(std::vector<Part> parts) const {
  if (kind() != PartKind::tool_result) {
    throw Error(ErrorKind::invalid_request, "only a tool result is made of parts");
  }
  auto body = std::make_shared<Body>(this->body());
  body->text = joined_text(parts);
  body->parts = std::move(parts);
  return Part(std::move(body));
}

Part Part::with_citations(std::vector<Citation> citations) const {
  auto body = std::make_shared<Body>(this->body());
  body->citations = std::move(citations);
  return Part(std::move(body));
}

Part Part::with(OwnOptions options) const {
  auto body = std::make_shared<Body>(this->body());
  body->own.push_back(std::move(options));
  return Part(std::move(body));
}

PartKind Part::kind() const { return body().kind; }
const std::string& Part::text() const { return body().text; }
const std::string& Part::url() const { return body().url; }
const std::string& Part::bytes() const { return body().bytes; }
const std::string& Part::media_type() const { return body().media_type; }
const std::string& Part::filename() const { return body().filename; }
const std::string& Part::detail() const { return body().detail; }
const std::string& Part::id() const { return body().id; }
const std::string& Part::name() const { return body().name; }
const std::string& Part::arguments() const { return body().arguments; }
bool Part::is_error() const { return body().is_error; }
const std::string& Part::signature() const { return body().signature; }
const std::string& Part::provider() const { return body().provider; }
const std::string& Part::raw() const { return body().raw; }
const std::vector<Part>& Part::parts() const { return body().parts; }
const std::vector<Citation>& Part::citations() const { return body().citations; }
const std::vector<OwnOptions>& Part::own_options() const { return body().own; }

bool Part::operator==(const Part& other) const { return body_ == other.body_ || body() == other.body(); }

std::string Message::content() const { return joined_text(parts_); }

Messages& Messages::tool_result(std::string id, std::string content) & {
  Message message(Role::tool);
  message.add(Part::tool_result(std::move(id), std::move(content)));
  return add(std::move(message));
}

Message::Message(Role role) : role_(role) {}

Message::Message(Role role, std::string text) : role_(role) { parts_.push_back(Part::text(std::move(text))); }

Message& Message::add(Part part) { return parts_.push_back(std::move(part)), *this; }

Message Message::with_parts(std::vector<Part> parts) const {
  Message changed = *this;
  changed.parts_ = std::move(parts);
  return changed;
}

Message& Message::with(OwnOptions value) { return own_.push_back(std::move(value)), *this; }

Messages& Messages::system(std::string text) & { return add(Message(Role::system, std::move(text))); }

Messages& Messages::user(std::string text) & { return add(Message(Role::user, std::move(text))); }

Messages& Messages::assistant(std::string text) & { return add(Message(Role::assistant, std::move(text))); }

Messages& Messages::add(Message message) & { return messages_.push_back(std::move(message)), *this; }

Messages&& Messages::add(Message message) && { return std::move(add(std::move(message))); }

bool Messages::empty() const { return messages_.empty(); }
std::size_t Messages::size() const { return messages_.size(); }
const Message& Messages::operator[](std::size_t index) const { return messages_[index]; }
Message& Messages::operator[](std::size_t index) { return messages_[index]; }
const Message& Messages::back() const { return messages_.back(); }
Message& Messages::back() { return messages_.back(); }
void Messages::pop_back() { messages_.pop_back(); }
const Message* Messages::begin() const { return messages_.data(); }
const Message* Messages::end() const { return messages_.data() + messages_.size(); }

}  // namespace antiphon::inline v0
