#include "json/patch.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include <antiphon/error.hpp>

#include "json/check.hpp"
#include "json/pointer.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::json {

namespace {

Error wrong(std::string_view pointer, std::string message) {
  return Error(ErrorKind::invalid_request, std::move(message)).where("extra" + std::string(pointer));
}

std::vector<std::string> need_steps(std::string_view pointer) {
  if (pointer.empty() || pointer.front() != '/') throw wrong(pointer, "a JSON pointer begins with /");
  std::optional<std::vector<std::string>> steps = steps_of(pointer);
  if (!steps) throw wrong(pointer, "~ stands before 0 or 1 only");
  return std::move(*steps);
}

/// Where in the text something goes.
struct Splice {
  std::size_t at;
  std::size_t length;
  std::string text;
};

class Finder {
 public:
  Finder(std::string_view pointer, std::string_view value)
      : pointer_(pointer), steps_(need_steps(pointer)), value_(value) {}

  /// Goes as deep as the pointer leads.
  void find(Value root, const char* begin) {
    begin_ = begin;
    follow(root, 0);
  }
  const std::optional<Splice>& found() const { return splice_; }

 private:
  void follow(Value at, std::size_t step) {
    const auto bytes = at.raw();
    if (!bytes) return;
    if (step == steps_.size()) {
      splice_ = Splice{offset(*bytes), bytes->size(), std::string(value_)};
    } else if (at.type() == Type::object) {
      member(at, *bytes, step);
    } else if (at.type() == Type::array) {
      element(at, *bytes, step);
    } else {
      throw wrong(pointer_, "what stands before \"" + steps_[step] + "\" is neither an object nor an array");
    }
  }

  void member(Value object, std::string_view bytes, std::size_t step) {
    std::optional<Value> next;
    bool empty = true;
    object.fields([&](std::string_view key, Value field) {
      empty = false;
      if (key == steps_[step]) next = field;
    });
    if (next) return follow(*next, step + 1);
    append(bytes, empty, json::quoted(steps_[step]) + ":" + made_below(step + 1));
  }

  void element(Value array, std::string_view bytes, std::size_t step) {
    std::size_t wanted = 0;
    const std::string& name = steps_[step];
    const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), wanted);
    const bool last = name == "-";
    if (!last && (fault != std::errc() || end != name.data() + name.size())) {
      throw wrong(pointer_, "\"" + name + "\" is no place in an array");
    }
    std::optional<Value> next;
    std::size_t count = 0;
    array.elements([&](Value value) {
      if (!last && count == wanted) next = value;
      ++count;
    });
    if (next) return follow(*next, step + 1);
    if (!last && wanted != count) throw wrong(pointer_, "the array has only " + std::to_string(count) + " elements");
    append(bytes, count == 0, made_below(step + 1));
  }

  /// The value inside the objects that are not there yet.
  std::string made_below(std::size_t step) const {
    std::string made;
    for (std::size_t i = step; i < steps_.size(); ++i) made += "{" + json::quoted(steps_[i]) + ":";
    return made + std::string(value_) + std::string(steps_.size() - step, '}');
  }

  void append(std::string_view container, bool empty, std::string text) {
    splice_ = Splice{offset(container) + container.size() - 1, 0, (empty ? "" : ",") + std::move(text)};
  }
  std::size_t offset(std::string_view part) const { return static_cast<std::size_t>(part.data() - begin_); }

  std::string_view pointer_;
  std::vector<std::string> steps_;
  std::string_view value_;
  const char* begin_ = nullptr;
  std::optional<Splice> splice_;
};

}  // namespace

std::string set_at(const std::string& text, std::string_view pointer, std::string_view value) {
  Finder finder(pointer, value);
  std::string padded = text;
  padded.append(json_padding, ' ');
  Reader reader;
  const bool good = reader.read(std::string_view(padded).substr(0, text.size()),
                                [&](Value root) { finder.find(root, padded.data()); });
  if (!good || reader.repaired() || !finder.found()) throw wrong(pointer, "the request body is not JSON");
  std::string changed = text;
  const Splice& splice = *finder.found();
  changed.replace(splice.at, splice.length, splice.text);
  // Two that are not too deep may be it together.
  const std::string fault = check(changed, greatest_depth);
  if (!fault.empty()) throw wrong(pointer, "no JSON comes of it: " + fault);
  return changed;
}

}  // namespace antiphon::inline v0::json
