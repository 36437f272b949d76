#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::inline v0::simulator {

/// A vector that the text alone decides, of length 1. Texts that have words in common lie nearer to each other.
std::vector<float> embedding_of(std::string_view text, std::size_t dimensions);

/// Makes its length 1, if it has one.
void normalize(std::vector<float>& vector);

/// `[0.5,-0.25]`, each number as short as it can be.
std::string json_of(const std::vector<float>& vector);
std::string json_of(const std::vector<int>& vector);

/// The numbers as 32-bit floats, lowest byte first, in Base64.
std::string base64_of(const std::vector<float>& vector);

/// The numbers from -127 to 127.
std::vector<int> int8_of(const std::vector<float>& vector);

/// One bit for each number, eight in one of the results: set when it is not negative, the first one highest.
std::vector<int> bits_of(const std::vector<float>& vector);

}  // namespace antiphon::inline v0::simulator
