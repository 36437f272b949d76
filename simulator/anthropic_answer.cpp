#include "anthropic_answer.hpp"

#include <algorithm>

#include "blocks.hpp"
#include "seal.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;

/// Server tools' uses and compactions stream; other blocks arrive whole.
void prepare_extra(Block& block) {
  const json::value parsed = parse_json(block.extra);
  const json::object& object = parsed.get_object();
  const std::string type = text_member(object, "type");
  const json::value* input = member(object, "input");
  if ((type == "server_tool_use" || type == "mcp_tool_use") && input) {
    block.pieces = split_into_pieces(json::serialize(*input));
  }
  if (type == "compaction") block.pieces = {text_member(object, "content")};
}

/// The blocks with all that goes out in them.
std::vector<Block> claude_blocks(const Ask& ask, const Answer& answer) {
  std::vector<Block> blocks = blocks_of(answer.only());
  std::erase_if(blocks, [](const Block& block) { return block.kind == Kind::refusal; });
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    Block& block = blocks[i];
    const std::uint64_t salt = hash(answer.id, i);
    const bool needs_signature = block.signature.empty();
    if (block.kind == Kind::reasoning) {
      if (ask.hides_reasoning) block.pieces.clear();
      if (needs_signature) block.signature = signature_of(whole_text(block), salt);
    } else if (block.kind == Kind::hidden_reasoning) {
      if (needs_signature) block.signature = signature_of("hidden", salt);
    } else if (block.kind == Kind::call) {
      block.call.id = call_id_with("toolu_", block.call.id);
      if (block.call.arguments == "{}") block.pieces.clear();
    } else if (block.kind == Kind::extra) {
      prepare_extra(block);
    }
  }
  return blocks;
}

std::string call_head(const Block& block) {
  std::string out = R"({"type":"tool_use")";
  append_member(out, "id", block.call.id);
  append_member(out, "name", block.call.name);
  return out + R"(,"input":)";
}

/// A block as it stands in a whole message. Arguments that are no JSON go out as the scenario has them.
std::string claude_block(const Block& block) {
  std::string out;
  switch (block.kind) {
    case Kind::reasoning:
      out = R"({"type":"thinking")";
      append_member(out, "thinking", whole_text(block));
      append_member(out, "signature", block.signature);
      return out + '}';
    case Kind::hidden_reasoning:
      out = R"({"type":"redacted_thinking")";
      append_member(out, "data", block.signature);
      return out + '}';
    case Kind::text:
      out = R"({"type":"text")";
      append_member(out, "text", block.generated ? std::string(generated_mark) : whole_text(block));
      if (!block.citations.empty()) out += R"(,"citations":)" + json::serialize(block.citations);
      return out + '}';
    case Kind::call:
      return call_head(block) + block.call.arguments + '}';
    case Kind::extra:
    case Kind::refusal:
      break;
  }
  return block.extra;
}

/// A block as its stream begins with it.
std::string first_block(const Block& block) {
  if (block.kind == Kind::reasoning) return R"({"type":"thinking","thinking":"","signature":""})";
  if (block.kind == Kind::text) {
    return block.citations.empty() ? R"({"type":"text","text":""})" : R"({"type":"text","text":"","citations":[]})";
  }
  if (block.kind == Kind::call) return call_head(block) + "{}}";
  if (block.kind != Kind::extra || block.pieces.empty()) return claude_block(block);
  json::value begun = parse_json(block.extra);
  json::object& object = begun.get_object();
  if (object.contains("input")) {
    object["input"] = json::object();
  } else {
    object["content"] = nullptr;
  }
  return json::serialize(begun);
}

/// Type and field of the deltas of a block.
std::pair<std::string_view, std::string_view> delta_of(const Block& block) {
  if (block.kind == Kind::reasoning) return {"thinking_delta", "thinking"};
  if (block.kind == Kind::text) return {"text_delta", "text"};
  const bool is_compaction = block.kind == Kind::extra && block.extra.find("\"compaction\"") != std::string::npos;
  if (is_compaction) return {"compaction_delta", "content"};
  return {"input_json_delta", "partial_json"};
}

std::string claude_stop_reason(const Choice& choice) {
  const std::string reason = choice.finish_reason.value_or("");
  if (reason == "content_filter" || (reason == "stop" && !choice.refusal.empty())) return "refusal";
  if (reason == "stop") return choice.stop_sequence.empty() ? "end_turn" : "stop_sequence";
  if (reason == "length") return "max_tokens";
  if (reason == "tool_calls") return "tool_use";
  return reason;
}

void append_or_null(std::string& out, const std::string& text) {
  if (text.empty()) {
    out += "null";
  } else {
    append_quoted(out, text);
  }
}

/// `"stop_reason":…,"stop_sequence":…,"stop_details":…,"container":null`.
std::string claude_stop_fields(const Choice& choice) {
  std::string out = R"("stop_reason":)";
  append_or_null(out, claude_stop_reason(choice));
  out += R"(,"stop_sequence":)";
  append_or_null(out, choice.stop_sequence);
  out += R"(,"stop_details":)";
  if (claude_stop_reason(choice) == "refusal") {
    std::string explanation;
    for (const std::string& piece : choice.refusal) explanation += piece;
    out += R"({"type":"refusal","category":null,"explanation":)";
    append_or_null(out, explanation);
    out += '}';
  } else {
    out += "null";
  }
  return out + R"(,"container":null)";
}

std::uint64_t count_server_uses(const std::vector<Block>& blocks, std::string_view tool) {
  return static_cast<std::uint64_t>(std::count_if(blocks.begin(), blocks.end(), [&](const Block& block) {
    if (block.kind != Kind::extra) return false;
    const json::value parsed = parse_json(block.extra);
    return text_member(parsed.get_object(), "type") == "server_tool_use" &&
           text_member(parsed.get_object(), "name") == tool;
  }));
}

/// Counts at the beginning, where little was written yet, or at the end. Cached tokens are not among `input_tokens`.
json::object usage_of(const Ask& ask, const Answer& answer, const std::vector<Block>& blocks, bool at_end) {
  if (answer.usage) return *answer.usage;
  const std::uint64_t cached = answer.cached_tokens + answer.cache_write_tokens;
  const std::uint64_t for_an_hour = std::min(ask.long_cache_tokens, answer.cache_write_tokens);
  json::object usage;
  usage["input_tokens"] = answer.prompt_tokens - std::min(cached, answer.prompt_tokens);
  usage["cache_creation_input_tokens"] = answer.cache_write_tokens;
  usage["cache_read_input_tokens"] = answer.cached_tokens;
  usage["cache_creation"] = {{"ephemeral_5m_input_tokens", answer.cache_write_tokens - for_an_hour},
                             {"ephemeral_1h_input_tokens", for_an_hour}};
  usage["output_tokens"] = at_end ? answer.completion_tokens : std::min<std::uint64_t>(1, answer.completion_tokens);
  if (at_end) usage["output_tokens_details"] = {{"thinking_tokens", answer.reasoning_tokens}};
  const std::uint64_t searches = count_server_uses(blocks, "web_search");
  const std::uint64_t fetches = count_server_uses(blocks, "web_fetch");
  if (at_end && searches + fetches > 0) {
    usage["server_tool_use"] = {{"web_search_requests", searches}, {"web_fetch_requests", fetches}};
  }
  usage["service_tier"] = "standard";
  usage["inference_geo"] = "not_available";
  return usage;
}

std::string message_head(const Answer& answer) {
  std::string out = "{";
  append_member(out, "id", "msg_" + answer.id);
  out += R"(,"type":"message","role":"assistant")";
  append_member(out, "model", answer.model);
  return out + R"(,"content":[)";
}

class ClaudeMessageSource : public BlockSource {
 public:
  ClaudeMessageSource(const Ask& ask, const Answer& answer)
      : BlockSource(claude_blocks(ask, answer)), ask_(ask), answer_(answer) {}

 protected:
  void begin() override {
    std::string data = R"({"type":"message_start","message":)" + message_head(answer_);
    data += R"(],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null)";
    data += usage_member(false) + "}}";
    give(Event::Kind::start, std::move(data));
  }

  void open(std::size_t index) override {
    const Block& block = blocks()[index];
    give(Event::Kind::other, head("content_block_start", index) + R"(,"content_block":)" + first_block(block) + '}');
    if (index == 0) give(Event::Kind::other, R"({"type":"ping"})");
    if (block.kind == Kind::call) piece(index, "");
  }

  void piece(std::size_t index, const std::string& text) override {
    const auto [type, field] = delta_of(blocks()[index]);
    give(Event::Kind::content, delta(index, type, field, text));
  }

  void close(std::size_t index) override {
    const Block& block = blocks()[index];
    for (const json::value& citation : block.citations) {
      give(Event::Kind::other, head("content_block_delta", index) +
                                   R"(,"delta":{"type":"citations_delta","citation":)" + json::serialize(citation) +
                                   "}}");
    }
    if (block.kind == Kind::reasoning) {
      give(Event::Kind::other, delta(index, "signature_delta", "signature", block.signature));
    }
    give(Event::Kind::other, head("content_block_stop", index) + '}');
  }

  void end() override {
    const std::string stop = claude_stop_fields(answer_.only());
    give(Event::Kind::finish, R"({"type":"message_delta","delta":{)" + stop + '}' + usage_member(true) + '}');
    give(Event::Kind::done, R"({"type":"message_stop"})");
  }

 private:
  static std::string head(std::string_view type, std::size_t index) {
    return R"({"type":")" + std::string(type) + R"(","index":)" + std::to_string(index);
  }

  static std::string delta(std::size_t index, std::string_view type, std::string_view field, std::string_view text) {
    std::string out = head("content_block_delta", index);
    out.reserve(out.size() + text.size() + 64);
    out.append(R"(,"delta":{"type":")").append(type).append("\"");
    append_member(out, field, text);
    return out + "}}";
  }

  std::string usage_member(bool at_end) const {
    if (answer_.without_usage) return "";
    return R"(,"usage":)" + json::serialize(usage_of(ask_, answer_, blocks(), at_end));
  }

  Ask ask_;
  Answer answer_;
};

}  // namespace

std::string anthropic_message(const Ask& ask, const Answer& answer) {
  const std::vector<Block> blocks = claude_blocks(ask, answer);
  std::string out = message_head(answer);
  for (std::size_t i = 0; i < blocks.size(); ++i) out += (i > 0 ? "," : "") + claude_block(blocks[i]);
  out += "]," + claude_stop_fields(answer.only());
  if (!answer.without_usage) out += R"(,"usage":)" + json::serialize(usage_of(ask, answer, blocks, true));
  return out + '}';
}

std::unique_ptr<EventSource> anthropic_events(const Ask& ask, const Answer& answer) {
  return std::make_unique<ClaudeMessageSource>(ask, answer);
}

}  // namespace antiphon::inline v0::simulator
