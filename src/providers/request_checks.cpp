#include "providers/request_checks.hpp"

#include <algorithm>
#include <cmath>

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "providers/beside_body.hpp"

namespace antiphon::inline v0::codec {

namespace {

std::string as_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void check_range(const std::optional<double>& value, double least, double most, const char* name) {
  if (!value) return;
  if (*value >= least && *value <= most) return;
  std::string allowed = "from " + as_text(least) + " to " + as_text(most);
  if (std::isinf(most)) allowed = "of at least " + as_text(least);
  throw invalid(name, "must be a number " + allowed + ", not " + as_text(*value));
}

void check_least(const std::optional<std::int64_t>& value, std::int64_t least, const char* name) {
  if (!value || *value >= least) return;
  throw invalid(name, "must be at least " + std::to_string(least) + ", not " + std::to_string(*value));
}

bool is_schema_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    const char lower = ascii::lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void check_format(const ResponseFormat& format) {
  if (!format.schema()) return;
  check_json_object(format.schema()->schema().text(), "response_format/schema");
  check_text(format.schema()->description(), [] { return std::string("response_format/description"); });
  if (is_schema_name(format.schema()->name())) return;
  throw invalid("response_format/name", "a schema's name is made of 1 to 64 letters, digits, \"_\" and \"-\"");
}

void check_tools(const std::vector<Tool>& tools) {
  for (std::size_t index = 0; index < tools.size(); ++index) {
    const Tool& tool = tools[index];
    const auto place = [&](const char* field) { return "tools/" + std::to_string(index) + "/" + field; };
    if (!tool.provider().empty()) {
      check_json_object(tool.raw().text(), place("raw"));
      continue;
    }
    if (tool.name().empty()) throw invalid(place("name"), "a tool needs a name");
    check_text(tool.name(), [&] { return place("name"); });
    check_text(tool.description(), [&] { return place("description"); });
    check_json_object(tool.parameters().text(), place("parameters"));
    if (tool.timeout() && *tool.timeout() <= std::chrono::nanoseconds::zero()) {
      throw invalid(place("timeout"), "must be longer than zero");
    }
  }
}

/// A tool that is not among those of the request cannot be chosen; those that a provider runs have names that only it
/// knows, and `extra` may bring others.
void check_tool_choice(const Options& options) {
  const ToolChoice& choice = *options.tool_choice();
  check_text(choice.name(), [] { return std::string("tool_choice"); });
  if (choice.kind() != ToolChoice::Kind::named || options.tools().empty() || !options.extras().empty()) return;
  const bool known = std::any_of(options.tools().begin(), options.tools().end(), [&](const Tool& tool) {
    return !tool.provider().empty() || tool.name() == choice.name();
  });
  if (!known) throw invalid("tool_choice", "there is no tool \"" + choice.name() + "\"");
}

}  // namespace

std::string PartPlace::operator()() const {
  if (message == no_message) return "attachments/" + std::to_string(part);
  return "messages/" + std::to_string(message) + "/content/" + std::to_string(part);
}

std::string MessagePlace::operator()() const {
  return "messages/" + std::to_string(message) + "/" + std::string(field);
}

Error invalid(std::string where, std::string message) {
  return Error(ErrorKind::invalid_request, std::move(message)).where(std::move(where));
}

Error misplaced(const Part& part, std::string_view whose, const PartPlace& place) {
  return invalid(place(), "a message of " + std::string(whose) + " cannot hold a part of kind " +
                              std::string(to_string(part.kind())));
}

void check_call_id(const Part& part, const PartPlace& place) {
  if (!part.id().empty()) return;
  throw invalid(place(), part.kind() == PartKind::tool_result ? "a tool result needs the id of its call"
                                                              : "a tool call needs an id");
}

Error not_utf8(std::string where, std::size_t byte) {
  return invalid(std::move(where), "the text is not UTF-8 at byte " + std::to_string(byte));
}

void check_json(std::string_view text, const std::string& where) {
  const std::string fault = json::check(text);
  if (fault.empty()) return;
  const std::optional<std::size_t> bad = fault.ends_with("not UTF-8") ? utf8::find_invalid(text) : std::nullopt;
  throw bad ? not_utf8(where, *bad) : invalid(where, "not valid JSON: " + fault);
}

void check_json_object(std::string_view text, const std::string& where) {
  check_json(text, where);
  if (!ascii::trim(text).starts_with('{')) throw invalid(where, "must be a JSON object");
}

void check_tool_loop(const ToolLoop& loop) {
  check_least(loop.max_steps(), 1, "tool_loop.max_steps");
  check_least(loop.max_calls(), 1, "tool_loop.max_calls");
  check_least(loop.concurrency(), 1, "tool_loop.concurrency");
  if (loop.max_result_bytes() == 0) throw invalid("tool_loop.max_result_bytes", "must be at least 1");
  if (loop.max_cost() && !(*loop.max_cost() > Money::zero())) {
    throw invalid("tool_loop.max_cost", "must be known, and more than zero");
  }
  constexpr auto zero = std::chrono::nanoseconds::zero();
  if (loop.max_time() && *loop.max_time() <= zero) throw invalid("tool_loop.max_time", "must be longer than zero");
  if (loop.tool_timeout() && *loop.tool_timeout() <= zero) {
    throw invalid("tool_loop.tool_timeout", "must be longer than zero");
  }
}

void check_fetch_policy(const FetchPolicy& policy) {
  if (policy.max_bytes() == 0) throw invalid("fetch_urls.max_bytes", "must be at least 1");
  if (policy.max_total_bytes() == 0) throw invalid("fetch_urls.max_total_bytes", "must be at least 1");
  if (policy.max_redirects() < 0) throw invalid("fetch_urls.max_redirects", "must be at least 0");
  if (policy.timeout() <= FetchPolicy::Duration::zero()) {
    throw invalid("fetch_urls.timeout", "must be longer than zero");
  }
}

void check_options(const Options& options) {
  check_range(options.temperature(), 0, HUGE_VAL, "temperature");
  if (options.temperature() && std::isinf(*options.temperature())) throw invalid("temperature", "must be finite");
  check_range(options.top_p(), 0, 1, "top_p");
  check_range(options.presence_penalty(), -2, 2, "presence_penalty");
  check_range(options.frequency_penalty(), -2, 2, "frequency_penalty");
  check_least(options.top_k(), 1, "top_k");
  check_least(options.max_tokens(), 1, "max_tokens");
  check_least(options.n(), 1, "n");
  check_least(options.logprobs_requested(), 0, "logprobs");
  if (options.logprobs_requested() && *options.logprobs_requested() > 20) {
    throw invalid("logprobs", "at most 20 alternatives can be asked for");
  }
  for (std::size_t index = 0; index < options.stop().size(); ++index) {
    check_text(options.stop()[index], [&] { return "stop/" + std::to_string(index); });
  }
  check_text(options.user(), [] { return std::string("user"); });
  check_text(options.reasoning_effort(), [] { return std::string("reasoning_effort"); });
  for (const auto& [key, value] : options.metadata()) {
    check_text(key, [] { return std::string("metadata"); });
    check_text(value, [&] { return "metadata/" + key; });
  }
  if (options.response_format()) check_format(*options.response_format());
  check_tools(options.tools());
  if (options.tool_loop()) check_tool_loop(*options.tool_loop());
  if (options.fetch_policy()) check_fetch_policy(*options.fetch_policy());
  check_beside_body(options);
  if (options.tool_choice()) check_tool_choice(options);
}

std::optional<std::size_t> message_to_join(const Messages& messages, const Options& options) {
  const std::vector<Part>& attachments = options.attachments();
  if (attachments.empty()) return std::nullopt;
  for (std::size_t part = 0; part < attachments.size(); ++part) {
    if (attachments[part].kind() != PartKind::tool_result) continue;
    throw misplaced(attachments[part], "user", {PartPlace::no_message, part});
  }
  for (std::size_t index = messages.size(); index-- > 0;) {
    if (messages[index].role() == Role::user) return index;
  }
  const bool images = std::all_of(attachments.begin(), attachments.end(),
                                  [](const Part& part) { return part.kind() == PartKind::image; });
  throw invalid(images ? "images" : "attachments", "there is no user message that they could join");
}

}  // namespace antiphon::inline v0::codec
