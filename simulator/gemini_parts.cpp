#include "gemini_parts.hpp"

#include <algorithm>

#include "gemini_contents.hpp"
#include "seal.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;

/// A value of an enumeration stands without quotes.
void unquote(Block& block) {
  const auto value = json_if_any(whole_text(block));
  if (value && value->is_string()) block.pieces = {std::string(value->get_string())};
}

/// `"name":…` and, when it has one, `"id":…` before it.
std::string call_head(const ToolCall& call) {
  std::string out;
  if (!call.id.empty()) append_member(out, "id", call.id);
  append_member(out, "name", call.name);
  return out;
}

/// Writes each value of some arguments as Vertex streams it.
class Fragments {
 public:
  void add(const json::value& value, const std::string& path) {
    if (value.is_object()) {
      for (const auto& item : value.get_object()) add(item.value(), path + '.' + std::string(item.key()));
    } else if (value.is_array()) {
      std::size_t index = 0;
      for (const json::value& item : value.get_array()) add(item, path + '[' + std::to_string(index++) + ']');
    } else if (value.is_string()) {
      add_text(std::string_view(value.get_string()), path);
    } else if (value.is_bool()) {
      add_value(path, R"("boolValue":)" + json::serialize(value));
    } else if (value.is_null()) {
      add_value(path, R"("nullValue":"NULL_VALUE")");
    } else {
      add_value(path, R"("numberValue":)" + json::serialize(value));
    }
  }

  std::vector<std::string> parts;

 private:
  void add_text(std::string_view text, const std::string& path) {
    for (const std::string& piece : split_into_pieces(text)) {
      std::string value = quoted_member("stringValue", piece);
      add_value(path, value + R"(,"willContinue":true)");
    }
    add_value(path, R"("stringValue":"")");
  }

  void add_value(const std::string& path, const std::string& value) {
    std::string part = R"({"functionCall":{"partialArgs":[{"jsonPath":)";
    append_quoted(part, path);
    parts.push_back(part + ',' + value + R"(}],"willContinue":true}})");
  }
};

}  // namespace

GeminiParts::GeminiParts(const Ask& ask, const Answer& answer, const Choice& choice)
    : blocks_(blocks_of(choice)), salt_(hash(answer.id)) {
  for (Block& block : blocks_) {
    if (ask.settings.contains("bare_enum") && block.kind == Kind::text) unquote(block);
    if (block.kind == Kind::call && !first_call_) first_call_ = &block.call;
  }
  const bool has_thoughts = std::any_of(blocks_.begin(), blocks_.end(), is_thought);
  if (first_call_ || !has_thoughts) return;
  text_signature_ = scripted_signature();
  if (text_signature_.empty()) text_signature_ = signature_of(signed_text, salt_);
}

std::string GeminiParts::scripted_signature() const {
  const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                  [](const Block& block) { return is_thought(block) && !block.signature.empty(); });
  return found == blocks_.end() ? "" : found->signature;
}

std::string GeminiParts::text_part(const Block& block, std::string_view text, std::string_view signature) const {
  std::string out = "{";
  append_member(out, "text", text);
  if (block.kind == Kind::reasoning) out += R"(,"thought":true)";
  if (!signature.empty()) append_member(out, "thoughtSignature", signature);
  return out + '}';
}

/// Of parallel calls only the first is signed.
std::string GeminiParts::signature_of_call(const ToolCall& call) const {
  if (&call != first_call_) return "";
  std::string signature = scripted_signature();
  if (signature.empty()) {
    const auto args = json_if_any(call.arguments);
    signature = signature_of(args ? signed_call(call.name, *args) : call.name + call.arguments, salt_);
  }
  return ',' + quoted_member("thoughtSignature", signature);
}

/// The arguments are an object; what is no JSON goes out as the scenario has it.
std::string GeminiParts::call_part(const ToolCall& call) const {
  return R"({"functionCall":{)" + call_head(call) + R"(,"args":)" + call.arguments + '}' + signature_of_call(call) +
         '}';
}

std::vector<std::string> GeminiParts::call_fragments(const ToolCall& call) const {
  const auto args = json_if_any(call.arguments);
  const bool is_empty = args && args->is_object() && args->get_object().empty();
  const std::string signature = signature_of_call(call);
  if (!args || is_empty) return {R"({"functionCall":{)" + call_head(call) + '}' + signature + '}'};
  Fragments fragments;
  fragments.parts.push_back(R"({"functionCall":{)" + call_head(call) + R"(,"willContinue":true})" + signature + '}');
  fragments.add(*args, "$");
  fragments.parts.emplace_back(R"({"functionCall":{}})");
  return std::move(fragments.parts);
}

}  // namespace antiphon::inline v0::simulator
