#include "json/walk.hpp"

namespace antiphon::inline v0::json {

std::string_view Walk::no_name(Document& document, Document::Token at) {
  if (document.first(at) != '"') {
    document.fail(at, "expected a name in quotes");
  } else if (document.first(at + 1) != ':') {
    document.fail(at + 1, "expected ':'");
  } else {
    document.fail(document.count(), "the text breaks off in an object");
  }
  return {};
}

std::string_view Walk::no_value(Document& document, Document::Token at) {
  document.fail(at, "a value is missing");
  return {};
}

bool Walk::no_end(Document& document, Document::Token at, char close) {
  return document.fail(at, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
}

}  // namespace antiphon::inline v0::json
