#include "openai_response_object.hpp"

#include <algorithm>

#include "openai_service.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::int64_t seconds_taken = 3;

bool is_over(const std::string& status) { return status != "in_progress" && status != "queued" && !status.empty(); }

std::string response_usage(const Answer& answer) {
  if (answer.usage) return json::serialize(*answer.usage);
  json::object usage;
  usage["input_tokens"] = answer.prompt_tokens;
  usage["input_tokens_details"] = {
      {"cached_tokens", answer.cached_tokens},
      {"cache_write_tokens", answer.cache_write_tokens},
      {"cache_write_tokens_details", {{"ttl_30m_tokens", answer.cache_write_tokens}, {"ttl_12h_tokens", 0}}}};
  usage["output_tokens"] = answer.completion_tokens;
  usage["output_tokens_details"] = {{"reasoning_tokens", answer.reasoning_tokens}};
  usage["total_tokens"] = answer.prompt_tokens + answer.completion_tokens;
  return json::serialize(usage);
}

json::value response_error(const std::optional<Failure>& failure) {
  if (!failure) return nullptr;
  return json::object{{"code", failure->code.empty() ? "server_error" : failure->code}, {"message", failure->message}};
}

}  // namespace

ResponseStatus status_of(const Answer& answer) {
  if (answer.failure) return {"failed", "", answer.failure};
  const std::string reason = answer.choices.front().finish_reason.value_or("");
  if (reason == "stop" || reason == "tool_calls") return {"completed", "", std::nullopt};
  if (reason == "length") return {"incomplete", "max_output_tokens", std::nullopt};
  if (reason == "failed" || reason == "error") {
    return {"failed", "", Failure{500, "The simulator was told to fail."}};
  }
  const std::vector<std::string> statuses{"completed", "cancelled", "queued", "in_progress", ""};
  if (std::find(statuses.begin(), statuses.end(), reason) != statuses.end()) return {reason, "", std::nullopt};
  return {"incomplete", reason, std::nullopt};
}

std::string response_object(const Ask& ask, const Answer& answer, const ResponseStatus& status,
                            const std::string& output) {
  json::object out;
  out["id"] = "resp_" + answer.id;
  out["object"] = "response";
  out["created_at"] = answer.created;
  out["completed_at"] = status.status == "completed" ? json::value(answer.created + seconds_taken) : json::value();
  out["status"] = text_or_null(status.status);
  out["error"] = response_error(status.error);
  out["incomplete_details"] =
      status.incomplete.empty() ? json::value() : json::value(json::object{{"reason", status.incomplete}});
  out["model"] = answer.model;
  for (const auto& setting : ask.settings) out[setting.key()] = setting.value();
  std::string text = json::serialize(out);
  text.pop_back();
  text += R"(,"output":[)" + output + ']';
  if (answer.without_usage) return text + '}';
  return text + R"(,"usage":)" + (is_over(status.status) ? response_usage(answer) : "null") + '}';
}

}  // namespace antiphon::inline v0::simulator
