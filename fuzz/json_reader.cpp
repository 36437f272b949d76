// The reader finds in a text what simdjson's DOM finds in it, whatever is visited, and takes exactly what
// `json::check` takes when all is visited.

#include "json/reader.hpp"

#include <stdexcept>
#include <string>

#include "core/utf8.hpp"
#include "input.hpp"
#include "oracle.hpp"

namespace {

using namespace antiphon;
using json::Type;
using json::Value;

/// Reads all that is there.
void read_all(Value value) {
  switch (value.type()) {
    case Type::object:
      value.fields([](std::string_view key, Value member) {
        require(!utf8::find_invalid(key));
        read_all(member);
      });
      break;
    case Type::array:
      value.elements(read_all);
      break;
    case Type::string: {
      const auto text = value.string();
      require(!text || !utf8::find_invalid(*text));
      break;
    }
    case Type::number:
      value.number();
      break;
    case Type::boolean:
      value.boolean();
      break;
    case Type::null:
      break;
  }
}

/// Both say the same about each value.
void compare(Value value, simdjson::dom::element expected) {
  using simdjson::dom::element_type;
  switch (expected.type()) {
    case element_type::OBJECT: {
      const simdjson::dom::object object = expected.get_object();
      auto member = object.begin();
      require(value.fields([&](std::string_view key, Value found) {
        require(member != object.end() && member.key() == key);
        compare(found, member.value());
        ++member;
      }));
      return require(!(member != object.end()));
    }
    case element_type::ARRAY: {
      const simdjson::dom::array array = expected.get_array();
      auto element = array.begin();
      require(value.elements([&](Value found) {
        require(element != array.end());
        compare(found, *element);
        ++element;
      }));
      return require(!(element != array.end()));
    }
    case element_type::STRING:
      return require(value.string() == expected.get_string().value());
    case element_type::INT64:
      return require(value.count() == Count(expected.get_int64().value()));
    case element_type::UINT64:
      return require(value.number() == static_cast<double>(expected.get_uint64().value()));
    case element_type::DOUBLE: {
      // What is too small for a double is nothing for us and zero for simdjson.
      const double number = expected.get_double();
      return require(value.number() ? value.number() == number : number == 0);
    }
    case element_type::BOOL:
      return require(value.boolean() == expected.get_bool().value());
    case element_type::NULL_VALUE:
      return require(value.is_null());
  }
}

/// Reads some of what is there, in a way that the seed decides: skips, reads twice, throws.
class Wanderer {
 public:
  Wanderer(unsigned seed, Oracle& oracle) : state_(seed + 1), oracle_(oracle) {}

  void visit(Value value) {
    switch (next() % 8) {
      case 0:
        return;
      case 1:
        return check_raw(value);
      case 2:
        check_raw(value);
        break;
      case 3:
        value.string();
        break;
      case 4:
        value.count();
        break;
      case 5:
        if (next() % 16 == 0) throw std::runtime_error("from within");
        break;
      default:
        break;
    }
    value.fields([this](std::string_view, Value member) { visit(member); });
    value.elements([this](Value element) { visit(element); });
    if (next() % 8 == 0) check_raw(value);
  }

 private:
  unsigned next() {
    state_ = state_ * 1664525u + 1013904223u;
    return state_ >> 16;
  }
  void check_raw(Value value) {
    const auto raw = value.raw();
    if (!raw) return;
    require(json::check(*raw).empty());
    oracle_.agree_that_it_is_json(*raw);
  }

  unsigned state_;
  Oracle& oracle_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static json::Reader reader;
  static Oracle oracle;
  Input input(data, size);
  const unsigned seed = input.choice();
  const PaddedText padded(input.rest(), static_cast<char>(input.choice()));

  try {
    reader.read(padded.text(), [&](Value root) { Wanderer(seed, oracle).visit(root); });
  } catch (const std::runtime_error&) {
  }

  const bool ok = reader.read(padded.text(), read_all);
  require(ok == reader.error().empty());

  std::string_view text = padded.text();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string repaired = utf8::repair(text);
  const bool is_container = repaired.find_first_not_of(" \t\r\n") == repaired.find_first_of("{[");
  require(ok == (is_container && json::check(repaired, json::greatest_depth).empty()));
  if (!ok) return 0;

  simdjson::dom::element expected;
  if (oracle.parse(repaired).get(expected) != simdjson::SUCCESS) return 0;
  require(reader.read_copy(padded.text(), [&](Value root) { compare(root, expected); }));
  return 0;
}
