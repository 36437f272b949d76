#include "fields.hpp"
#include "scenario_reader.hpp"

namespace antiphon::inline v0::simulator {
namespace {

void read_text(Fields& fields, Block& block, std::vector<std::string> pieces) {
  block.kind = Block::Kind::text;
  block.pieces = std::move(pieces);
  const json::value* citations = fields.any("citations");
  if (!citations) return;
  if (!citations->is_array()) fail_at(fields.place("citations"), "expected array");
  block.citations = citations->get_array();
}

void read_reasoning(Fields& fields, Block& block, std::vector<std::string> pieces) {
  block.kind = Block::Kind::reasoning;
  block.pieces = std::move(pieces);
  block.signature = fields.text("signature").value_or("");
  block.is_raw = fields.flag("raw");
}

void read_hidden_reasoning(Fields& fields, Block& block, const json::value& value) {
  block.kind = Block::Kind::hidden_reasoning;
  const bool is_ours = value.is_bool() && value.get_bool();
  if (!is_ours) block.signature = fields.text("hidden_reasoning").value_or("");
}

void read_extra(Fields& fields, Block& block, const json::value& value) {
  block.kind = Block::Kind::extra;
  block.extra = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  const json::value parsed = parse_scenario_text(block.extra, fields.place("extra"));
  if (!parsed.is_object()) fail_at(fields.place("extra"), "expected object, or its JSON as a string");
}

Block read_block(const json::value& value, const std::string& place, std::size_t number) {
  Fields fields(value, place);
  Block block;
  int kinds = 0;
  if (auto text = read_pieces(fields, "text")) {
    ++kinds;
    read_text(fields, block, std::move(*text));
  }
  if (auto reasoning = read_pieces(fields, "reasoning")) {
    ++kinds;
    read_reasoning(fields, block, std::move(*reasoning));
  }
  if (const json::value* hidden = fields.any("hidden_reasoning")) {
    ++kinds;
    read_hidden_reasoning(fields, block, *hidden);
  }
  if (auto refusal = read_pieces(fields, "refusal")) {
    ++kinds;
    block.kind = Block::Kind::refusal;
    block.pieces = std::move(*refusal);
  }
  if (const json::value* call = fields.any("tool_call")) {
    ++kinds;
    block.kind = Block::Kind::call;
    block.call = read_tool_call(*call, fields.place("tool_call"), number);
  }
  if (const json::value* extra = fields.any("extra")) {
    ++kinds;
    read_extra(fields, block, *extra);
  }
  if (kinds != 1) fail_at(place, "expected one of text, reasoning, hidden_reasoning, refusal, tool_call and extra");
  fields.done();
  return block;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& pieces) {
  to.insert(to.end(), pieces.begin(), pieces.end());
}

/// For the protocols that know no blocks.
void add_to_fields(const Block& block, Script::ScriptedChoice& choice) {
  switch (block.kind) {
    case Block::Kind::reasoning:
      append(choice.reasoning, block.pieces);
      break;
    case Block::Kind::text:
      if (!choice.text) choice.text.emplace();
      append(*choice.text, block.pieces);
      break;
    case Block::Kind::refusal:
      append(choice.refusal, block.pieces);
      break;
    case Block::Kind::call:
      choice.tool_calls.push_back(block.call);
      break;
    case Block::Kind::hidden_reasoning:
    case Block::Kind::extra:
      break;
  }
}

}  // namespace

void read_blocks(Fields& fields, Script::ScriptedChoice& choice) {
  const json::value* value = fields.any("blocks");
  if (!value) return;
  const std::string place = fields.place("blocks");
  const bool has_more = choice.text || choice.generated || !choice.reasoning.empty() || !choice.refusal.empty() ||
                        !choice.tool_calls.empty();
  if (has_more) fail_at(place, "blocks exclude text, chunks, generate, reasoning, refusal and tool_calls");
  if (!value->is_array() || value->get_array().empty()) fail_at(place, "expected array of at least one");
  for (const json::value& item : value->get_array()) {
    const std::size_t number = choice.tool_calls.size() + 1;
    choice.blocks.push_back(read_block(item, place_in(place, std::to_string(choice.blocks.size())), number));
    add_to_fields(choice.blocks.back(), choice);
  }
}

}  // namespace antiphon::inline v0::simulator
