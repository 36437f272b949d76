#include "providers/tool_call_repairs.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "json/reader.hpp"
#include "providers/any_json.hpp"

namespace antiphon::inline v0::codec {

namespace {

using Call = ToolCallMerger::Call;

std::string place_of(std::size_t position) { return "tool_calls/" + std::to_string(position); }

/// The object inside a JSON string; empty when there is none.
std::string unwrapped(const std::string& arguments) {
  std::string inner;
  if (!ascii::trim(arguments).starts_with('"')) return inner;
  const bool read = read_any_json(arguments, [&](json::Value value) { inner = value.string().value_or(""); });
  return read && json::is_object(inner) ? inner : std::string();
}

struct Use {
  std::string name;
  std::string parameters;
};

/// One entry of `tool_uses`; nothing when it is anything else.
std::optional<Use> read_use(json::Value value) {
  constexpr std::string_view prefix = "functions.";
  Use use;
  value.fields([&](std::string_view key, json::Value field) {
    if (key == "recipient_name") use.name = field.string().value_or("");
    if (key == "parameters" && field.type() == json::Type::object) use.parameters = field.raw().value_or("");
  });
  if (!use.name.starts_with(prefix) || use.name.size() == prefix.size() || use.parameters.empty()) return std::nullopt;
  use.name.erase(0, prefix.size());
  return use;
}

/// The calls inside a call of `parallel`; empty when it is one of the user's own tools.
std::vector<Use> read_uses(const Call& call) {
  std::vector<Use> uses;
  if (call.name != "parallel" && call.name != "multi_tool_use.parallel") return uses;
  bool all = true;
  json::Reader reader;
  reader.read_copy(call.arguments, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key != "tool_uses") all = false;
      value.elements([&](json::Value entry) {
        if (std::optional<Use> use = read_use(entry)) {
          uses.push_back(std::move(*use));
        } else {
          all = false;
        }
      });
    });
  });
  if (reader.failed() || !all) uses.clear();
  return uses;
}

void expand(AnswerBuilder& builder, std::size_t choice, std::size_t position, std::vector<Use> uses) {
  const std::string id = builder.calls(choice)[position].id;
  builder.calls(choice)[position].name = std::move(uses[0].name);
  builder.calls(choice)[position].arguments = std::move(uses[0].parameters);
  std::size_t before = position;
  for (std::size_t number = 1; number < uses.size(); ++number) {
    Call call;
    if (!id.empty()) call.id = id + "_" + std::to_string(number);
    call.name = std::move(uses[number].name);
    call.arguments = std::move(uses[number].parameters);
    builder.insert_call(choice, before, std::move(call));
    before = builder.calls(choice).size() - 1;
  }
}

}  // namespace

void mend_tool_calls(AnswerBuilder& builder, std::size_t choice) {
  const std::size_t sent = builder.calls(choice).size();
  for (std::size_t position = 0; position < sent; ++position) {
    Call& call = builder.calls(choice)[position];
    if (std::string inner = unwrapped(call.arguments); !inner.empty()) {
      call.arguments = std::move(inner);
      builder.warn(place_of(position), "the arguments were JSON inside a JSON string; the string was taken off");
    }
    if (std::vector<Use> uses = read_uses(call); !uses.empty()) {
      expand(builder, choice, position, std::move(uses));
      builder.warn(place_of(position), "one call of \"parallel\" was taken apart into the calls that it holds");
    }
  }
}

bool tool_calls_complete(AnswerBuilder& builder, std::size_t choice) {
  const std::vector<Call>& calls = builder.calls(choice);
  return std::all_of(calls.begin(), calls.end(), [](const Call& call) { return json::is_object(call.arguments); });
}

}  // namespace antiphon::inline v0::codec
