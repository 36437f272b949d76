#include "json/problems.hpp"

#include "core/utf8.hpp"
#include "json/pointer.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::json {

Problems::Place::Place(Problems& problems, std::string_view step)
    : problems_(problems), length_(problems.place_.size()) {
  append_step(problems_.place_, step);
}

void Problems::add(std::string_view what) {
  if (count_++ == 0) first_place_ = place_;
  if (count_ > most_kept) return;
  if (!text_.empty()) text_ += "; ";
  if (!place_.empty()) text_ += place_ + ": ";
  text_ += what;
}

std::string shortened(Value value) {
  constexpr std::size_t most = 60;
  switch (value.type()) {
    case Type::object:
      return "an object";
    case Type::array:
      return "an array";
    default:
      break;
  }
  std::string text(value.raw().value_or("nothing"));
  if (text.size() <= most) return text;
  return utf8::repair(text.substr(0, most)) + "…";
}

}  // namespace antiphon::inline v0::json
