#pragma once

#include <string>
#include <vector>

#include <antiphon/own_options.hpp>

#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// The fields that a user gives to a part, a message, a tool or the whole request beside ours, and how many cache marks
/// (`cache_control`) the request has: Anthropic takes four (providers.md §3.10).
class AnthropicOwnFields {
 public:
  AnthropicOwnFields(RequestNotes& notes, const Preset& preset) : notes_(notes), preset_(preset) {}

  /// Adds what of these options is meant for this provider; the last of a name wins. Throws `Error{invalid_request}`
  /// at `where/NAME` for a value that is no JSON.
  void gather(ExtraFields& fields, const std::vector<OwnOptions>& options, const std::string& where) const;
  void gather(ExtraFields& fields, const std::vector<const OwnOptions*>& options, const std::string& where) const;

  /// `json`, an object, with the fields put in; they take the place of ours.
  std::string onto(std::string json, ExtraFields fields, const std::string& place);
  /// Whether the request has room for one mark more.
  bool takes_mark(const std::string& place);

 private:
  RequestNotes& notes_;
  const Preset& preset_;
  int marks_ = 0;
};

}  // namespace antiphon::inline v0::codec
