#include "providers/embedding_ask.hpp"

#include <utility>

#include "json/reader.hpp"
#include "providers/any_json.hpp"
#include "providers/beside_body.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::codec {

namespace {

std::string place_of_input(std::size_t index) { return "inputs/" + std::to_string(index); }

std::optional<EmbeddingEncoding> encoding_of(std::string_view name) {
  if (name == "base64") return EmbeddingEncoding::base64;
  if (name == "float") return EmbeddingEncoding::floats;
  return std::nullopt;
}

}  // namespace

Request embedding_request(const Texts& texts, EmbeddingOptions options) {
  Messages messages;
  for (const std::string& text : texts.list()) messages.user(text);
  Request request(std::move(messages), options.common());
  request.embedding(std::move(options));
  return request;
}

EmbeddingAsk::EmbeddingAsk(const Request& request, const Preset& preset, std::size_t first)
    : request_(request), settled_(request.options(), preset) {
  if (const EmbeddingOptions* options = request.embedding()) {
    dimensions_ = options->dimensions();
    input_type_ = options->input_type();
    truncate_ = options->truncate();
    encoding_ = options->encoding();
  }
  for (const auto& [name, value] : settled_.own()) settle(name, value);
  for (const Json& fields : settled_.common().extras()) extra_.add_all(fields, "extra");
  check_settings();
  check_texts(first);
}

/// An option by name has the place of ours when it says the same; else it is the provider's own.
void EmbeddingAsk::settle(const std::string& name, const Json& value) {
  bool taken = false;
  check_json(value.text(), name);
  read_any_json(value.text(), [&](json::Value read) {
    const auto keep = [&](auto& place, auto found) {
      if (!found) return;
      if (!place) place = *found;
      taken = true;
    };
    const std::string_view word = read.string().value_or("");
    if (name == "dimensions") {
      const Count count = read.count();
      keep(dimensions_, count.known() ? std::optional(count.at_least()) : std::nullopt);
    } else if (name == "input_type") {
      keep(input_type_, parse_input_type(word));
    } else if (name == "truncate") {
      keep(truncate_, read.boolean());
    } else if (name == "encoding_format") {
      keep(encoding_, encoding_of(word));
    }
  });
  if (!taken) own_.add(name, value);
}

void EmbeddingAsk::check_settings() const {
  if (dimensions_ && *dimensions_ < 1) throw invalid("dimensions", "must be at least 1");
  check_text(user(), [] { return std::string("user"); });
  check_beside_body(settled_.common());
}

void EmbeddingAsk::check_texts(std::size_t first) const {
  for (std::size_t index = 0; index < count(); ++index) {
    if (text(index).empty()) throw invalid(place_of_input(first + index), "the text is empty");
    check_text(text(index), [&] { return place_of_input(first + index); });
  }
}

}  // namespace antiphon::inline v0::codec
