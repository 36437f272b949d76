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

}  // namespace antiphon::inline v0
