#include "config/option_section.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/json_text.hpp"
#include "config/reading.hpp"
#include "config/settings.hpp"
#include "config/tool_loop_section.hpp"
#include "json/reader.hpp"
#include "providers/any_json.hpp"
#include "providers/named_options.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::config {

namespace {

struct OptionDraft {
  Options options;
  Environment environment;
};

/// An option that has one name and one form everywhere: here, on the command line, in code.
void read_common(OptionDraft& draft, const Cursor& value) {
  try {
    codec::read_any_json(to_json(value), [&](json::Value read) {
      codec::set_common_option(draft.options, std::string(value.key()), read);
    });
    codec::check_options(draft.options);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::invalid_config) throw;
    value.refuse(error.message());
  }
}

/// Options of families of providers: `{ ollama = { num_ctx = 8192 } }`.
std::vector<OwnOptions> read_families(const Cursor& table) {
  std::vector<OwnOptions> families;
  for (const Entry& entry : table_of(table)) {
    const Cursor family(table, entry);
    OwnOptions& options = families.emplace_back(entry.key);
    for (const Entry& field : table_of(family)) options.set(field.key, Json(to_json(Cursor(family, field))));
  }
  return families;
}

struct ToolDraft {
  std::string name;
  std::string description;
  std::optional<std::string> parameters;
  std::optional<bool> strict;
  std::vector<OwnOptions> own;
  std::string provider;
  std::string definition;
};

constexpr Key<ToolDraft> tool_keys[] = {
    {"name", [](ToolDraft& t, const Cursor& v) { t.name = name_of(v); }},
    {"description", [](ToolDraft& t, const Cursor& v) { t.description = text_of(v); }},
    {"parameters", [](ToolDraft& t, const Cursor& v) { t.parameters = json_object(v); }},
    {"strict", [](ToolDraft& t, const Cursor& v) { t.strict = boolean_of(v); }},
    {"with", [](ToolDraft& t, const Cursor& v) { t.own = read_families(v); }},
    {"provider", [](ToolDraft& t, const Cursor& v) { t.provider = name_of(v); }},
    {"definition", [](ToolDraft& t, const Cursor& v) { t.definition = json_object(v); }},
};

/// A tool that a provider runs itself.
Tool provider_defined(const ToolDraft& read, const Cursor& table) {
  if (read.provider.empty() || read.definition.empty() || table_of(table).size() != 2) {
    table.refuse("a tool that the provider runs has provider and definition, and nothing else");
  }
  return Tool::provider_defined(read.provider, Json(read.definition));
}

void read_tool(OptionDraft& draft, const Cursor& table) {
  ToolDraft read;
  read_table<ToolDraft>(table, tool_keys, read);
  if (!read.provider.empty() || !read.definition.empty()) {
    draft.options.tools(provider_defined(read, table));
    return;
  }
  if (read.name.empty()) table.refuse("name is missing");
  Tool tool(read.name, read.description);
  if (read.parameters) tool = Tool(read.name, read.description, Json(*read.parameters));
  if (read.strict) tool.strict(*read.strict);
  for (OwnOptions& own : read.own) tool.with(std::move(own));
  draft.options.tools(std::move(tool));
}

void read_tool_choice(OptionDraft& draft, const Cursor& value) {
  const Entry* named = value.node().find("name");
  if (!named) return read_common(draft, value);
  if (table_of(value).size() != 1) value.refuse(R"(expected nothing beside name in { name = "TOOL" })");
  draft.options.tool_choice(ToolChoice::named(name_of(Cursor(value, *named))));
}

void read_deadline(OptionDraft& draft, const Cursor& value) {
  const auto duration = duration_of(value);
  if (duration == duration.zero()) value.refuse("must be longer than zero");
  draft.options.deadline(duration);
}

constexpr std::pair<std::string_view, Continuation> continuations[] = {
    {"none", Continuation::none}, {"same", Continuation::same}, {"next", Continuation::next}};

/// The provider's own options, by name.
void read_own(OptionDraft& draft, const Cursor& table) {
  for (const Entry& entry : table_of(table)) {
    const Cursor value(table, entry);
    const std::vector<std::string> common = option_paths();
    if (std::find(common.begin(), common.end(), entry.key) != common.end()) {
      value.refuse_key("this is an option of every provider: it stands in options itself");
    }
    draft.options.option(entry.key, Json(to_json(value)));
  }
}

void read_patches(OptionDraft& draft, const Cursor& table) {
  for (const Entry& entry : table_of(table)) {
    const Cursor value(table, entry);
    if (!entry.key.starts_with('/')) value.refuse_key("expected a JSON pointer, such as \"/reasoning/effort\"");
    draft.options.extra(entry.key, Json(to_json(value)));
  }
}

constexpr Key<OptionDraft> option_keys[] = {
    {"temperature", read_common},
    {"top_p", read_common},
    {"top_k", read_common},
    {"max_tokens", read_common},
    {"stop", read_common},
    {"seed", read_common},
    {"presence_penalty", read_common},
    {"frequency_penalty", read_common},
    {"logprobs", read_common},
    {"n", read_common},
    {"user", read_common},
    {"metadata", read_common},
    {"response_format", read_common},
    {"reasoning_effort", read_common},
    {"tools",
     [](OptionDraft& d, const Cursor& v) { for_each_element(v, [&](const Cursor& tool) { read_tool(d, tool); }); }},
    {"tool_loop", [](OptionDraft& d, const Cursor& v) { d.options.tool_loop(read_tool_loop(v)); }, tool_loop_paths},
    {"tool_choice", read_tool_choice},
    {"parallel_tool_calls", read_common},
    {"fetch_urls", [](OptionDraft& d, const Cursor& v) { d.options.fetch_urls(read_fetch_policy(v)); }, fetch_paths},
    {"continue_with",
     [](OptionDraft& d, const Cursor& v) { d.options.continue_with(one_of<Continuation>(v, continuations)); }},
    {"timeouts", [](OptionDraft& d, const Cursor& v) { d.options.timeouts(read_timeouts(v)); }, timeout_paths},
    {"deadline", read_deadline},
    {"headers",
     [](OptionDraft& d, const Cursor& v) {
       read_pairs(v, d.environment,
                  [&](const std::string& name, std::string value) { d.options.header(name, std::move(value)); });
     }},
    {"query",
     [](OptionDraft& d, const Cursor& v) {
       read_pairs(v, d.environment,
                  [&](const std::string& name, std::string value) { d.options.query(name, std::move(value)); });
     }},
    {"strict", [](OptionDraft& d, const Cursor& v) { d.options.strict(boolean_of(v)); }},
    {"raw_events", [](OptionDraft& d, const Cursor& v) { d.options.raw_events(boolean_of(v)); }},
    {"own", read_own},
    {"with",
     [](OptionDraft& d, const Cursor& v) {
       for (OwnOptions& family : read_families(v)) d.options.with(std::move(family));
     }},
    {"patches", read_patches},
    {"extra", [](OptionDraft& d, const Cursor& v) { d.options.extra(Json(json_object(v))); }},
};

}  // namespace

Options read_options(const Cursor& table, Environment environment) {
  OptionDraft draft{Options(), environment};
  read_table<OptionDraft>(table, option_keys, draft,
                          "an option that only one provider has stands in own, such as own.num_ctx");
  try {
    codec::check_options(draft.options);
  } catch (const Error& error) {
    throw table.placed(error);
  }
  return std::move(draft.options);
}

std::vector<std::string> option_paths() { return key_paths<OptionDraft>(option_keys); }
std::vector<std::string> tool_paths() { return key_paths<ToolDraft>(tool_keys); }

}  // namespace antiphon::inline v0::config
