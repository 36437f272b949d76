#include "providers/bedrock_served_block.hpp"

#include "core/ascii.hpp"
#include "json/check.hpp"
#include "json/patch.hpp"
#include "json/writer.hpp"
#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

bool BedrockServedBlock::begins(std::string_view member, json::Value start) {
  if (start.type() != json::Type::object) return false;
  return member == "toolResult" || (member == "toolUse" && JsonFields(start).text("type") == "server_tool_use");
}

BedrockServedBlock::BedrockServedBlock(std::string_view member, json::Value start)
    : member_(member), start_(start.raw().value_or("")) {}

void BedrockServedBlock::results(json::Value list) {
  list.elements([this](json::Value element) {
    const auto raw = element.raw();
    if (!raw) return;
    if (!results_.empty()) results_ += ',';
    results_ += *raw;
  });
}

std::optional<std::string> BedrockServedBlock::as_json() const {
  if (start_.empty()) return std::nullopt;
  std::string block = start_;
  if (member_ == "toolUse") {
    const bool none = ascii::is_blank(input_);
    if (!none && json::find_fault(input_)) return std::nullopt;
    block = json::set_at(block, "/input", none ? std::string_view("{}") : std::string_view(input_));
  } else {
    block = json::set_at(block, "/content", "[" + results_ + "]");
  }
  std::string whole = "{" + json::quoted(member_) + ":" + block + "}";
  // What was put in may be nested as deep as a block by itself may be.
  if (json::find_fault(whole)) return std::nullopt;
  return whole;
}

}  // namespace antiphon::inline v0::codec
