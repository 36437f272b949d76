// Arguments of a tool are held against its schema, whatever both are; what is not JSON has been found before.

#include "json/schema_check.hpp"

#include <string>

#include <antiphon/json.hpp>

#include "input.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  // Both stand in the text, one behind the other.
  const std::string_view text = input.rest();
  const std::size_t end = text.find('\n');
  const std::string schema(text.substr(0, end));
  const std::string value(end == text.npos ? std::string_view("{}") : text.substr(end + 1));
  const std::string objection = antiphon::json::schema_objection(schema, value);
  require(objection == antiphon::json::schema_objection(schema, value) && objection.size() < 1 << 20);
  if (antiphon::Json(schema).check().empty() && schema == "{}") require(objection.empty());
  return 0;
}
