#pragma once

#include <string>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/http.hpp>

namespace antiphon::inline v0::pipeline {

/// The secrets that went out with one request. Some servers say them back: "invalid API key sk-…".
class Secrets {
 public:
  explicit Secrets(const HttpRequest& sent);

  /// Puts `***` in their place, wherever the error has text from outside.
  void remove_from(Error& error) const;

 private:
  std::vector<std::string> values_;
};

}  // namespace antiphon::inline v0::pipeline
