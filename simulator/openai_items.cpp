#include "openai_items.hpp"

#include <algorithm>

#include "blocks.hpp"
#include "openai_item_id.hpp"
#include "openai_service.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;
using ItemKind = OutputItem::Kind;

bool is_said(const Block& block) { return block.kind == Kind::text || block.kind == Kind::refusal; }

std::string json_text(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string text_in(const Block& block) { return block.generated ? std::string(generated_mark) : whole_text(block); }

std::string status_text(ItemState state) {
  return state == ItemState::begun ? "in_progress" : state == ItemState::cut ? "incomplete" : "completed";
}

std::string head(std::string_view type, const std::string& id) {
  return R"({"type":")" + std::string(type) + R"(","id":)" + json_text(id);
}

bool is_custom(const Ask& ask, const std::string& name) {
  return std::any_of(ask.tools.begin(), ask.tools.end(),
                     [&](const Tool& tool) { return tool.is_custom && tool.name == name; });
}

/// Reasoning models always have a reasoning item, though it may say nothing.
std::vector<Block> prepared(const Ask& ask, const Choice& choice) {
  std::vector<Block> blocks = blocks_of(choice);
  for (Block& block : blocks) {
    if (block.kind == Kind::reasoning && ask.hides_reasoning && !block.is_raw) block.pieces.clear();
  }
  return blocks;
}

}  // namespace

ResponseOutput::ResponseOutput(const Ask& ask, const Answer& answer)
    : ask_(ask), salt_(hash(answer.id)), blocks_(prepared(ask, answer.choices.front())) {
  bool after_reasoning = false;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    add_block(i, after_reasoning);
    after_reasoning = is_thought(blocks_[i]);
  }
  add_phases();
}

bool ResponseOutput::joins_last_item(const Block& block) const {
  if (items_.empty()) return false;
  const OutputItem& item = items_.back();
  if (is_said(block)) return item.kind == ItemKind::message;
  const Block& first = blocks_[item.blocks.front()];
  return block.kind == Kind::reasoning && first.kind == Kind::reasoning && block.is_raw == first.is_raw;
}

void ResponseOutput::add_block(std::size_t index, bool after_reasoning) {
  const Block& block = blocks_[index];
  if (!joins_last_item(block)) {
    OutputItem item;
    std::string_view prefix = "msg_";
    if (is_thought(block)) {
      item.kind = ItemKind::reasoning;
      prefix = "rs_";
    } else if (block.kind == Kind::call) {
      const bool custom = is_custom(ask_, block.call.name);
      item.kind = custom ? ItemKind::custom_call : ItemKind::function_call;
      prefix = custom ? "ctc_" : "fc_";
    } else if (block.kind == Kind::extra) {
      item.kind = ItemKind::hosted;
    }
    if (item.kind != ItemKind::hosted) item.id = make_item_id(prefix, salt_ + items_.size(), after_reasoning);
    items_.push_back(std::move(item));
  }
  items_.back().blocks.push_back(index);
  item_of_.push_back(items_.size() - 1);
}

/// What is said before a call is a comment, the rest the answer.
void ResponseOutput::add_phases() {
  bool call_follows = false;
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    if (item->kind == ItemKind::message) item->phase = call_follows ? "commentary" : "final_answer";
    call_follows |= item->kind == ItemKind::function_call || item->kind == ItemKind::custom_call;
  }
}

std::size_t ResponseOutput::part_of(std::size_t block) const { return block - items_[item_of_[block]].blocks.front(); }

std::string ResponseOutput::item(std::size_t index, const std::string& id, ItemState state) const {
  const OutputItem& item = items_[index];
  switch (item.kind) {
    case ItemKind::reasoning:
      return reasoning(item, id, state);
    case ItemKind::message:
      return message(item, id, state);
    case ItemKind::function_call:
    case ItemKind::custom_call:
      return call(item, id, state);
    case ItemKind::hosted:
      break;
  }
  return hosted(item, state);
}

std::string ResponseOutput::reasoning(const OutputItem& item, const std::string& id, ItemState state) const {
  const Block& block = blocks_[item.blocks.front()];
  std::string parts;
  for (const std::size_t each : item.blocks) {
    const bool has_text = state != ItemState::begun && !blocks_[each].pieces.empty();
    if (has_text) parts += (parts.empty() ? "" : ",") + part(each, true);
  }
  std::string out = head("reasoning", id) + R"(,"summary":[)" + (block.is_raw ? "" : parts) + ']';
  if (block.is_raw && !parts.empty()) out += R"(,"content":[)" + parts + ']';
  std::string encrypted = block.signature;
  const bool is_hidden = block.kind == Kind::hidden_reasoning;
  if (encrypted.empty() && (ask_.encrypts_reasoning || is_hidden)) {
    encrypted = encrypted_reasoning(salt_ + item.blocks.front(), state == ItemState::begun);
  }
  return out + R"(,"encrypted_content":)" + (encrypted.empty() ? "null" : json_text(encrypted)) + '}';
}

std::string ResponseOutput::message(const OutputItem& item, const std::string& id, ItemState state) const {
  std::string out = head("message", id) + R"(,"role":"assistant","status":")" + status_text(state);
  out += R"(","phase":")" + item.phase + R"(","content":[)";
  if (state != ItemState::begun) {
    for (const std::size_t block : item.blocks) out += (block == item.blocks.front() ? "" : ",") + part(block, true);
  }
  return out + "]}";
}

std::string ResponseOutput::call(const OutputItem& item, const std::string& id, ItemState state) const {
  const ToolCall& call = blocks_[item.blocks.front()].call;
  const bool custom = item.kind == ItemKind::custom_call;
  std::string out = head(custom ? "custom_tool_call" : "function_call", id);
  out += R"(,"call_id":)" + json_text(call.id) + R"(,"name":)" + json_text(call.name);
  out += custom ? R"(,"input":)" : R"(,"arguments":)";
  out += state == ItemState::begun ? R"("")" : json_text(call.arguments);
  return out + R"(,"status":")" + status_text(state) + "\"}";
}

/// As the scenario has it; at its beginning it is in progress.
std::string ResponseOutput::hosted(const OutputItem& item, ItemState state) const {
  const std::string& extra = blocks_[item.blocks.front()].extra;
  json::value parsed = parse_json(extra);
  if (state != ItemState::begun || !parsed.get_object().contains("status")) return extra;
  parsed.get_object()["status"] = "in_progress";
  return json::serialize(parsed);
}

std::string ResponseOutput::part(std::size_t index, bool whole) const {
  const Block& block = blocks_[index];
  const std::string text = json_text(whole ? text_in(block) : "");
  if (block.kind == Kind::refusal) return R"({"type":"refusal","refusal":)" + text + '}';
  if (block.kind == Kind::reasoning) {
    return (block.is_raw ? R"({"type":"reasoning_text","text":)" : R"({"type":"summary_text","text":)") + text + '}';
  }
  std::string out = R"({"type":"output_text","text":)" + text + R"(,"annotations":)";
  out += whole ? json::serialize(block.citations) : "[]";
  return out + R"(,"logprobs":)" + logprobs(whole ? block.pieces : std::vector<std::string>()) + '}';
}

std::string ResponseOutput::logprobs(const std::vector<std::string>& pieces) const {
  json::array out;
  if (ask_.logprobs) {
    for (const std::string& piece : pieces) out.push_back(logprob_of(piece));
  }
  return json::serialize(out);
}

}  // namespace antiphon::inline v0::simulator
