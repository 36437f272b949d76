#include "core/secret_names.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

bool names_a_secret(std::string_view name) {
  constexpr std::array<std::string_view, 8> parts = {"auth",     "key",    "token", "secret",
                                                     "password", "cookie", "sig",   "credential"};
  const std::string lower = ascii::to_lower(name);
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return lower.find(part) != lower.npos; });
}

void for_each_secret_of_query(std::string_view url, const std::function<void(std::string_view value)>& found) {
  const auto question = url.find('?');
  if (question == url.npos) return;
  std::string_view rest = url.substr(question + 1);
  rest = rest.substr(0, rest.find('#'));
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    const auto equals = field.find('=');
    if (equals != field.npos && names_a_secret(field.substr(0, equals))) found(field.substr(equals + 1));
  }
}

std::string masked_query(std::string_view url) {
  std::string masked;
  const char* copied = url.data();
  for_each_secret_of_query(url, [&](std::string_view value) {
    masked.append(copied, value.data());
    masked += "***";
    copied = value.data() + value.size();
  });
  return masked.append(copied, url.data() + url.size());
}

}  // namespace antiphon::inline v0
