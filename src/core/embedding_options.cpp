#include <antiphon/embedding.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct EmbeddingOptions::Body {
  std::optional<std::int64_t> dimensions;
  std::optional<InputType> input_type;
  std::optional<bool> truncate;
  std::optional<EmbeddingEncoding> encoding;
  std::optional<std::size_t> batch_size;
  std::size_t concurrency = 4;
  Options common;
};

template class detail::Hidden<EmbeddingOptions::Body>;

EmbeddingOptions& EmbeddingOptions::dimensions(std::int64_t value) { return body_.edit().dimensions = value, *this; }
EmbeddingOptions& EmbeddingOptions::input_type(InputType value) { return body_.edit().input_type = value, *this; }
EmbeddingOptions& EmbeddingOptions::truncate(bool value) { return body_.edit().truncate = value, *this; }
EmbeddingOptions& EmbeddingOptions::encoding(EmbeddingEncoding value) { return body_.edit().encoding = value, *this; }
EmbeddingOptions& EmbeddingOptions::batch_size(std::size_t value) { return body_.edit().batch_size = value, *this; }
EmbeddingOptions& EmbeddingOptions::concurrency(std::size_t value) { return body_.edit().concurrency = value, *this; }

EmbeddingOptions& EmbeddingOptions::user(std::string value) {
  return body_.edit().common.user(std::move(value)), *this;
}

EmbeddingOptions& EmbeddingOptions::timeouts(Timeouts value) {
  return body_.edit().common.timeouts(std::move(value)), *this;
}

EmbeddingOptions& EmbeddingOptions::deadline(std::chrono::steady_clock::time_point value) {
  return body_.edit().common.deadline(value), *this;
}

EmbeddingOptions& EmbeddingOptions::deadline(std::chrono::nanoseconds from_start) {
  return body_.edit().common.deadline(from_start), *this;
}

EmbeddingOptions& EmbeddingOptions::cancel_on(std::stop_token token) {
  return body_.edit().common.cancel_on(std::move(token)), *this;
}

EmbeddingOptions& EmbeddingOptions::with(OwnOptions value) { return body_.edit().common.with(std::move(value)), *this; }
EmbeddingOptions& EmbeddingOptions::extra(Json fields) { return body_.edit().common.extra(std::move(fields)), *this; }

EmbeddingOptions& EmbeddingOptions::extra(std::string pointer, Json value) {
  return body_.edit().common.extra(std::move(pointer), std::move(value)), *this;
}

EmbeddingOptions& EmbeddingOptions::query(std::string name, std::string value) {
  return body_.edit().common.query(std::move(name), std::move(value)), *this;
}

EmbeddingOptions& EmbeddingOptions::header(std::string name, std::string value) {
  return body_.edit().common.header(std::move(name), std::move(value)), *this;
}

EmbeddingOptions& EmbeddingOptions::strict(bool value) { return body_.edit().common.strict(value), *this; }
const std::optional<std::int64_t>& EmbeddingOptions::dimensions() const { return body_.read().dimensions; }
const std::optional<InputType>& EmbeddingOptions::input_type() const { return body_.read().input_type; }
const std::optional<bool>& EmbeddingOptions::truncate() const { return body_.read().truncate; }
const std::optional<EmbeddingEncoding>& EmbeddingOptions::encoding() const { return body_.read().encoding; }
const std::optional<std::size_t>& EmbeddingOptions::batch_size() const { return body_.read().batch_size; }
std::size_t EmbeddingOptions::concurrency() const { return body_.read().concurrency; }
const Options& EmbeddingOptions::common() const { return body_.read().common; }
void EmbeddingOptions::add_named(std::string name, Json value) { body_.edit().common.option(std::move(name), value); }

}  // namespace antiphon::inline v0
