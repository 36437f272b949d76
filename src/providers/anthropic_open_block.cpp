#include "providers/anthropic_open_block.hpp"

#include "json/check.hpp"
#include "json/patch.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

namespace {

using Kind = AnthropicBlockKind;

bool is_known_field(Kind kind, std::string_view key) {
  if (key == "type") return true;
  switch (kind) {
    case Kind::text:
      return key == "text" || key == "citations";
    case Kind::thinking:
      return key == "thinking" || key == "signature";
    case Kind::tool_use:
      return key == "id" || key == "name" || key == "input";
    case Kind::other:
      return false;
  }
  return false;
}

}  // namespace

AnthropicBlockKind anthropic_block_kind(std::string_view type) {
  if (type == "text") return Kind::text;
  if (type == "thinking") return Kind::thinking;
  if (type == "tool_use") return Kind::tool_use;
  return Kind::other;
}

bool takes_pieces(AnthropicBlockKind kind, json::Name delta_type) {
  const bool says = delta_type == "text_delta" || delta_type == "citations_delta";
  if (says) return kind == Kind::text;
  const bool thinks = delta_type == "thinking_delta" || delta_type == "signature_delta";
  if (thinks) return kind == Kind::thinking;
  if (delta_type == "input_json_delta") return kind == Kind::tool_use || kind == Kind::other;
  return delta_type != "compaction_delta" || kind == Kind::other;
}

bool has_more_fields(AnthropicBlockKind kind, json::Value block) {
  bool more = false;
  block.fields([&](std::string_view key, json::Value value) {
    more = more || (!value.is_null() && !is_known_field(kind, key));
  });
  return more;
}

std::optional<std::string> AnthropicOpenBlock::as_json() const {
  std::string json = start;
  if (json.empty()) return std::nullopt;
  const auto put = [&](std::string_view pointer, std::string_view value) { json = json::set_at(json, pointer, value); };
  if (!input.empty()) {
    if (json::find_fault(input)) return std::nullopt;
    put("/input", input);
  }
  switch (kind) {
    case Kind::text:
      put("/text", json::quoted(text));
      if (!citations.empty()) put("/citations", "[" + citations + "]");
      break;
    case Kind::thinking:
      put("/thinking", json::quoted(text));
      put("/signature", json::quoted(signature));
      break;
    case Kind::tool_use:
      break;
    case Kind::other:
      if (!text.empty()) put("/content", json::quoted(text));
      break;
  }
  // What was put in may be nested as deep as a block by itself may be.
  if (json::find_fault(json)) return std::nullopt;
  return json;
}

}  // namespace antiphon::inline v0::codec
