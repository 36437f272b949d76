#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/embedding.hpp>
#include <antiphon/error.hpp>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// The vectors of one answer, put in their places as they are read. Every function throws `Error{protocol}` at the
/// place of what is wrong.
class EmbeddingVectors {
 public:
  /// Whether `place` is the list of them, or the only one.
  enum class Form { list, single };

  /// One for each of so many texts; `place` is where they stand in the answer: `data`.
  EmbeddingVectors(std::size_t count, std::string place, Form form = Form::list);

  /// The vector that the next text has, from an array of numbers or from base64 of 32-bit floats, lowest byte first.
  /// `field` is where it stands in its row of the list; empty when it is the row.
  void add(json::Value vector, std::string_view field = {});
  /// The same for the text of that index, as the answer counts them.
  void put(json::Value index, json::Value vector, std::string_view field);

  /// All of them. Each text must have one, and all must have the same length.
  std::vector<Embeddings::Vector> take();

 private:
  void put(std::size_t index, json::Value vector, std::string_view field);
  std::string row() const { return form_ == Form::single ? place_ : place_ + "/" + std::to_string(rows_); }

  std::string place_;
  Form form_;
  std::vector<Embeddings::Vector> vectors_;
  std::vector<bool> there_;
  std::size_t rows_ = 0;
};

/// Reads the JSON of an answer; `visit` gets each member of its object. Throws the error that stands in it, or
/// `Error{protocol}` when it is no JSON object.
void read_embedding_answer(std::string_view body,
                           const std::function<void(std::string_view key, json::Value value)>& visit);

}  // namespace antiphon::inline v0::codec
