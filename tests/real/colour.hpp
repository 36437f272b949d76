#pragma once

#include <antiphon/description.hpp>

namespace antiphon_tests {

/// What a real model is made to answer by the grammar of its engine.
enum class Colour { red, green, blue };
inline void describe(antiphon::Choices<Colour>& choices) {
  choices.choice("red", Colour::red).choice("green", Colour::green).choice("blue", Colour::blue);
}

struct Painted {
  Colour colour = Colour::red;
  bool heavy = false;
};
inline void describe(antiphon::Fields<Painted>& fields) {
  fields.field("colour", &Painted::colour);
  fields.field("heavy", &Painted::heavy);
}

}  // namespace antiphon_tests
