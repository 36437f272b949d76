#include "flag_values.hpp"

#include <limits>

#include "suggestion.hpp"
#include "usage_error.hpp"

namespace antiphon::cli {

std::chrono::milliseconds whole_milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time);
}

int count_of(const char* flag, std::int64_t number) {
  if (number < 1 || number > std::numeric_limits<int>::max()) {
    throw UsageError(std::string(flag) + ": expected a number of at least 1");
  }
  return static_cast<int>(number);
}

std::vector<ErrorKind> error_kinds(const std::string& flag, const std::vector<std::string>& names) {
  std::vector<ErrorKind> kinds;
  for (const std::string& name : names) {
    const std::optional<ErrorKind> kind = parse_error_kind(name);
    if (!kind) {
      const std::vector<std::string> known = error_kind_names();
      std::string list;
      for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
      throw UsageError(flag + ": there is no kind of error \"" + name + "\"" + did_you_mean(name, known) +
                       "; the kinds are: " + list);
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

}  // namespace antiphon::cli
