#pragma once

#include "protocol.hpp"

namespace antiphon::inline v0::simulator {

// What all of OpenAI's paths have in common.

class OpenAiProtocol : public Protocol {
 public:
  std::string_view body_type() const override { return "application/json"; }
  Headers headers(std::uint64_t number) const override;
  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override;
  Failure unknown_model(const std::string& model) const override;
  std::string error_body(const Failure& failure, const RecordedRequest& request) const override;
  Event error_event(const Failure& failure) const override;
};

Failure openai_unknown_model(const std::string& model);
Failure openai_wrong_method(const RecordedRequest& request);
Failure openai_unknown_path(const RecordedRequest& request);

json::value text_or_null(const std::string& text);

/// A piece with its probability.
json::object logprob_of(const std::string& piece);

}  // namespace antiphon::inline v0::simulator
