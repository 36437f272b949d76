#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

// What all of OpenAI's paths have in common.

Headers openai_headers(std::uint64_t number);
std::optional<Failure> check_openai_key(const RecordedRequest& request, const std::string& key);
std::string openai_error(const Failure& failure);
Failure openai_unknown_model(const std::string& model);
Failure openai_wrong_method(const RecordedRequest& request);
Failure openai_unknown_path(const RecordedRequest& request);

json::value text_or_null(const std::string& text);

/// A probability for each piece: its bytes decide, so that the same text gives the same.
json::object logprob_of(const std::string& piece);

}  // namespace antiphon::inline v0::simulator
