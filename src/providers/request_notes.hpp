#pragma once

#include <string>
#include <utility>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/response.hpp>

namespace antiphon::inline v0::codec {

/// What a provider cannot carry of a request: a warning each, or an error at the first when strict.
class RequestNotes {
 public:
  explicit RequestNotes(bool strict) : strict_(strict) {}

  void cannot_carry(std::string where, std::string why) {
    if (strict_) throw Error(ErrorKind::unsupported, std::move(why)).where(std::move(where));
    warnings_.emplace_back(std::move(where), std::move(why));
  }
  std::vector<Warning> take() { return std::move(warnings_); }

 private:
  bool strict_;
  std::vector<Warning> warnings_;
};

}  // namespace antiphon::inline v0::codec
