#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/reader.hpp"

namespace antiphon::inline v0::json {

/// What is wrong with a JSON text by what it should be, with places as JSON pointers (RFC 6901). A few are kept, all
/// are counted.
class Problems {
 public:
  static constexpr std::size_t most_kept = 10;

  /// While it lives, one step deeper.
  class Place {
   public:
    Place(Problems& problems, std::string_view step);
    ~Place() { problems_.place_.resize(length_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Problems& problems_;
    std::size_t length_;
  };

  void add(std::string_view what);
  std::size_t count() const { return count_; }
  /// Place of the first; empty for the whole text.
  const std::string& first_place() const { return first_place_; }
  /// `/days/0/high: expected a number, got "3"; /city: missing`
  const std::string& text() const { return text_; }

 private:
  std::string place_;
  std::string first_place_;
  std::string text_;
  std::size_t count_ = 0;
};

/// The value as text, cut when it is long.
std::string shortened(Value value);

}  // namespace antiphon::inline v0::json
