#include "bedrock_answer.hpp"

#include "bedrock_messages.hpp"
#include "blocks.hpp"
#include "seal.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;

/// The blocks with all that goes out in them. A refusal is text here.
std::vector<Block> blocks_for(const Answer& answer) {
  std::vector<Block> blocks = blocks_of(answer.only());
  for (Block& block : blocks) {
    const bool needs_signature = block.signature.empty();
    if (block.kind == Kind::reasoning && needs_signature) {
      block.signature = signature_of(whole_text(block), hash(answer.id));
    }
    if (block.kind == Kind::hidden_reasoning && needs_signature) {
      block.signature = signature_of(signed_hidden, hash(answer.id));
    }
    if (block.kind == Kind::call) block.call.id = call_id_with("tooluse_", block.call.id);
  }
  return blocks;
}

std::string stop_reason(const Choice& choice) {
  const std::string reason = choice.finish_reason.value_or("");
  if (reason == "stop") return choice.stop_sequence.empty() ? "end_turn" : "stop_sequence";
  if (reason == "length") return "max_tokens";
  if (reason == "tool_calls") return "tool_use";
  if (reason == "content_filter") return "content_filtered";
  return reason;
}

/// What was read from a cache or written to it is not in `inputTokens`.
json::object bedrock_usage(const Answer& answer) {
  if (answer.usage) return *answer.usage;
  const std::uint64_t cached = answer.cached_tokens + answer.cache_write_tokens;
  const std::uint64_t input = answer.prompt_tokens - std::min(cached, answer.prompt_tokens);
  json::object usage;
  usage["inputTokens"] = input;
  usage["outputTokens"] = answer.completion_tokens;
  usage["totalTokens"] = input + answer.completion_tokens;
  usage["cacheReadInputTokens"] = answer.cached_tokens;
  usage["cacheWriteInputTokens"] = answer.cache_write_tokens;
  return usage;
}

/// `,"usage":{…},"metrics":{…}` and what the request wants to see again.
std::string final_fields(const Ask& ask, const Answer& answer) {
  std::string out = R"("metrics":{"latencyMs":)" + std::to_string(16 * answer.completion_tokens + 300) + '}';
  if (!answer.without_usage) out = R"("usage":)" + json::serialize(bedrock_usage(answer)) + ',' + out;
  for (const std::string_view name : {"performanceConfig", "serviceTier"}) {
    const json::value* value = member(ask.settings, name);
    if (value) out.append(",\"").append(name).append("\":").append(json::serialize(*value));
  }
  return out;
}

/// `"stopReason":…` and the fields of the model that the request names.
std::string stop_fields(const Ask& ask, const Choice& choice) {
  std::string out;
  if (const std::string reason = stop_reason(choice); !reason.empty()) {
    append_member(out, "stopReason", reason);
  }
  const json::value* paths = ask.settings.if_contains("paths");
  if (!paths) return out;
  const bool has_stop = !choice.stop_sequence.empty();
  json::object fields;
  for (const json::value& path : paths->get_array()) {
    if (path == "/stop_sequence")
      fields["stop_sequence"] = has_stop ? json::value(json::string(choice.stop_sequence)) : json::value();
  }
  out += out.empty() ? "" : ",";
  return out + R"("additionalModelResponseFields":)" + json::serialize(fields);
}

std::string whole_block(const Block& block) {
  const std::string text = block.generated ? std::string(generated_mark) : whole_text(block);
  switch (block.kind) {
    case Kind::reasoning:
      return R"({"reasoningContent":{"reasoningText":{)" + quoted_member("text", text) + ',' +
             quoted_member("signature", block.signature) + "}}}";
    case Kind::hidden_reasoning:
      return R"({"reasoningContent":{)" + quoted_member("redactedContent", block.signature) + "}}";
    case Kind::call:
      return R"({"toolUse":{)" + quoted_member("toolUseId", block.call.id) + ',' +
             quoted_member("name", block.call.name) + R"(,"input":)" + block.call.arguments + "}}";
    case Kind::extra:
      return block.extra;
    case Kind::text:
    case Kind::refusal:
      break;
  }
  return '{' + quoted_member("text", text) + '}';
}

class ConverseSource : public BlockSource {
 public:
  ConverseSource(const Ask& ask, const Answer& answer)
      : BlockSource(blocks_for(answer)), ask_(ask), answer_(answer), padding_(hash(answer.id, 0x70)) {}

 protected:
  void begin() override { give_event(Event::Kind::start, "messageStart", R"("role":"assistant")"); }

  /// Only tools have a start; the rest begins with its first delta.
  void open(std::size_t index) override {
    const Block& block = blocks()[index];
    if (block.kind == Kind::call) {
      give_event(Event::Kind::content, "contentBlockStart",
                 place(index) + R"("start":{"toolUse":{)" + quoted_member("toolUseId", block.call.id) + ',' +
                     quoted_member("name", block.call.name) + "}}");
    } else if (block.kind == Kind::extra) {
      give_event(Event::Kind::content, "contentBlockDelta", place(index) + R"("delta":)" + block.extra);
    }
  }

  void piece(std::size_t index, const std::string& text) override {
    const Block& block = blocks()[index];
    std::string delta = quoted_member("text", text);
    if (block.kind == Kind::reasoning) delta = R"("reasoningContent":{)" + delta + '}';
    if (block.kind == Kind::call) delta = R"("toolUse":{)" + quoted_member("input", text) + '}';
    give_delta(index, delta);
  }

  void close(std::size_t index) override {
    const Block& block = blocks()[index];
    const bool is_hidden = block.kind == Kind::hidden_reasoning;
    if (is_hidden || block.kind == Kind::reasoning) {
      const std::string_view name = is_hidden ? "redactedContent" : "signature";
      give_delta(index, R"("reasoningContent":{)" + quoted_member(name, block.signature) + '}');
    }
    give_event(Event::Kind::other, "contentBlockStop", R"("contentBlockIndex":)" + std::to_string(index));
  }

  void end() override {
    give_event(Event::Kind::finish, "messageStop", stop_fields(ask_, answer_.only()));
    if (!answer_.without_usage) give_event(Event::Kind::usage, "metadata", final_fields(ask_, answer_));
  }

 private:
  static std::string place(std::size_t index) { return R"("contentBlockIndex":)" + std::to_string(index) + ','; }

  void give_delta(std::size_t index, const std::string& delta) {
    give_event(Event::Kind::content, "contentBlockDelta", place(index) + R"("delta":{)" + delta + '}');
  }

  /// Each event is padded, so that its size does not tell what is in it.
  void give_event(Event::Kind kind, std::string name, std::string members) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    members.insert(0, "{");
    members += members.size() > 1 ? "," : "";
    members.append(R"("p":")").append(letters.substr(0, 1 + padding_.below(letters.size()))).append("\"}");
    give(kind, std::move(members), std::move(name));
  }

  Ask ask_;
  Answer answer_;
  Random padding_;
};

}  // namespace

std::string bedrock_whole(const Ask& ask, const Answer& answer) {
  std::string content;
  for (const Block& block : blocks_for(answer)) content += (content.empty() ? "" : ",") + whole_block(block);
  std::string out = R"({"output":{"message":{"role":"assistant","content":[)" + content + "]}}";
  const std::string stop = stop_fields(ask, answer.only());
  return out + (stop.empty() ? "" : ",") + stop + ',' + final_fields(ask, answer) + '}';
}

std::unique_ptr<EventSource> bedrock_events(const Ask& ask, const Answer& answer) {
  return std::make_unique<ConverseSource>(ask, answer);
}

}  // namespace antiphon::inline v0::simulator
