#include "providers/embedding_vectors.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "providers/base64.hpp"
#include "providers/errors.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;
using Vector = Embeddings::Vector;

Error wrong(std::string place, std::string message) {
  return Error(ErrorKind::protocol, std::move(message)).where(std::move(place));
}

/// Where in a vector something is wrong, and what.
struct Trouble {
  std::size_t index;
  const char* what;
};

constexpr const char* no_number = "expected a number within the range of a 32-bit float";

std::optional<Trouble> read_numbers(Value array, std::size_t expected, Vector& vector) {
  std::optional<Trouble> trouble;
  vector.reserve(expected);
  array.elements([&](Value element) {
    const auto number = element.number();
    const bool fits = number && std::abs(*number) <= std::numeric_limits<float>::max();
    if (!fits && !trouble) trouble = Trouble{vector.size(), no_number};
    vector.push_back(fits ? static_cast<float>(*number) : 0);
  });
  return trouble;
}

[[maybe_unused]] constexpr std::uint32_t swapped(std::uint32_t bits) {
  return bits >> 24 | (bits >> 8 & 0xff00U) | (bits << 8 & 0xff0000U) | bits << 24;
}

std::optional<Trouble> read_bytes(const std::string& bytes, Vector& vector) {
  vector.resize(bytes.size() / sizeof(float));
  if (!vector.empty()) std::memcpy(vector.data(), bytes.data(), vector.size() * sizeof(float));
  for (std::size_t index = 0; index < vector.size(); ++index) {
    if constexpr (std::endian::native == std::endian::big) {
      vector[index] = std::bit_cast<float>(swapped(std::bit_cast<std::uint32_t>(vector[index])));
    }
    if (!std::isfinite(vector[index])) return Trouble{index, "expected a finite number"};
  }
  return std::nullopt;
}

}  // namespace

EmbeddingVectors::EmbeddingVectors(std::size_t count, std::string place, Form form)
    : place_(std::move(place)), form_(form), vectors_(count), there_(count) {}

void EmbeddingVectors::add(Value vector, std::string_view field) {
  if (rows_ >= vectors_.size()) {
    throw wrong(row(), "there are more vectors than texts, which are " + std::to_string(vectors_.size()));
  }
  put(rows_, vector, field);
}

void EmbeddingVectors::put(Value index, Value vector, std::string_view field) {
  const Count at = index.count();
  if (!at.known() || at.at_least() < 0 || static_cast<std::uint64_t>(at.at_least()) >= vectors_.size()) {
    throw wrong(row() + "/index", "expected the index of one of " + std::to_string(vectors_.size()) + " texts");
  }
  put(static_cast<std::size_t>(at.at_least()), vector, field);
}

void EmbeddingVectors::put(std::size_t index, Value value, std::string_view field) {
  const auto place = [&] { return field.empty() ? row() : row() + "/" + std::string(field); };
  if (there_[index]) throw wrong(row() + "/index", "text " + std::to_string(index) + " has a vector already");
  Vector& vector = vectors_[index];
  std::optional<Trouble> trouble;
  if (value.type() == Type::array) {
    trouble = read_numbers(value, rows_ == 0 ? 0 : vectors_.front().size(), vector);
  } else if (const auto text = value.string()) {
    const std::optional<std::string> bytes = base64::decode(*text);
    if (!bytes) throw wrong(place(), "not valid base64");
    if (bytes->size() % sizeof(float) != 0) {
      throw wrong(place(), std::to_string(bytes->size()) + " bytes are not a whole number of 32-bit floats");
    }
    trouble = read_bytes(*bytes, vector);
  } else {
    throw wrong(place(), "expected an array of numbers, or base64");
  }
  if (trouble) throw wrong(place() + "/" + std::to_string(trouble->index), trouble->what);
  if (vector.empty()) throw wrong(place(), "the vector is empty");
  there_[index] = true;
  ++rows_;
}

std::vector<Vector> EmbeddingVectors::take() {
  if (rows_ != vectors_.size()) {
    throw wrong(place_,
                "there are " + std::to_string(rows_) + " vectors for " + std::to_string(vectors_.size()) + " texts");
  }
  for (std::size_t index = 1; index < vectors_.size(); ++index) {
    if (vectors_[index].size() == vectors_.front().size()) continue;
    throw wrong(place_, "the vectors of texts 0 and " + std::to_string(index) + " have " +
                            std::to_string(vectors_.front().size()) + " and " + std::to_string(vectors_[index].size()) +
                            " numbers");
  }
  return std::move(vectors_);
}

void read_embedding_answer(std::string_view body, const std::function<void(std::string_view key, Value value)>& visit) {
  std::optional<Error> error;
  bool is_object = false;
  json::Reader reader;
  reader.read_copy(body, [&](Value root) {
    is_object = root.type() == Type::object;
    // Before anything else is judged: what is missing then is no wonder.
    root.fields([&](std::string_view key, Value value) {
      if (key == "error" && tells_error(value)) error = in_band_error(root);
    });
    if (!error && !reader.failed()) root.fields(visit);
  });
  if (error) throw Error(*error);
  if (reader.failed()) throw not_json(body, reader.error());
  if (!is_object) throw Error(ErrorKind::protocol, "the answer is no JSON object");
}

}  // namespace antiphon::inline v0::codec
