#include <antiphon/http.hpp>

#include <algorithm>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

HttpHeaders& HttpHeaders::add(std::string name, std::string value) {
  constexpr std::size_t usual = 8;
  if (fields_.capacity() == 0) fields_.reserve(usual);
  fields_.emplace_back(std::move(name), std::move(value));
  return *this;
}

HttpHeaders& HttpHeaders::set(std::string name, std::string value) {
  remove(name);
  return add(std::move(name), std::move(value));
}

void HttpHeaders::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return ascii::equal_ignoring_case(field.first, name); });
}

bool HttpHeaders::empty() const { return fields_.empty(); }
std::size_t HttpHeaders::size() const { return fields_.size(); }
const HttpHeaders::Field* HttpHeaders::begin() const { return fields_.data(); }
const HttpHeaders::Field* HttpHeaders::end() const { return fields_.data() + fields_.size(); }
void HttpHeaders::clear() { fields_.clear(); }

const std::string* HttpHeaders::find(std::string_view name) const {
  // Most are written alike, and then it is one comparison of memory.
  auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) {
    return field.first == name || ascii::equal_ignoring_case(field.first, name);
  });
  return found == fields_.end() ? nullptr : &found->second;
}

std::string_view HttpHeaders::get(std::string_view name) const {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : std::string_view();
}

HttpRequest::HttpRequest() = default;
HttpHead::HttpHead() = default;
HttpResponse::HttpResponse() = default;

}  // namespace antiphon::inline v0
