#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/options.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

/// The texts to embed: one, several (`Texts("a", "b")`), or a vector of them.
class ANTIPHON_EXPORT Texts {
 public:
  Texts() = default;
  template <class... T>
    requires(sizeof...(T) > 0 && (std::convertible_to<T, std::string_view> && ...))
  Texts(const T&... texts) {
    (add(std::string(std::string_view(texts))), ...);
  }
  Texts(std::vector<std::string> texts);

  Texts& add(std::string text);

  const std::vector<std::string>& list() const { return texts_; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::vector<std::string> texts_;
};

/// What texts are embedded for. Models that know the difference put questions near to the documents that answer them.
enum class InputType {
  query,           ///< what is searched with
  document,        ///< what is searched in
  similarity,      ///< to be compared with each other
  classification,  ///< to be told apart
  clustering,      ///< to be grouped
};

/// `query`, `document`, …
ANTIPHON_EXPORT std::string_view to_string(InputType type);
ANTIPHON_EXPORT std::ostream& operator<<(std::ostream& out, InputType type);
/// Nothing when there is none of that name.
ANTIPHON_EXPORT std::optional<InputType> parse_input_type(std::string_view name);

/// How the numbers travel. The vectors are the same.
enum class EmbeddingEncoding {
  base64,  ///< four bytes for each number: a third of the size, and quicker to read
  floats,  ///< decimal numbers
};

/// Settings of one call of `Provider::embed`. Everything is optional; what is not set is not sent, and the provider's
/// default holds. What a provider cannot carry is a warning that names the option, or an error with `strict`.
///
/// A value that no provider takes makes the call fail with `ErrorKind::invalid_request` that names the option.
class ANTIPHON_EXPORT EmbeddingOptions {
 public:
  /// Numbers of each vector, at least 1; for models that can shorten theirs.
  EmbeddingOptions& dimensions(std::int64_t value);
  /// Cohere's newer models want one: they get `document` when nothing is said.
  EmbeddingOptions& input_type(InputType value);
  /// Whether a text that is too long for the model is cut; false makes it an error.
  EmbeddingOptions& truncate(bool value);
  /// Default: base64 where the provider is known to take it.
  EmbeddingOptions& encoding(EmbeddingEncoding value);
  /// Most texts of one request, at least 1. Default, and upper limit: what the provider takes.
  EmbeddingOptions& batch_size(std::size_t value);
  /// Most requests of this call at the same time, at least 1; limits of the provider hold as well. Default 4.
  EmbeddingOptions& concurrency(std::size_t value);

  // The same as in `Options`.
  EmbeddingOptions& user(std::string value);
  EmbeddingOptions& timeouts(Timeouts value);
  /// Of all requests of this call together.
  EmbeddingOptions& deadline(std::chrono::steady_clock::time_point value);
  EmbeddingOptions& deadline(std::chrono::nanoseconds from_start);
  EmbeddingOptions& cancel_on(std::stop_token token);
  template <class T>
  EmbeddingOptions& option(std::string name, const T& value) {
    return add_named(std::move(name), Json::of(value)), *this;
  }
  EmbeddingOptions& with(OwnOptions value);
  EmbeddingOptions& extra(Json fields);
  EmbeddingOptions& extra(std::string pointer, Json value);
  EmbeddingOptions& query(std::string name, std::string value);
  EmbeddingOptions& header(std::string name, std::string value);
  EmbeddingOptions& strict(bool value = true);

  const std::optional<std::int64_t>& dimensions() const;
  const std::optional<InputType>& input_type() const;
  const std::optional<bool>& truncate() const;
  const std::optional<EmbeddingEncoding>& encoding() const;
  const std::optional<std::size_t>& batch_size() const;
  std::size_t concurrency() const;
  /// Those that every call has.
  const Options& common() const;

 private:
  void add_named(std::string name, Json value);

  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<EmbeddingOptions::Body>;

/// Vectors of texts. A plain value: copy it, keep it, move it between threads.
class ANTIPHON_EXPORT Embeddings {
 public:
  using Vector = std::vector<float>;

  /// One for each text, in the order of the texts; all of one length, every number finite.
  const std::vector<Vector>& vectors() const& { return vectors_; }
  std::vector<Vector> vectors() &&;
  /// That of one text, by default the first. Throws `std::out_of_range` when there is none.
  const Vector& vector(std::size_t index = 0) const;
  std::size_t size() const { return vectors_.size(); }
  /// Numbers of each vector; 0 when there is none.
  std::size_t dimensions() const;

  /// Model that answered, as the provider names it.
  const std::string& model() const;
  /// Provider that answered.
  const std::string& provider() const;
  /// The sum of all requests. There is no output to be counted: `output_tokens` is 0 where input was counted.
  const Usage& usage() const;
  const std::vector<Warning>& warnings() const;
  /// Every attempt of every request that was made for this call, in the order in which they ended.
  const std::vector<Attempt>& attempts() const;
  /// What all of them cost together, as `Response::cost` says it.
  Money cost() const;
  /// From the start of the call to its end.
  std::chrono::nanoseconds duration() const { return response_.duration(); }

  Embeddings() = default;
  /// `about` holds everything but the vectors.
  Embeddings(std::vector<Vector> vectors, Response about);

 private:
  std::vector<Vector> vectors_;
  Response response_;
};

}  // namespace antiphon::inline v0
