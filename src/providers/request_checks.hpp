#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/error.hpp>
#include <antiphon/options.hpp>

#include "core/utf8.hpp"

namespace antiphon::inline v0::codec {

/// Where a part stands in a request; in words only when something is wrong with it.
struct PartPlace {
  std::size_t message;  ///< `no_message` for attachments
  std::size_t part;

  static constexpr std::size_t no_message = static_cast<std::size_t>(-1);
  /// `messages/2/content/0` or `attachments/0`.
  std::string operator()() const;
};

/// An error for a part in the message of somebody who cannot have said it: `whose` is `user`.
Error misplaced(const Part& part, std::string_view whose, const PartPlace& place);

/// Throws for a call without an id, and for a result that does not tell which call it answers.
void check_call_id(const Part& part, const PartPlace& place);

/// Where a message's own field stands.
struct MessagePlace {
  std::size_t message;
  std::string_view field;

  std::string operator()() const;
};

Error invalid(std::string where, std::string message);
Error not_utf8(std::string where, std::size_t byte);

/// Throws `Error{invalid_request}` that names the place; `place()` gives it in words.
template <class Place>
void check_text(std::string_view text, const Place& place) {
  if (const std::optional<std::size_t> at = utf8::find_invalid(text)) throw not_utf8(place(), *at);
}

/// Throws unless `text` is JSON and UTF-8.
void check_json(std::string_view text, const std::string& where);
/// The same, and an object.
void check_json_object(std::string_view text, const std::string& where);

/// Throws for a value that no provider takes.
void check_options(const Options& options);

void check_tool_loop(const ToolLoop& loop);
void check_fetch_policy(const FetchPolicy& policy);

/// Throws unless the attachments of a request have a user message to join; gives its index.
std::optional<std::size_t> message_to_join(const Messages& messages, const Options& options);

}  // namespace antiphon::inline v0::codec
