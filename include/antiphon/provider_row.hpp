#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/export.hpp>
#include <antiphon/json.hpp>

namespace antiphon::inline v0 {

namespace detail {
struct ProviderRowBody;
}

/// A provider as data: where it is, how it is addressed, in which words its protocol differs. A server that is
/// compatible with a known protocol is a row, and a row of yours works like ours:
///
///   ModelConfig("m", ProviderRow(R"({"name": "lab", "like": "vllm", "base_url": "http://gpu:8000/v1"})"))
///
/// `docs/providers.md` lists the fields. Immutable, cheap to copy, safe to use from many threads at once.
class ANTIPHON_EXPORT ProviderRow {
 public:
  /// One row, a JSON object. Throws `Error{invalid_config}`; `where()` is the place of the mistake
  /// (`dialect/efforts/0`).
  explicit ProviderRow(const Json& row);
  explicit ProviderRow(std::shared_ptr<const detail::ProviderRowBody> body) : body_(std::move(body)) {}

  /// What stands before the slash in `openai/gpt-4o`.
  const std::string& name() const;
  /// For people; may be empty.
  const std::string& title() const;
  /// One of `protocols()`.
  const std::string& protocol() const;
  /// Empty when each user has an address of their own.
  const std::string& base_url() const;
  /// Environment variable that takes the place of `base_url`; empty when there is none.
  const std::string& url_variable() const;
  /// Environment variable of the key; empty when it needs none.
  const std::string& key_variable() const;
  /// Where the row comes from, and the day it was looked at there (`2026-11-23`); rows of yours need neither.
  const std::string& source() const;
  const std::string& date() const;
  /// What else there is to know; may be empty.
  const std::string& note() const;

  const std::shared_ptr<const detail::ProviderRowBody>& body() const { return body_; }

 private:
  std::shared_ptr<const detail::ProviderRowBody> body_;
};

/// The rows of a text: `{"format": 1, "providers": […]}`. One may be like another before it, or like one of ours.
/// Throws `Error{invalid_config}`; `where()` is the place of the mistake (`providers/2/base_url`).
ANTIPHON_EXPORT std::vector<ProviderRow> parse_providers(std::string_view text);

/// The same for a file of at most 16 MiB. Throws `Error{invalid_config}` whose message begins with the name of the
/// file.
ANTIPHON_EXPORT std::vector<ProviderRow> load_providers(const std::string& path);

/// The rows that come with the library, and those of the file that `ANTIPHON_PROVIDERS` of the environment names, which
/// win. Throws like `load_providers`.
ANTIPHON_EXPORT std::vector<ProviderRow> known_providers();

}  // namespace antiphon::inline v0
