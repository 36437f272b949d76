#include "embedding.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr int places_per_word = 12;

/// A little of everything, so that no place is empty and other texts of the same words have another vector.
std::vector<float> noise_of(std::string_view text, std::size_t dimensions) {
  constexpr float weight = 0.1F;
  constexpr std::uint64_t steps = 2048;
  Random random(hash(text, 0xe3bed));
  std::vector<float> vector(dimensions);
  for (float& number : vector) {
    number = weight * (static_cast<float>(1 + 2 * random.below(steps)) / static_cast<float>(steps) - 1);
  }
  return vector;
}

/// Every word has a few places.
void add_word(std::vector<float>& vector, std::string_view word) {
  Random random(hash(word, 0x3013d));
  for (int i = 0; i < places_per_word; ++i) {
    const std::uint64_t draw = random.next();
    vector[draw % vector.size()] += (draw >> 32 & 1) != 0 ? 1.0F : -1.0F;
  }
}

template <class T>
std::string list_of(const std::vector<T>& numbers) {
  std::string out = "[";
  std::array<char, 32> text{};
  for (const T number : numbers) {
    if (out.size() > 1) out += ',';
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
  }
  return out + ']';
}

}  // namespace

void normalize(std::vector<float>& vector) {
  double sum = 0;
  for (const float number : vector) sum += static_cast<double>(number) * static_cast<double>(number);
  if (sum == 0) return;
  const double length = std::sqrt(sum);
  for (float& number : vector) number = static_cast<float>(static_cast<double>(number) / length);
}

std::vector<float> embedding_of(std::string_view text, std::size_t dimensions) {
  std::vector<float> vector = noise_of(text, dimensions);
  while (!(text = trim(text)).empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
    add_word(vector, lower_case(word));
    text.remove_prefix(word.size());
  }
  normalize(vector);
  return vector;
}

std::string json_of(const std::vector<float>& vector) { return list_of(vector); }
std::string json_of(const std::vector<int>& vector) { return list_of(vector); }

std::string base64_of(const std::vector<float>& vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const float number : vector) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  return encode_base64(bytes);
}

std::vector<int> int8_of(const std::vector<float>& vector) {
  std::vector<int> out;
  for (const float number : vector) out.push_back(static_cast<int>(std::lround(std::clamp(number, -1.0F, 1.0F) * 127)));
  return out;
}

std::vector<int> bits_of(const std::vector<float>& vector) {
  std::vector<int> out((vector.size() + 7) / 8);
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (vector[i] >= 0) out[i / 8] |= 0x80 >> i % 8;
  }
  return out;
}

}  // namespace antiphon::inline v0::simulator
