#pragma once

#include "answer.hpp"

namespace antiphon::inline v0::simulator {

/// A piece of one choice, in the order of streaming.
struct Part {
  enum class Kind { begin, reasoning, text, refusal, call, arguments, finish };
  Kind kind = Kind::begin;
  std::string text;
  std::size_t call = 0;  ///< which tool call, from 0
};

/// Gives out the pieces of a choice one by one; generated ones are made now.
class Parts {
 public:
  explicit Parts(const Choice& choice) : choice_(choice) {}
  /// False behind the last one.
  bool next(Part& part);

 private:
  bool next_of(const std::vector<std::string>& pieces, Part::Kind kind, Part& part);
  bool next_call(Part& part);

  const Choice& choice_;
  int stage_ = 0;
  std::uint64_t index_ = 0;
  std::vector<std::string> arguments_;
  std::size_t argument_ = 0;
};

/// The piece of that number of a text, generated ones made now; false behind the last one.
bool piece_of(const std::vector<std::string>& pieces, const std::optional<Generated>& generated, bool endless,
              std::uint64_t number, std::string& piece);

/// The piece of that number: the number and a blank again and again, as long as wanted.
std::string generated_piece(std::uint64_t number, std::uint64_t bytes);

}  // namespace antiphon::inline v0::simulator
