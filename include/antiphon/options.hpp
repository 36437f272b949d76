#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <antiphon/export.hpp>
#include <antiphon/fetch_policy.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/json.hpp>
#include <antiphon/message.hpp>
#include <antiphon/own_options.hpp>
#include <antiphon/timeouts.hpp>
#include <antiphon/tool.hpp>
#include <antiphon/tool_loop.hpp>

namespace antiphon::inline v0 {

/// A JSON Schema that the answer must follow.
class JsonSchema {
 public:
  /// `name` is shown to the model: letters, digits, `_` and `-`, at most 64.
  JsonSchema(Json schema, std::string name = "answer") : schema_(std::move(schema)), name_(std::move(name)) {}

  const Json& schema() const { return schema_; }
  const std::string& name() const { return name_; }
  const std::string& description() const { return description_; }
  /// Ask the provider to enforce the schema; on by default.
  bool strict() const { return strict_; }

  JsonSchema& description(std::string value) { return description_ = std::move(value), *this; }
  JsonSchema& strict(bool value) { return strict_ = value, *this; }

 private:
  Json schema_;
  std::string name_;
  std::string description_;
  bool strict_ = true;
};

/// The form of the answer: `"text"`, `"json"` (any JSON object), or a `JsonSchema`.
class ANTIPHON_EXPORT ResponseFormat {
 public:
  enum class Kind { text, json, json_schema };

  /// `"text"` or `"json"`; any other name throws `Error{invalid_config}` that names `response_format`.
  ResponseFormat(std::string_view name);
  ResponseFormat(const char* name);
  ResponseFormat(JsonSchema schema);

  Kind kind() const { return kind_; }
  /// Present for `Kind::json_schema`.
  const std::optional<JsonSchema>& schema() const;

 private:
  struct Body;
  Kind kind_;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<ResponseFormat::Body>;

/// What becomes of a stream that was cut after a part of its answer had been handed out.
enum class Continuation {
  none,  ///< it fails; the error carries what had arrived
  same,  ///< the same provider is asked to go on where it stopped, and the next one if it cannot
  next,  ///< the next provider of a `FallbackProvider` is asked to go on; the same when there is no other
};

/// Settings of one call. Everything is optional; what is not set is not sent, and the provider's default holds.
///
/// A value that no provider takes (temperature below 0, `top_p` above 1, a NaN) makes the call fail with
/// `ErrorKind::invalid_request` that names the option.
class ANTIPHON_EXPORT Options {
 public:
  /// Randomness, 0 to 2 (OpenAI) or 0 to 1 (others).
  Options& temperature(double value) &;
  /// Nucleus sampling, 0 to 1.
  Options& top_p(double value) &;
  /// Sample from the k likeliest tokens, at least 1.
  Options& top_k(std::int64_t value) &;
  /// Upper limit of the answer in tokens, reasoning included, at least 1.
  Options& max_tokens(std::int64_t value) &;
  /// Texts that end the answer; they are not part of it.
  template <class... T>
    requires(sizeof...(T) > 0 && (std::convertible_to<T, std::string_view> && ...))
  Options& stop(const T&... texts) & {
    (add_stop(std::string(std::string_view(texts))), ...);
    return *this;
  }
  /// Same seed, same answer, as far as the provider can.
  Options& seed(std::int64_t value) &;
  /// -2 to 2.
  Options& presence_penalty(double value) &;
  /// -2 to 2.
  Options& frequency_penalty(double value) &;
  /// Log-probabilities of the tokens, with this many alternatives each, 0 to 20.
  Options& logprobs(std::int64_t alternatives = 0) &;
  /// Number of answers, at least 1.
  Options& n(std::int64_t value) &;
  /// Your name for the end user, for the provider's abuse detection.
  Options& user(std::string value) &;
  /// A pair that the provider stores with the call.
  Options& metadata(std::string key, std::string value) &;
  Options& response_format(ResponseFormat value) &;
  /// How long a reasoning model may think: `none`, `minimal`, `low`, `medium`, `high`, … as the model has them.
  Options& reasoning_effort(std::string value) &;
  /// Tools that the model may call. Those that have a function (see `tool`) are run, their results are sent back, and
  /// the model is asked again until it answers; a call of one without a function ends the call and is yours to answer.
  template <class... T>
    requires(sizeof...(T) > 0 && (std::convertible_to<T, Tool> && ...))
  Options& tools(T... tools) & {
    (add_tool(Tool(std::move(tools))), ...);
    return *this;
  }
  /// Adds tools from a list.
  Options& tools(const std::vector<Tool>& list) &;
  /// How calls of tools are run, and within which limits.
  Options& tool_loop(ToolLoop value) &;
  /// When tools are run, one that must be called must be so in the first answer only.
  Options& tool_choice(ToolChoice value) &;
  /// Whether the model may call several tools at once.
  Options& parallel_tool_calls(bool value) &;
  /// Images by URL or data URI; they join the last user message. A call without one fails and names the field.
  template <class... T>
    requires(std::convertible_to<T, std::string_view> && ...)
  Options& images(const T&... urls) & {
    (attach(Part::image_url(std::string(std::string_view(urls)))), ...);
    return *this;
  }
  /// Any part (image, audio, document) that joins the last user message.
  Options& attach(Part part) &;
  /// All that joins the last user message, in place of what was there.
  Options& attachments(std::vector<Part> parts) &;
  /// Allows to fetch an image, audio or document that is given by its URL, for a provider that takes its bytes alone.
  /// Default: nothing is fetched. `FetchPolicy` has the bounds.
  Options& fetch_urls(FetchPolicy value = FetchPolicy()) &;

  /// What becomes of this stream when it is cut after a part of its answer was handed out. The provider that goes on is
  /// told what was already said; the joint is marked by a chunk (`ChunkKind::joint`) and on the response
  /// (`Response::joints`), whose usage is the sum of all parts. Answers with tool calls or several choices are not
  /// continued. Default `none`.
  Options& continue_with(Continuation value) &;

  /// Timeouts of this call; what is not set falls back to the model's.
  Options& timeouts(Timeouts value) &;
  /// The call ends with `Error{deadline_exceeded}` when this time passes, whatever it is doing.
  Options& deadline(std::chrono::steady_clock::time_point value) &;
  /// The same, counted from the start of the call.
  Options& deadline(std::chrono::nanoseconds from_start) &;
  /// Requesting a stop, from any thread, ends the call with `Error{cancelled}`.
  Options& cancel_on(std::stop_token token) &;

  /// An option by name, as `-o NAME=VALUE` of the command line: a common one (`temperature`) or one of the
  /// provider's own (`num_ctx`).
  template <class T>
  Options& option(std::string name, const T& value) & {
    return add_named(std::move(name), Json::of(value)), *this;
  }
  /// Options of one family of providers, such as `ollama::Options().num_ctx(8192)`; they go into the request of such a
  /// provider and of no other. Any number of them.
  Options& with(OwnOptions value) &;
  /// Fields that are put into the request body as they are; they win over ours. A JSON object. A field that the
  /// provider is known to answer with an error is left out, with a warning.
  Options& extra(Json fields) &;
  /// One value that is put into the request body at a place, a JSON pointer (RFC 6901) such as
  /// `/generationConfig/thinkingConfig`; objects on the way are made, `-` appends to an array.
  Options& extra(std::string pointer, Json value) &;
  /// A field of the query of this call's URL.
  Options& query(std::string name, std::string value) &;
  /// A header of this call only.
  Options& header(std::string name, std::string value) &;
  /// Fail with `ErrorKind::unsupported` instead of a warning of what the provider cannot carry, failed tools aside.
  Options& strict(bool value = true) &;
  /// Give every event of the provider as a chunk of kind `ChunkKind::raw` too.
  Options& raw_events(bool value = true) &;
  /// Takes what is not set here from there: each setting and each timeout by itself, lists as a whole; of headers,
  /// metadata, query fields and options by name those that have no namesake here; extra fields and options of one
  /// family of providers all, where those here win.
  Options& complete_with(const Options& defaults) &;

  // The same on a temporary.
  Options&& temperature(double v) && { return std::move(temperature(v)); }
  Options&& top_p(double v) && { return std::move(top_p(v)); }
  Options&& top_k(std::int64_t v) && { return std::move(top_k(v)); }
  Options&& max_tokens(std::int64_t v) && { return std::move(max_tokens(v)); }
  template <class... T>
    requires(sizeof...(T) > 0)
  Options&& stop(const T&... v) && {
    return std::move(stop(v...));
  }
  Options&& seed(std::int64_t v) && { return std::move(seed(v)); }
  Options&& presence_penalty(double v) && { return std::move(presence_penalty(v)); }
  Options&& frequency_penalty(double v) && { return std::move(frequency_penalty(v)); }
  Options&& logprobs(std::int64_t v = 0) && { return std::move(logprobs(v)); }
  Options&& n(std::int64_t v) && { return std::move(n(v)); }
  Options&& user(std::string v) && { return std::move(user(std::move(v))); }
  Options&& metadata(std::string k, std::string v) && { return std::move(metadata(std::move(k), std::move(v))); }
  Options&& response_format(ResponseFormat v) &&;
  Options&& reasoning_effort(std::string v) && { return std::move(reasoning_effort(std::move(v))); }
  template <class... T>
    requires(sizeof...(T) > 0 && (std::convertible_to<T, Tool> && ...))
  Options&& tools(T... v) && {
    return std::move(tools(std::move(v)...));
  }
  Options&& tools(const std::vector<Tool>& v) &&;
  Options&& tool_loop(ToolLoop v) && { return std::move(tool_loop(std::move(v))); }
  Options&& tool_choice(ToolChoice v) && { return std::move(tool_choice(std::move(v))); }
  Options&& parallel_tool_calls(bool v) && { return std::move(parallel_tool_calls(v)); }
  template <class... T>
  Options&& images(const T&... v) && {
    return std::move(images(v...));
  }
  Options&& attach(Part v) &&;
  Options&& attachments(std::vector<Part> v) &&;
  Options&& fetch_urls(FetchPolicy v = FetchPolicy()) && { return std::move(fetch_urls(v)); }
  Options&& continue_with(Continuation v) && { return std::move(continue_with(v)); }
  Options&& timeouts(Timeouts v) && { return std::move(timeouts(std::move(v))); }
  Options&& deadline(std::chrono::steady_clock::time_point v) && { return std::move(deadline(v)); }
  Options&& deadline(std::chrono::nanoseconds v) && { return std::move(deadline(v)); }
  Options&& cancel_on(std::stop_token v) &&;
  template <class T>
  Options&& option(std::string name, const T& v) && {
    return std::move(option(std::move(name), v));
  }
  Options&& with(OwnOptions v) &&;
  Options&& extra(Json v) &&;
  Options&& extra(std::string p, Json v) &&;
  Options&& query(std::string k, std::string v) && { return std::move(query(std::move(k), std::move(v))); }
  Options&& header(std::string k, std::string v) && { return std::move(header(std::move(k), std::move(v))); }
  Options&& strict(bool v = true) && { return std::move(strict(v)); }
  Options&& raw_events(bool v = true) && { return std::move(raw_events(v)); }
  Options&& complete_with(const Options& v) && { return std::move(complete_with(v)); }

  const std::optional<double>& temperature() const;
  const std::optional<double>& top_p() const;
  const std::optional<std::int64_t>& top_k() const;
  const std::optional<std::int64_t>& max_tokens() const;
  const std::vector<std::string>& stop() const;
  const std::optional<std::int64_t>& seed() const;
  const std::optional<double>& presence_penalty() const;
  const std::optional<double>& frequency_penalty() const;
  const std::optional<std::int64_t>& logprobs_requested() const;
  const std::optional<std::int64_t>& n() const;
  const std::string& user() const;
  const std::vector<std::pair<std::string, std::string>>& metadata() const;
  const std::optional<ResponseFormat>& response_format() const;
  const std::string& reasoning_effort() const;
  const std::vector<Tool>& tools() const;
  const std::optional<ToolLoop>& tool_loop() const;
  const std::optional<ToolChoice>& tool_choice() const;
  const std::optional<bool>& parallel_tool_calls() const;
  const std::vector<Part>& attachments() const;
  const std::optional<FetchPolicy>& fetch_policy() const;
  Continuation continue_with() const;
  const Timeouts& timeouts() const;
  const std::optional<std::chrono::steady_clock::time_point>& deadline() const;
  const std::optional<std::chrono::nanoseconds>& deadline_after() const;
  const std::stop_token& stop_token() const;
  const std::vector<std::pair<std::string, Json>>& named_options() const;
  const std::vector<OwnOptions>& own_options() const;
  const std::vector<Json>& extras() const;
  const std::vector<std::pair<std::string, Json>>& patches() const;
  const std::vector<std::pair<std::string, std::string>>& query_fields() const;
  const std::vector<std::pair<std::string, std::string>>& headers() const;
  bool strict() const;
  bool raw_events() const;

 private:
  /// Whether the common option of that name is set.
  bool has(std::string_view name) const;
  void add_stop(std::string text);
  void add_tool(Tool tool);
  void add_named(std::string name, Json value);

  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<Options::Body>;

}  // namespace antiphon::inline v0
