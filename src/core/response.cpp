#include <antiphon/response.hpp>

#include <algorithm>
#include <ostream>

#include "core/attempts_cost.hpp"

namespace antiphon::inline v0 {

std::string_view to_string(FinishReason reason) {
  switch (reason) {
    case FinishReason::none: return "none";
    case FinishReason::stop: return "stop";
    case FinishReason::length: return "length";
    case FinishReason::tool_calls: return "tool_calls";
    case FinishReason::content_filter: return "content_filter";
    case FinishReason::error: return "error";
    case FinishReason::other: return "other";
  }
  return "other";
}

std::ostream& operator<<(std::ostream& out, FinishReason reason) { return out << to_string(reason); }

namespace {

std::string joined(const Message& message, PartKind kind) {
  std::string text;
  for (const Part& part : message.parts()) {
    if (part.kind() == kind) text += part.text();
  }
  return text;
}

}  // namespace

Response::Response() : choices_(1) {}

std::string Response::content() const { return joined(message(), PartKind::text); }
std::string Response::reasoning() const { return joined(message(), PartKind::reasoning); }
std::string Response::refusal() const { return joined(message(), PartKind::refusal); }

std::vector<Part> Response::tool_calls() const {
  std::vector<Part> calls;
  for (const Part& part : message().parts()) {
    if (part.kind() == PartKind::tool_call) calls.push_back(part);
  }
  return calls;
}

const Message& Response::message() const { return choices_.front().message(); }
FinishReason Response::finish_reason() const { return choices_.front().finish_reason(); }
const std::string& Response::raw_finish_reason() const { return choices_.front().raw_finish_reason(); }
const Json& Response::logprobs() const { return choices_.front().logprobs(); }

Response& Response::metadata(std::string name, Json value) {
  auto found = std::find_if(metadata_.begin(), metadata_.end(), [&](const auto& entry) { return entry.first == name; });
  if (found != metadata_.end()) {
    found->second = std::move(value);
  } else {
    metadata_.emplace_back(std::move(name), std::move(value));
  }
  return *this;
}

Choice& Response::choice(std::size_t index) {
  if (index >= choices_.size()) choices_.resize(index + 1);
  return choices_[index];
}

Response& Response::first_content_after(std::optional<std::chrono::nanoseconds> value) {
  return first_content_ = value, *this;
}
Money Response::cost() const { return cost_of(attempts_); }
Response& Response::attempts(std::vector<Attempt> value) { return attempts_ = std::move(value), *this; }
Response& Response::history(Messages value) { return history_ = std::move(value), *this; }
Response& Response::joints(std::vector<Joint> value) { return joints_ = std::move(value), *this; }
Response& Response::warn(Warning value) { return warnings_.push_back(std::move(value)), *this; }

}  // namespace antiphon::inline v0
