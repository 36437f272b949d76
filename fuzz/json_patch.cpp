// A value put into a JSON text at a pointer: the text is JSON afterwards, and has the value there; or the pointer is
// refused. The three stand behind each other, each on its line.

#include "json/patch.hpp"

#include <algorithm>
#include <string>

#include <antiphon/error.hpp>
#include <antiphon/json.hpp>

#include "input.hpp"
#include "json/check.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

std::string take_line(std::string_view& text) {
  const std::string line(text.substr(0, text.find('\n')));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

bool is_json(const std::string& text) { return Json(text).check().empty(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = Input(data, size).rest();
  const std::string text = take_line(rest);
  const std::string pointer = take_line(rest);
  const std::string value(rest);
  if (!is_json(text) || !is_json(value)) return 0;
  try {
    const std::string patched = json::set_at(text, pointer, value);
    require(json::check(patched, json::greatest_depth).empty() && patched.find(value) != patched.npos);
    // What is there already is put there again; behind the end of an array comes another one.
    const std::string again = json::set_at(patched, pointer, value);
    require(pointer.ends_with("/-") || again == patched || again.size() > patched.size());
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_request && error.where() == "extra" + pointer);
  }
  return 0;
}
