#include <antiphon/error.hpp>
#include <antiphon/options.hpp>

#include "core/options_body.hpp"

namespace antiphon::inline v0 {

struct ResponseFormat::Body {
  std::optional<JsonSchema> schema;
};

template class detail::Hidden<ResponseFormat::Body>;
template class detail::Hidden<Options::Body>;

ResponseFormat::ResponseFormat(std::string_view name) {
  if (name == "text") {
    kind_ = Kind::text;
  } else if (name == "json") {
    kind_ = Kind::json;
  } else {
    throw Error(ErrorKind::invalid_config, "unknown form \"" + std::string(name) + "\": use text, json or a JsonSchema")
        .where("response_format");
  }
}

ResponseFormat::ResponseFormat(const char* name) : ResponseFormat(std::string_view(name)) {}

ResponseFormat::ResponseFormat(JsonSchema schema) : kind_(Kind::json_schema) {
  body_.edit().schema = std::move(schema);
}

const std::optional<JsonSchema>& ResponseFormat::schema() const { return body_.read().schema; }
Options& Options::temperature(double value) & { return body_.edit().temperature = value, *this; }
Options& Options::top_p(double value) & { return body_.edit().top_p = value, *this; }
Options& Options::top_k(std::int64_t value) & { return body_.edit().top_k = value, *this; }
Options& Options::max_tokens(std::int64_t value) & { return body_.edit().max_tokens = value, *this; }
Options& Options::seed(std::int64_t value) & { return body_.edit().seed = value, *this; }
Options& Options::presence_penalty(double value) & { return body_.edit().presence_penalty = value, *this; }
Options& Options::frequency_penalty(double value) & { return body_.edit().frequency_penalty = value, *this; }
Options& Options::logprobs(std::int64_t alternatives) & { return body_.edit().logprobs = alternatives, *this; }
Options& Options::n(std::int64_t value) & { return body_.edit().n = value, *this; }
Options& Options::user(std::string value) & { return body_.edit().user = std::move(value), *this; }

Options& Options::metadata(std::string key, std::string value) & {
  return body_.edit().metadata.emplace_back(std::move(key), std::move(value)), *this;
}

Options& Options::response_format(ResponseFormat value) & {
  return body_.edit().response_format = std::move(value), *this;
}

Options& Options::reasoning_effort(std::string value) & {
  return body_.edit().reasoning_effort = std::move(value), *this;
}

Options& Options::tools(const std::vector<Tool>& list) & {
  return body_.edit().tools.insert(body_.edit().tools.end(), list.begin(), list.end()), *this;
}

Options& Options::tool_loop(ToolLoop value) & { return body_.edit().tool_loop = std::move(value), *this; }
Options& Options::tool_choice(ToolChoice value) & { return body_.edit().tool_choice = std::move(value), *this; }
Options& Options::parallel_tool_calls(bool value) & { return body_.edit().parallel_tool_calls = value, *this; }
Options& Options::attach(Part part) & { return body_.edit().attachments.push_back(std::move(part)), *this; }
Options& Options::attachments(std::vector<Part> parts) & { return body_.edit().attachments = std::move(parts), *this; }
Options& Options::fetch_urls(FetchPolicy value) & { return body_.edit().fetch_urls = value, *this; }
Options& Options::continue_with(Continuation value) & { return body_.edit().continue_with = value, *this; }
Options& Options::timeouts(Timeouts value) & { return body_.edit().timeouts = std::move(value), *this; }

Options& Options::deadline(std::chrono::steady_clock::time_point value) & {
  return body_.edit().deadline = value, *this;
}

Options& Options::deadline(std::chrono::nanoseconds from_start) & {
  return body_.edit().deadline_after = from_start, *this;
}

Options& Options::cancel_on(std::stop_token token) & { return body_.edit().stop_token = std::move(token), *this; }
Options& Options::with(OwnOptions value) & { return body_.edit().own.push_back(std::move(value)), *this; }
Options& Options::extra(Json fields) & { return body_.edit().extra.push_back(std::move(fields)), *this; }

Options& Options::extra(std::string pointer, Json value) & {
  return body_.edit().patches.emplace_back(std::move(pointer), std::move(value)), *this;
}

Options& Options::query(std::string name, std::string value) & {
  return body_.edit().query.emplace_back(std::move(name), std::move(value)), *this;
}

Options& Options::header(std::string name, std::string value) & {
  return body_.edit().headers.emplace_back(std::move(name), std::move(value)), *this;
}

Options& Options::strict(bool value) & { return body_.edit().strict = value, *this; }
Options& Options::raw_events(bool value) & { return body_.edit().raw_events = value, *this; }
Options&& Options::response_format(ResponseFormat v) && { return std::move(response_format(std::move(v))); }
Options&& Options::tools(const std::vector<Tool>& v) && { return std::move(tools(v)); }
Options&& Options::attach(Part v) && { return std::move(attach(std::move(v))); }
Options&& Options::attachments(std::vector<Part> v) && { return std::move(attachments(std::move(v))); }
Options&& Options::cancel_on(std::stop_token v) && { return std::move(cancel_on(std::move(v))); }
Options&& Options::with(OwnOptions v) && { return std::move(with(std::move(v))); }
Options&& Options::extra(Json v) && { return std::move(extra(std::move(v))); }
Options&& Options::extra(std::string p, Json v) && { return std::move(extra(std::move(p), std::move(v))); }
const std::optional<double>& Options::temperature() const { return body_.read().temperature; }
const std::optional<double>& Options::top_p() const { return body_.read().top_p; }
const std::optional<std::int64_t>& Options::top_k() const { return body_.read().top_k; }
const std::optional<std::int64_t>& Options::max_tokens() const { return body_.read().max_tokens; }
const std::vector<std::string>& Options::stop() const { return body_.read().stop; }
const std::optional<std::int64_t>& Options::seed() const { return body_.read().seed; }
const std::optional<double>& Options::presence_penalty() const { return body_.read().presence_penalty; }
const std::optional<double>& Options::frequency_penalty() const { return body_.read().frequency_penalty; }
const std::optional<std::int64_t>& Options::logprobs_requested() const { return body_.read().logprobs; }
const std::optional<std::int64_t>& Options::n() const { return body_.read().n; }
const std::string& Options::user() const { return body_.read().user; }
const std::vector<std::pair<std::string, std::string>>& Options::metadata() const { return body_.read().metadata; }
const std::optional<ResponseFormat>& Options::response_format() const { return body_.read().response_format; }
const std::string& Options::reasoning_effort() const { return body_.read().reasoning_effort; }
const std::vector<Tool>& Options::tools() const { return body_.read().tools; }
const std::optional<ToolLoop>& Options::tool_loop() const { return body_.read().tool_loop; }
const std::optional<ToolChoice>& Options::tool_choice() const { return body_.read().tool_choice; }
const std::optional<bool>& Options::parallel_tool_calls() const { return body_.read().parallel_tool_calls; }
const std::vector<Part>& Options::attachments() const { return body_.read().attachments; }
const std::optional<FetchPolicy>& Options::fetch_policy() const { return body_.read().fetch_urls; }
Continuation Options::continue_with() const { return body_.read().continue_with.value_or(Continuation::none); }
const Timeouts& Options::timeouts() const { return body_.read().timeouts; }
const std::optional<std::chrono::steady_clock::time_point>& Options::deadline() const { return body_.read().deadline; }
const std::optional<std::chrono::nanoseconds>& Options::deadline_after() const { return body_.read().deadline_after; }
const std::stop_token& Options::stop_token() const { return body_.read().stop_token; }
const std::vector<std::pair<std::string, Json>>& Options::named_options() const { return body_.read().named; }
const std::vector<OwnOptions>& Options::own_options() const { return body_.read().own; }
const std::vector<Json>& Options::extras() const { return body_.read().extra; }
const std::vector<std::pair<std::string, Json>>& Options::patches() const { return body_.read().patches; }
const std::vector<std::pair<std::string, std::string>>& Options::query_fields() const { return body_.read().query; }
const std::vector<std::pair<std::string, std::string>>& Options::headers() const { return body_.read().headers; }
bool Options::strict() const { return body_.read().strict.value_or(false); }
bool Options::raw_events() const { return body_.read().raw_events.value_or(false); }
void Options::add_stop(std::string text) { body_.edit().stop.push_back(std::move(text)); }
void Options::add_tool(Tool tool) { body_.edit().tools.push_back(std::move(tool)); }
void Options::add_named(std::string name, Json value) {
  body_.edit().named.emplace_back(std::move(name), std::move(value));
}

}  // namespace antiphon::inline v0
