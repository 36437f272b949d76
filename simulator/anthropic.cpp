#include <algorithm>
#include <chrono>

#include "anthropic_answer.hpp"
#include "anthropic_dialect.hpp"
#include "anthropic_models.hpp"
#include "anthropic_request.hpp"
#include "protocol.hpp"

namespace antiphon::inline v0::simulator {
namespace {

std::string request_id(std::uint64_t number) {
  Random random(number);
  return "req_01" + random_name(random, 22);
}

std::string usual_error_type(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 409:
      return "conflict_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

json::object anthropic_error(const Failure& failure) {
  json::object error;
  error["type"] = failure.type.empty() ? usual_error_type(failure.status) : failure.type;
  error["message"] = failure.message;
  if (!failure.code.empty()) error["details"] = {{"error_code", failure.code}};
  return {{"type", "error"}, {"error", std::move(error)}};
}

bool is_messages(std::string_view path) { return ends_with(path, "/v1/messages"); }

bool is_models(std::string_view path) {
  return ends_with(path, "/models") || path.find("/models/") != std::string_view::npos;
}

bool is_count(std::string_view path) {
  return ends_with(path, "/v1/messages/count_tokens") || vertex_model(path) == "count-tokens";
}

json::object claude_row(const std::string& name) {
  const std::uint64_t most = std::min<std::uint64_t>(abilities_of(name).max_tokens, 128000);
  json::object row;
  row["type"] = "model";
  row["id"] = name;
  row["display_name"] = name;
  row["created_at"] = "2026-02-02T02:40:00Z";
  row["max_input_tokens"] = 1000000;
  row["max_tokens"] = most;
  row["capabilities"] = json::object();
  row["lifecycle"] = "active";
  row["deprecated_at"] = nullptr;
  row["retires_at"] = nullptr;
  return row;
}

/// A page of the list: behind `after_id`, or before `before_id`.
Reply list_models(const RecordedRequest& request, const std::vector<std::string>& names) {
  const auto limit = parse_number(query_value(request.target, "limit").value_or("20"));
  if (!limit || *limit < 1 || *limit > 1000) throw anthropic_refusal("limit: Input should be from 1 to 1000");
  std::size_t begin = 0;
  std::size_t end = names.size();
  for (const char* key : {"after_id", "before_id"}) {
    const auto id = query_value(request.target, key);
    if (!id) continue;
    const auto found = std::find(names.begin(), names.end(), *id);
    if (found == names.end()) throw anthropic_refusal(std::string(key) + ": There is no such model");
    const auto at = static_cast<std::size_t>(found - names.begin());
    (*key == 'a' ? begin : end) = *key == 'a' ? at + 1 : at;
  }
  const bool goes_back = !query_value(request.target, "after_id") && end < names.size();
  begin = std::min(begin, end);
  const bool has_more = end - begin > *limit;
  if (has_more) (goes_back ? begin : end) = goes_back ? end - *limit : begin + *limit;
  json::array rows;
  for (std::size_t i = begin; i < end; ++i) rows.push_back(claude_row(names[i]));
  json::object body;
  body["data"] = std::move(rows);
  body["has_more"] = has_more;
  body["first_id"] = begin < end ? json::value(json::string(names[begin])) : json::value();
  body["last_id"] = begin < end ? json::value(json::string(names[end - 1])) : json::value();
  return Reply{200, "application/json", json::serialize(body)};
}

class Anthropic : public Protocol {
 public:
  std::string_view name() const override { return "anthropic"; }
  StreamForm stream_form(const RecordedRequest&) const override {
    return {Framing::typed_sse, "text/event-stream; charset=utf-8"};
  }
  std::string_view body_type() const override { return "application/json"; }

  Headers headers(std::uint64_t number) const override {
    return {{"request-id", request_id(number)}, {"anthropic-organization-id", "5111a706-0000-4000-8000-000000000000"}};
  }

  bool owns(const RecordedRequest& request) const override {
    const std::string_view path = request.path();
    const bool speaks_it = !request.header("anthropic-version").empty() || !request.header("x-api-key").empty();
    return is_messages(path) || path.find("/v1/messages/") != std::string_view::npos || !vertex_model(path).empty() ||
           (speaks_it && is_models(path));
  }

  bool is_chat(std::string_view path) const override {
    return is_messages(path) || (!vertex_model(path).empty() && !is_count(path));
  }

  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override {
    const std::string& key = wanted.api_key;
    if (key.empty()) return std::nullopt;
    const std::string_view given = request.header("x-api-key");
    const std::string_view bearer = request.header("authorization");
    if (given.empty() ? bearer == "Bearer " + key : given == key) return std::nullopt;
    const bool is_missing = given.empty() && bearer.empty();
    return Failure{401, is_missing ? "x-api-key header is required" : "invalid x-api-key"};
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw wrong_method();
    return read_anthropic(request);
  }

  Failure unknown_model(const std::string& model) const override { return {404, "model: " + model}; }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    if (is_count(request.path())) return count(request, models);
    check_anthropic_headers(request);
    const std::string_view path = request.path();
    if (!is_models(path)) throw Failure{404, "Not found"};
    if (request.method != "GET") throw wrong_method();
    if (ends_with(path, "/models")) return list_models(request, models.names);
    const std::string model(path.substr(path.find("/models/") + 8));
    if (!models.has(model)) throw unknown_model(model);
    return Reply{200, "application/json", json::serialize(claude_row(model))};
  }

  std::string whole(const Ask& ask, const Answer& answer) const override { return anthropic_message(ask, answer); }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return anthropic_events(ask, answer);
  }

  std::string error_body(const Failure& failure, const RecordedRequest&) const override {
    json::object body = anthropic_error(failure);
    body["request_id"] = request_id(failure.request);
    return json::serialize(body);
  }

  Event error_event(const Failure& failure) const override {
    return {Event::Kind::failure, json::serialize(anthropic_error(failure))};
  }

  Event unknown_event() const override {
    return {Event::Kind::other, R"({"type":"simulator_unknown","note":{"of":["no",1,"kind"]}})"};
  }

  std::string ping_event() const override { return R"({"type":"ping"})"; }

  /// Resets are points in time: a duration in the scenario counts from now.
  Headers rate_limit(const RateLimit& limit) const override {
    const std::string begin = "anthropic-ratelimit-" + limit.of;
    Headers headers;
    if (limit.limit) headers.emplace_back(begin + "-limit", std::to_string(*limit.limit));
    if (limit.remaining) headers.emplace_back(begin + "-remaining", std::to_string(*limit.remaining));
    if (!limit.reset) return headers;
    const auto duration = parse_duration(*limit.reset);
    const auto now = std::chrono::system_clock::now();
    const auto reset = std::chrono::ceil<std::chrono::seconds>(now + duration.value_or(std::chrono::milliseconds(0)));
    headers.emplace_back(begin + "-reset", duration ? rfc3339(reset.time_since_epoch().count()) + 'Z' : *limit.reset);
    return headers;
  }

  std::vector<std::string> usual_models() const override {
    return {"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-4-6", "claude-haiku-4-5"};
  }

 private:
  static Failure wrong_method() { return {405, "Method Not Allowed"}; }

  Reply count(const RecordedRequest& request, const Models& models) const {
    if (request.method != "POST") throw wrong_method();
    const Ask ask = read_anthropic_count(request);
    if (!models.has(ask.model)) throw unknown_model(ask.model);
    return Reply{200, "application/json", json::serialize(json::object{{"input_tokens", ask.prompt_tokens}})};
  }
};

}  // namespace

const Protocol& anthropic() {
  static const Anthropic protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
