#include "openai_hosted.hpp"

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Events = std::vector<HostedEvent>;

void steps(Events& events, const std::string& tool, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) events.push_back({"response." + tool + '.' + std::string(name), "", true});
}

/// A text in pieces, then whole under the name of `whole`.
void pieces(Events& events, const std::string& type, std::string_view whole, const std::string& text,
            const std::string& more = "", bool names_item = true) {
  for (const std::string& piece : split_into_pieces(text)) {
    events.push_back({type + ".delta", more + ',' + quoted_member("delta", piece), names_item});
  }
  events.push_back({type + ".done", more + ',' + quoted_member(whole, text), names_item});
}

bool has_failed(const json::object& item) { return member(item, "error") != nullptr; }

void code_interpreter(const json::object& item, Events& events) {
  steps(events, "code_interpreter_call", {"in_progress"});
  pieces(events, "response.code_interpreter_call_code", "code", text_member(item, "code"));
  steps(events, "code_interpreter_call", {"interpreting", "completed"});
}

void image_generation(const json::object& item, Events& events) {
  steps(events, "image_generation_call", {"in_progress", "generating"});
  const std::string image = text_member(item, "result");
  events.push_back({"response.image_generation_call.partial_image",
                    R"(,"partial_image_index":0,)" + quoted_member("partial_image_b64", image), true});
  steps(events, "image_generation_call", {"completed"});
}

void mcp_call(const json::object& item, Events& events) {
  steps(events, "mcp_call", {"in_progress"});
  pieces(events, "response.mcp_call_arguments", "arguments", text_member(item, "arguments"));
  steps(events, "mcp_call", {has_failed(item) ? "failed" : "completed"});
}

void shell_call(const json::object& item, Events& events) {
  const json::value* action = member(item, "action");
  const json::value* commands = action && action->is_object() ? member(action->get_object(), "commands") : nullptr;
  if (!commands || !commands->is_array()) return;
  std::size_t index = 0;
  for (const json::value& command : commands->get_array()) {
    if (!command.is_string()) continue;
    const std::string place = R"(,"command_index":)" + std::to_string(index++);
    events.push_back({"response.shell_call_command.added", place + R"(,"command":"")", false});
    pieces(events, "response.shell_call_command", "command", std::string(command.get_string()), place, false);
  }
}

void shell_output(const json::object& item, Events& events) {
  const json::value* output = member(item, "output");
  if (!output || !output->is_array()) return;
  for (std::size_t i = 0; i < output->get_array().size(); ++i) {
    const std::string place = R"(,"command_index":)" + std::to_string(i);
    const std::string text = json::serialize(output->get_array()[i]);
    events.push_back({"response.shell_call_output_content.delta", place + R"(,"delta":)" + text, true});
    events.push_back({"response.shell_call_output_content.done", place + R"(,"output":[)" + text + ']', true});
  }
}

}  // namespace

std::vector<HostedEvent> hosted_events(const json::object& item) {
  Events events;
  const std::string type = text_member(item, "type");
  if (type == "web_search_call" || type == "file_search_call") {
    steps(events, type, {"in_progress", "searching", "completed"});
  } else if (type == "code_interpreter_call") {
    code_interpreter(item, events);
  } else if (type == "image_generation_call") {
    image_generation(item, events);
  } else if (type == "mcp_call") {
    mcp_call(item, events);
  } else if (type == "mcp_list_tools") {
    steps(events, type, {"in_progress", has_failed(item) ? "failed" : "completed"});
  } else if (type == "shell_call") {
    shell_call(item, events);
  } else if (type == "shell_call_output") {
    shell_output(item, events);
  } else if (type == "compaction") {
    steps(events, type, {"compacting"});
  }
  return events;
}

}  // namespace antiphon::inline v0::simulator
