#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <antiphon/export.hpp>
#include <antiphon/json.hpp>

namespace antiphon::inline v0 {

/// Where a piece of an answer comes from, as the provider says it. What it did not say is empty.
class ANTIPHON_EXPORT Citation {
 public:
  Citation() = default;

  const std::string& url() const { return url_; }
  const std::string& title() const { return title_; }
  /// The words of the source.
  const std::string& cited_text() const { return cited_text_; }
  /// Id, name or index of the document, for sources that came with the request.
  const std::string& source() const { return source_; }
  /// The piece of the answer's text that it supports, from start to before end, in the provider's own units: most count
  /// characters, Gemini counts bytes.
  const std::optional<std::int64_t>& start() const { return start_; }
  const std::optional<std::int64_t>& end() const { return end_; }
  /// The provider's own bytes.
  const Json& raw() const { return raw_; }

  Citation& url(std::string value);
  Citation& title(std::string value);
  Citation& cited_text(std::string value);
  Citation& source(std::string value);
  Citation& start(std::optional<std::int64_t> value);
  Citation& end(std::optional<std::int64_t> value);
  Citation& raw(Json value);

  friend bool operator==(const Citation&, const Citation&) = default;

 private:
  std::string url_;
  std::string title_;
  std::string cited_text_;
  std::string source_;
  std::optional<std::int64_t> start_;
  std::optional<std::int64_t> end_;
  Json raw_;
};

}  // namespace antiphon::inline v0
