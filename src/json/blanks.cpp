#include "json/blanks.hpp"

#include <simdjson.h>

namespace antiphon::inline v0::json {

std::string without_blanks(std::string_view json) {
  std::string dense(json.size(), ' ');
  std::size_t size = 0;
  if (simdjson::minify(json.data(), json.size(), dense.data(), size) != simdjson::SUCCESS) return std::string(json);
  dense.resize(size);
  return dense;
}

}  // namespace antiphon::inline v0::json
