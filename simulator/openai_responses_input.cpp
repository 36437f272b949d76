#include "openai_responses_input.hpp"

#include <algorithm>
#include <array>

#include "images.hpp"
#include "openai_dialect.hpp"
#include "openai_item_id.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t gpt_image_tokens = 85;
constexpr std::uint64_t file_tokens = 1500;

/// Items of hosted tools and settings: they go back as they came.
constexpr std::array passed_on{
    "web_search_call",
    "file_search_call",
    "code_interpreter_call",
    "image_generation_call",
    "computer_call",
    "computer_call_output",
    "local_shell_call",
    "local_shell_call_output",
    "shell_call",
    "shell_call_output",
    "apply_patch_call",
    "apply_patch_call_output",
    "mcp_list_tools",
    "mcp_call",
    "mcp_approval_request",
    "mcp_approval_response",
    "tool_search_call",
    "tool_search_output",
    "program",
    "program_output",
    "additional_tools",
    "configuration_update",
};

bool is_output(const std::string& type) { return type == "function_call_output" || type == "custom_tool_call_output"; }

std::string type_of(const RequestObject& item) {
  return item.has("type") || !item.has("role") ? item.need_text("type") : "message";
}

}  // namespace

void ResponsesInput::read(const RequestObject& request) {
  const json::value* input = request.find("input");
  if (!input) return;
  if (input->is_string()) {
    ask_.user = std::string(input->get_string());
    say(ask_.user);
    return;
  }
  if (!input->is_array()) request.refuse("input", Problem::type, "a string or an array of items");
  const std::vector<RequestObject> items = request.objects("input");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string type = type_of(items[i]);
    check_order(items[i], type);
    read_item(items[i], type, i + 1 == items.size());
  }
  if (!lone_reasoning_.empty()) refuse_reasoning_alone();
  if (waiting_.empty()) return;
  const std::string& call = *waiting_.begin();
  throw openai_refusal("No tool output found for the call " + call.substr(call.find(' ') + 1) + '.', "input");
}

void ResponsesInput::read_item(const RequestObject& item, const std::string& type, bool is_last) {
  ask_.prompt_tokens += 4;
  if (type == "message") return read_message(item);
  if (type == "reasoning") return read_reasoning(item);
  if (type == "function_call" || type == "custom_tool_call") return read_call(item, type);
  if (is_output(type)) return read_output(item, type);
  if (type == "item_reference") return read_reference(item);
  if (type == "compaction") return read_compaction(item);
  if (type == "compaction_trigger") {
    if (!is_last) item.refuse("type", Problem::other, "A compaction_trigger must be the last item.");
    return;
  }
  say(json::serialize(item.json()));
  if (std::find(passed_on.begin(), passed_on.end(), type) != passed_on.end()) return;
  ask_.claims.push_back(Claim{type, openai_refusal("Invalid value for '" + item.place("type") + "': '" + type + "'.",
                                                   item.place("type"), "invalid_value")});
}

/// A reasoning item stands directly before what it led to, and that does not come without it.
void ResponsesInput::check_order(const RequestObject& item, const std::string& type) {
  if (!is_stored_) return;
  const bool is_of_user = type == "message" && item.text("role") != "assistant";
  if (!lone_reasoning_.empty() && (is_of_user || is_output(type))) refuse_reasoning_alone();
  const std::string id = item.text("id");
  if (follows_reasoning(id) && lone_reasoning_.empty()) {
    throw openai_refusal("Item '" + id + "' of type '" + type + "' was provided without its required 'reasoning' item.",
                         "input");
  }
  lone_reasoning_.clear();
}

void ResponsesInput::refuse_reasoning_alone() const {
  throw openai_refusal("The reasoning item " + lone_reasoning_ + " was provided without its required following item.",
                       "input");
}

void ResponsesInput::say(const std::string& text) {
  ask_.prompt_tokens += estimated_tokens(text.size());
  ask_.mentions_json |= lower_case(text).find("json") != std::string::npos;
}

void ResponsesInput::check_id(const RequestObject& item, std::string_view prefix) {
  constexpr std::size_t longest = 64;
  const std::string id = item.text("id");
  if (id.empty()) return;
  if (id.size() > longest) item.refuse("id", Problem::value, "ids of at most 64 characters");
  if (id.substr(0, prefix.size()) != prefix) {
    item.refuse("id", Problem::value, "ids that begin with '" + std::string(prefix) + "'");
  }
}

void ResponsesInput::read_message(const RequestObject& item) {
  item.only({"type", "role", "content", "id", "status", "phase"});
  const std::string role = item.need_word("role", {"user", "assistant", "system", "developer"});
  item.word("phase", {"commentary", "final_answer"});
  check_id(item, "msg_");
  std::uint64_t images = 0;
  const std::string text = read_content(item, role, images);
  say(text);
  if (role != "user") return;
  ask_.user = text;
  ask_.images = images;
  ask_.after_tool = false;
  ask_.tool_result.clear();
}

std::string ResponsesInput::read_content(const RequestObject& item, const std::string& role, std::uint64_t& images) {
  const json::value& content = item.need("content");
  if (content.is_string()) return std::string(content.get_string());
  if (!content.is_array()) item.refuse("content", Problem::type, "a string or an array of parts");
  std::string text;
  for (const RequestObject& part : item.objects("content")) text += read_part(part, role, images);
  return text;
}

std::string ResponsesInput::read_part(const RequestObject& part, const std::string& role, std::uint64_t& images) {
  if (role == "assistant") {
    const std::string type = part.need_word("type", {"output_text", "refusal"});
    const std::string_view name = type == "refusal" ? "refusal" : "text";
    part.need(name);
    return part.text(name);
  }
  const std::string type = part.need_word("type", {"input_text", "input_image", "input_file"});
  if (type == "input_text") {
    part.need("text");
    return part.text("text");
  }
  if (type == "input_file") {
    read_file(part);
    return "";
  }
  read_image(part);
  ask_.prompt_tokens += gpt_image_tokens;
  ++images;
  return "";
}

void ResponsesInput::read_image(const RequestObject& part) const {
  part.only({"type", "image_url", "file_id", "detail"});
  part.word("detail", {"auto", "low", "high", "original"});
  if (part.has("image_url") == part.has("file_id")) {
    part.refuse(Problem::other, "An input_image has either an image_url or a file_id.");
  }
  if (part.has("image_url") && !is_image_url(part.text("image_url"))) {
    throw openai_refusal("An image must be an http(s) URL or a data URL in Base64.", part.place("image_url"),
                         "invalid_image_url");
  }
}

void ResponsesInput::read_file(const RequestObject& part) const {
  part.only({"type", "filename", "file_data", "file_id", "file_url", "detail"});
  part.word("detail", {"auto", "low", "high"});
  const int sources = part.has("file_data") + part.has("file_id") + part.has("file_url");
  if (sources != 1) part.refuse(Problem::other, "An input_file has one of file_data, file_id and file_url.");
  if (part.has("file_data")) {
    const std::string data = part.text("file_data");
    const auto comma = data.find(";base64,");
    if (data.substr(0, 5) != "data:" || comma == std::string::npos || !decode_base64(data.substr(comma + 8))) {
      part.refuse("file_data", Problem::value, "data URLs in Base64");
    }
    part.need_text("filename");
  }
  if (part.has("file_url") && !is_web_url(part.text("file_url"))) {
    part.refuse("file_url", Problem::value, "http and https URLs");
  }
  ask_.prompt_tokens += file_tokens;
}

void ResponsesInput::read_reasoning(const RequestObject& item) {
  item.only({"type", "id", "summary", "content", "encrypted_content", "status"});
  check_id(item, "rs_");
  item.need("summary");
  for (const RequestObject& part : item.objects("summary")) {
    part.need_word("type", {"summary_text"});
    part.need("text");
    say(part.text("text"));
  }
  for (const RequestObject& part : item.objects("content")) part.need_word("type", {"reasoning_text"});
  const std::string encrypted = item.text("encrypted_content");
  if (!encrypted.empty()) {
    if (!is_encrypted_reasoning(encrypted)) {
      ask_.claims.push_back(
          Claim{encrypted, openai_refusal("The encrypted content of " + item.place() + " could not be verified.", "",
                                          "invalid_encrypted_content")});
    }
  } else {
    const std::string id = item.need_text("id");
    const Failure unknown{404, "Item with id '" + id + "' not found.", "invalid_request_error", "", "input"};
    if (!is_stored_) throw unknown;
    if (!is_item_id(id)) ask_.claims.push_back(Claim{id, unknown});
  }
  if (is_stored_) lone_reasoning_ = item.place();
}

void ResponsesInput::read_call(const RequestObject& item, const std::string& type) {
  constexpr std::size_t longest = 64;
  const bool is_function = type == "function_call";
  if (is_function) {
    item.only({"type", "id", "call_id", "name", "arguments", "status", "namespace", "caller"});
  } else {
    item.only({"type", "id", "call_id", "name", "input", "status", "namespace", "caller"});
  }
  check_id(item, is_function ? "fc_" : "ctc_");
  const std::string call = item.need_text("call_id");
  if (call.size() > longest) {
    throw openai_refusal("Invalid '" + item.place("call_id") + "': string too long.", item.place("call_id"),
                         "string_above_max_length");
  }
  if (!is_plain_name(item.need_text("name"))) {
    item.refuse("name", Problem::value, "1 to 64 letters, digits, '_' and '-'");
  }
  const std::string_view field = is_function ? "arguments" : "input";
  item.need(field);
  say(item.text(field));
  calls_.insert(type + ' ' + call);
  waiting_.insert(type + ' ' + call);
}

void ResponsesInput::read_output(const RequestObject& item, const std::string& type) {
  item.only({"type", "id", "call_id", "output", "status", "caller"});
  const std::string call = item.need_text("call_id");
  const std::string key = type.substr(0, type.size() - std::string_view("_output").size()) + ' ' + call;
  waiting_.erase(key);
  if (calls_.count(key) == 0 && !goes_on_) {
    throw openai_refusal("No tool call found for the output with call_id " + call + '.', "input");
  }
  const json::value& output = item.need("output");
  std::string text;
  std::uint64_t images = 0;
  if (output.is_string()) {
    text = std::string(output.get_string());
  } else if (output.is_array()) {
    for (const RequestObject& part : item.objects("output")) text += read_part(part, "tool", images);
  } else {
    item.refuse("output", Problem::type, "a string or an array of parts");
  }
  say(text);
  ask_.tool_result += text;
  ask_.images += images;
  ask_.after_tool = true;
}

void ResponsesInput::read_reference(const RequestObject& item) {
  const std::string id = item.need_text("id");
  const Failure unknown{404, "Item with id '" + id + "' not found.", "invalid_request_error", "", "input"};
  if (!is_stored_) throw unknown;
  if (!is_item_id(id)) ask_.claims.push_back(Claim{id, unknown});
  if (id.substr(0, 3) == "rs_") lone_reasoning_ = item.place();
}

void ResponsesInput::read_compaction(const RequestObject& item) {
  check_id(item, "cmp_");
  const std::string encrypted = item.need_text("encrypted_content");
  if (is_encrypted_compaction(encrypted)) return;
  ask_.claims.push_back(
      Claim{encrypted, openai_refusal("The encrypted content of " + item.place() + " could not be verified.", "",
                                      "invalid_encrypted_content")});
}

}  // namespace antiphon::inline v0::simulator
