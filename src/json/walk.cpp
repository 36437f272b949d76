#include "json/walk.hpp"

namespace antiphon::inline v0::json {

std::string_view Walk::no_name() {
  if (document_.first(at_) != '"') {
    document_.fail(at_, "expected a name in quotes");
  } else if (document_.first(at_ + 1) != ':') {
    document_.fail(at_ + 1, "expected ':'");
  } else {
    document_.fail(document_.count(), "the text breaks off in an object");
  }
  return {};
}

std::string_view Walk::no_value() {
  document_.fail(at_, "a value is missing");
  return {};
}

bool Walk::no_end(char close) {
  return document_.fail(at_, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
}

}  // namespace antiphon::inline v0::json
