#include <antiphon/callbacks.hpp>

namespace antiphon::inline v0 {

Request::Request(Messages messages, Options options, bool stream)
    : messages_(std::move(messages)), options_(std::move(options)), stream_(stream) {}

const EmbeddingOptions* Request::embedding() const { return embedding_.get(); }

Request& Request::embedding(EmbeddingOptions value) {
  return embedding_ = std::make_shared<const EmbeddingOptions>(std::move(value)), *this;
}

Callbacks& Callbacks::on_request(std::function<void(const Request&)> function) {
  return on_request_ = std::move(function), *this;
}

Callbacks& Callbacks::on_response(std::function<void(const Request&, const Response&)> function) {
  return on_response_ = std::move(function), *this;
}

Callbacks& Callbacks::on_error(std::function<void(const Request&, const Error&)> function) {
  return on_error_ = std::move(function), *this;
}

}  // namespace antiphon::inline v0
