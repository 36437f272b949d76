#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/callbacks.hpp>
#include <antiphon/embedding.hpp>

#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/named_options.hpp"

namespace antiphon::inline v0::codec {

/// The call for these texts: each is a user message.
Request embedding_request(const Texts& texts, EmbeddingOptions options);

/// What one request asks for: some of the texts of a call, and its options with those given by name in their places.
/// Good as long as the request is.
class EmbeddingAsk {
 public:
  /// `first` is the index of the first text in the call. Throws `Error{invalid_request}` that names the option, or the
  /// text: `inputs/3`.
  EmbeddingAsk(const Request& request, const Preset& preset, std::size_t first = 0);

  std::size_t count() const { return request_.messages().size(); }
  const std::string& text(std::size_t index) const { return request_.messages()[index].parts().front().text(); }

  const std::optional<std::int64_t>& dimensions() const { return dimensions_; }
  const std::optional<InputType>& input_type() const { return input_type_; }
  const std::optional<bool>& truncate() const { return truncate_; }
  const std::optional<EmbeddingEncoding>& encoding() const { return encoding_; }
  const std::string& user() const { return settled_.common().user(); }
  bool strict() const { return settled_.common().strict(); }
  /// The provider's own options, by name.
  const ExtraFields& own() const { return own_; }
  /// Takes one of them out, as JSON; empty when there is none.
  std::string take_own(std::string_view name) { return own_.take(name); }
  /// Fields of the body as the user wants them.
  const ExtraFields& extra() const { return extra_; }

 private:
  void settle(const std::string& name, const Json& value);
  void check_texts(std::size_t first) const;
  void check_settings() const;

  const Request& request_;
  SettledOptions settled_;
  std::optional<std::int64_t> dimensions_;
  std::optional<InputType> input_type_;
  std::optional<bool> truncate_;
  std::optional<EmbeddingEncoding> encoding_;
  ExtraFields own_;
  ExtraFields extra_;
};

}  // namespace antiphon::inline v0::codec
