#include <antiphon/embedding.hpp>

#include <array>
#include <ostream>

namespace antiphon::inline v0 {

namespace {

constexpr std::array all = {InputType::query, InputType::document, InputType::similarity, InputType::classification,
                            InputType::clustering};

}  // namespace

std::string_view to_string(InputType type) {
  switch (type) {
    case InputType::query:
      return "query";
    case InputType::document:
      return "document";
    case InputType::similarity:
      return "similarity";
    case InputType::classification:
      return "classification";
    case InputType::clustering:
      return "clustering";
  }
  return "document";
}

std::ostream& operator<<(std::ostream& out, InputType type) { return out << to_string(type); }

std::optional<InputType> parse_input_type(std::string_view name) {
  for (const InputType type : all) {
    if (name == to_string(type)) return type;
  }
  return std::nullopt;
}

Texts::Texts(std::vector<std::string> texts) : texts_(std::move(texts)) {}

Texts& Texts::add(std::string text) { return texts_.push_back(std::move(text)), *this; }

std::vector<Embeddings::Vector> Embeddings::vectors() && { return std::move(vectors_); }

const Embeddings::Vector& Embeddings::vector(std::size_t index) const { return vectors_.at(index); }

std::size_t Embeddings::dimensions() const { return vectors_.empty() ? 0 : vectors_.front().size(); }

const std::string& Embeddings::model() const { return response_.model(); }

const std::string& Embeddings::provider() const { return response_.provider(); }

const Usage& Embeddings::usage() const { return response_.usage(); }

const std::vector<Warning>& Embeddings::warnings() const { return response_.warnings(); }

const std::vector<Attempt>& Embeddings::attempts() const { return response_.attempts(); }
Money Embeddings::cost() const { return response_.cost(); }

Embeddings::Embeddings(std::vector<Vector> vectors, Response about)
    : vectors_(std::move(vectors)), response_(std::move(about)) {}

}  // namespace antiphon::inline v0
