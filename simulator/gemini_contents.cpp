#include "gemini_contents.hpp"

#include <array>
#include <cmath>

#include "gemini_errors.hpp"
#include "seal.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::uint64_t gemini_image_tokens = 258;
constexpr std::array<std::string_view, 9> data_fields{
    "text",           "inlineData",          "fileData", "functionCall", "functionResponse",
    "executableCode", "codeExecutionResult", "toolCall", "toolResponse"};
/// What stands for a signature in histories that were made elsewhere.
constexpr std::array<std::string_view, 2> sentinels{"skip_thought_signature_validator",
                                                    "context_engineering_is_the_way_to_go"};

bool is_sentinel(std::string_view signature) { return signature == sentinels[0] || signature == sentinels[1]; }

[[noreturn]] void refuse_contents(std::string message) { throw gemini_failure(400, std::move(message)); }

struct Call {
  std::string id;
  std::string name;
};

/// 5.0 and 5 are the same to most clients.
void unify_numbers(json::value& value) {
  constexpr double largest = 9e15;
  if (json::object* object = value.if_object()) {
    for (auto& item : *object) unify_numbers(item.value());
  } else if (json::array* array = value.if_array()) {
    for (json::value& item : *array) unify_numbers(item);
  } else if (const double* number = value.if_double()) {
    const bool is_whole = std::trunc(*number) == *number && std::abs(*number) < largest;
    if (is_whole) value = static_cast<std::int64_t>(*number);
  }
}

/// Walks the contents and keeps what an answer is made from.
class Contents {
 public:
  Contents(const GeminiReading& reading, Ask& ask) : reading_(reading), ask_(ask) {}

  void add(const RequestObject& content) {
    content.only({"role", "parts"});
    const std::string role = role_of(content);
    const std::vector<RequestObject> parts = content.objects("parts");
    if (parts.empty()) refuse_contents(content.place() + ".parts must not be empty.");
    begin(role);
    for (const RequestObject& part : parts) add_part(part, role);
    check_results(content.place());
    if (role == "user" && !has_results_) begin_turn();
    ask_.prompt_tokens += 2;
  }

  void end() const {
    if (!open_.empty()) refuse_contents("A function call turn must be followed by a function response turn.");
    if (!unsigned_call_.empty())
      refuse_contents("Function call is missing a thought_signature in functionCall parts: " + unsigned_call_);
  }

 private:
  std::string role_of(const RequestObject& content) const {
    std::string role = content.text("role");
    if (role.empty() && !reading_.is_vertex) role = "user";
    if (role != "user" && role != "model" && role != "function")
      refuse_contents("Please use a valid role: user, model.");
    return role == "function" ? "user" : role;
  }

  void begin(const std::string& role) {
    text_.clear();
    results_.clear();
    images_ = 0;
    has_results_ = false;
    has_calls_ = false;
    if (role == "model" && !open_.empty())
      refuse_contents("A function call turn must be followed by a function response turn.");
  }

  /// The user has said something new: what the model signed before is not asked for any more.
  void begin_turn() {
    ask_.user = text_;
    ask_.images = images_;
    ask_.tool_result.clear();
    ask_.after_tool = false;
    unsigned_call_.clear();
  }

  void add_part(const RequestObject& part, const std::string& role) {
    part.only({"text", "thought", "thoughtSignature", "inlineData", "fileData", "functionCall", "functionResponse",
               "executableCode", "codeExecutionResult", "toolCall", "toolResponse", "videoMetadata", "mediaResolution",
               "partMetadata"});
    const std::string field = data_field(part);
    const std::string signature = part.text("thoughtSignature");
    part.flag("thought");
    if (!signature.empty() && !is_sentinel(signature) && !decode_base64(signature)) {
      part.refuse("thoughtSignature", Problem::value, "Base64");
    }
    if (field == "text") add_text(part, signature);
    if (field == "inlineData") add_inline_data(part.need_object("inlineData"));
    if (field == "fileData") add_file(part.need_object("fileData"));
    if (field == "functionCall") add_call(part.need_object("functionCall"), role, signature);
    if (field == "functionResponse") add_result(part.need_object("functionResponse"));
  }

  static std::string data_field(const RequestObject& part) {
    std::string found;
    for (const std::string_view field : data_fields) {
      if (!part.has(field)) continue;
      if (!found.empty())
        part.refuse(Problem::other,
                    "Only one of '" + found + "' and '" + std::string(field) + "' may be set in a part.");
      found = field;
    }
    if (found.empty()) {
      part.refuse(Problem::other, part.place() + ".data: required oneof field 'data' must have one initialized field");
    }
    return found;
  }

  void add_text(const RequestObject& part, const std::string& signature) {
    const std::string text = part.text("text");
    ask_.prompt_tokens += estimated_tokens(text.size());
    text_ += text;
    claim(signature, signed_text);
  }

  void add_inline_data(const RequestObject& data) {
    data.only({"mimeType", "data", "displayName"});
    data.need_text("mimeType");
    if (!decode_base64(data.need_text("data"))) data.refuse("data", Problem::value, "Base64");
    ask_.prompt_tokens += gemini_image_tokens;
    ++images_;
  }

  void add_file(const RequestObject& file) {
    file.only({"mimeType", "fileUri", "displayName"});
    file.need_text("fileUri");
    ask_.prompt_tokens += gemini_image_tokens;
    ++images_;
  }

  void add_call(const RequestObject& call, const std::string& role, const std::string& signature) {
    call.only({"id", "name", "args"});
    if (role != "model") refuse_contents("Function calls belong to the role model.");
    const std::string name = call.need_text("name");
    const auto args = call.object("args");
    open_.push_back({call.text("id"), name});
    const json::value value = args ? json::value(args->json()) : json::value(json::object());
    ask_.prompt_tokens += estimated_tokens(name.size() + json::serialize(value).size());
    const bool is_first = !std::exchange(has_calls_, true);
    if (is_first && signature.empty() && reading_.generation >= 3) unsigned_call_ = name;
    claim(signature, signed_call(name, value));
  }

  /// A signature is one of ours for this content, or one that the scenario gave.
  void claim(const std::string& signature, std::string_view content) {
    if (signature.empty() || is_sentinel(signature) || is_signature_of(signature, content)) return;
    ask_.claims.push_back({signature, gemini_failure(400, "Thought signature is not valid.")});
  }

  void add_result(const RequestObject& result) {
    result.only({"id", "name", "response", "parts", "willContinue", "scheduling"});
    const Call given{result.text("id"), result.need_text("name")};
    const std::string response = json::serialize(result.need_object("response").json());
    ask_.prompt_tokens += estimated_tokens(response.size());
    has_results_ = true;
    results_.push_back(given);
    ask_.tool_result += response;
    ask_.after_tool = true;
  }

  void check_results(const std::string& place) {
    if (!has_results_) {
      if (!open_.empty() && !has_calls_) {
        refuse_contents("A function call turn must be followed by a function response turn, at " + place + '.');
      }
      return;
    }
    if (open_.empty()) refuse_contents("A function response turn must come immediately after a function call turn.");
    if (results_.size() != open_.size()) {
      refuse_contents(
          "The number of function response parts must be equal to the number of function call parts of the function "
          "call turn.");
    }
    for (const Call& result : results_) take(result);
    open_.clear();
  }

  void take(const Call& result) {
    for (auto call = open_.begin(); call != open_.end(); ++call) {
      const bool same_id = result.id.empty() || call->id.empty() || result.id == call->id;
      if (!same_id || result.name != call->name) continue;
      open_.erase(call);
      return;
    }
    refuse_contents("No function call of the turn before is named '" + result.name +
                    "' and has the id of this response.");
  }

  const GeminiReading& reading_;
  Ask& ask_;
  std::vector<Call> open_;
  std::vector<Call> results_;
  std::string text_;
  std::string unsigned_call_;
  std::uint64_t images_ = 0;
  bool has_results_ = false;
  bool has_calls_ = false;
};

}  // namespace

GeminiReading gemini_reading(std::string_view model, bool is_vertex) {
  constexpr std::string_view family = "gemini-";
  GeminiReading reading;
  reading.is_vertex = is_vertex;
  if (model.substr(0, family.size()) != family) return reading;
  model.remove_prefix(family.size());
  const std::string_view digits = model.substr(0, model.find_first_not_of("0123456789"));
  reading.generation = parse_number(digits).value_or(0);
  return reading;
}

void read_gemini_contents(const RequestObject& request, const GeminiReading& reading, Ask& ask) {
  const std::vector<RequestObject> list = request.objects("contents");
  if (list.empty()) request.refuse("contents", Problem::missing, "");
  Contents contents(reading, ask);
  for (const RequestObject& content : list) contents.add(content);
  contents.end();
}

void read_gemini_system(const RequestObject& request, Ask& ask) {
  const auto system = request.object("systemInstruction");
  if (!system) return;
  system->only({"role", "parts"});
  for (const RequestObject& part : system->objects("parts")) {
    part.only({"text", "thought", "thoughtSignature"});
    part.need("text");
    ask.prompt_tokens += estimated_tokens(part.text("text").size());
  }
}

std::string signed_call(std::string_view name, json::value args) {
  unify_numbers(args);
  return std::string(name) + json::serialize(args);
}

}  // namespace antiphon::inline v0::simulator
