#include "cohere_answer.hpp"

#include <algorithm>

#include "blocks.hpp"
#include "text.hpp"
#include "uuid.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;

/// What the provider adds to each prompt: counted, but not billed.
constexpr std::uint64_t own_prompt_tokens = 64;

std::string cohere_finish_reason(const Choice& choice) {
  const std::string reason = choice.finish_reason.value_or("");
  if (reason == "stop") return choice.stop_sequence.empty() ? "COMPLETE" : "STOP_SEQUENCE";
  if (reason == "length") return "MAX_TOKENS";
  if (reason == "tool_calls") return "TOOL_CALL";
  return reason;
}

json::object cohere_usage(const Answer& answer) {
  if (answer.usage) return *answer.usage;
  json::object usage;
  usage["billed_units"] = {{"input_tokens", answer.prompt_tokens}, {"output_tokens", answer.completion_tokens}};
  usage["tokens"] = {{"input_tokens", answer.prompt_tokens + own_prompt_tokens},
                     {"output_tokens", answer.completion_tokens}};
  usage["cached_tokens"] = answer.cached_tokens;
  return usage;
}

json::object cohere_logprobs(const std::string& piece) {
  return {{"text", piece},
          {"token_ids", json::array{hash(piece) % 256000}},
          {"logprobs", json::array{log_probability_of(piece)}}};
}

std::uint64_t characters_in(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// One for each document, of one word after the other.
json::array usual_citations(const Ask& ask, const std::vector<std::string>& pieces, std::size_t content) {
  json::array citations;
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < std::min(ask.sources.size(), pieces.size()); ++i) {
    const std::string_view word = trim(pieces[i]);
    const std::uint64_t start = begin + characters_in(pieces[i]) - characters_in(word);
    begin += characters_in(pieces[i]);
    citations.push_back({{"start", start},
                         {"end", begin},
                         {"text", json::string_view(word.data(), word.size())},
                         {"sources", json::array{ask.sources[i]}},
                         {"content_index", content},
                         {"type", "TEXT_CONTENT"}});
  }
  return citations;
}

/// The blocks in the order in which they go out. With tool calls all text is the plan for them.
struct Content {
  std::vector<Block> blocks;
  bool has_calls = false;

  Content(const Ask& ask, const Answer& answer) : blocks(blocks_of(answer.only())) {
    std::erase_if(blocks, [](const Block& block) { return block.kind == Kind::hidden_reasoning; });
    has_calls = std::any_of(blocks.begin(), blocks.end(), [](const Block& block) { return block.kind == Kind::call; });
    const auto text =
        std::find_if(blocks.begin(), blocks.end(), [](const Block& block) { return block.kind == Kind::text; });
    if (text == blocks.end() || has_calls) return;
    const auto index = static_cast<std::size_t>(text - blocks.begin());
    if (text->citations.empty()) text->citations = usual_citations(ask, text->pieces, index);
  }
};

std::string call_text(const ToolCall& call, std::string_view arguments) {
  std::string out = "{";
  append_member(out, "id", call.id);
  out += R"(,"type":"function","function":{)";
  append_member(out, "name", call.name);
  append_member(out, "arguments", arguments);
  return out + "}}";
}

std::string_view type_of(const Block& block) { return block.kind == Kind::reasoning ? "thinking" : "text"; }

std::string content_text(const Block& block, std::string_view text) {
  std::string out = R"({"type":")" + std::string(type_of(block)) + '"';
  append_member(out, type_of(block), text);
  return out + '}';
}

void append_item(std::string& list, const std::string& item) { list += (list.empty() ? "" : ",") + item; }

std::string whole_message(const Content& content) {
  std::string items;
  std::string calls;
  std::string plan;
  json::array citations;
  for (const Block& block : content.blocks) {
    const std::string text = block.generated ? std::string(generated_mark) : whole_text(block);
    if (block.kind == Kind::call) {
      append_item(calls, call_text(block.call, block.call.arguments));
    } else if (block.kind == Kind::extra) {
      append_item(items, block.extra);
    } else if (content.has_calls && block.kind != Kind::reasoning) {
      plan += text;
    } else {
      append_item(items, content_text(block, text));
    }
    citations.insert(citations.end(), block.citations.begin(), block.citations.end());
  }
  std::string out = R"({"role":"assistant")";
  if (!plan.empty()) append_member(out, "tool_plan", plan);
  if (!calls.empty()) out += R"(,"tool_calls":[)" + calls + ']';
  out += items.empty() && content.has_calls ? R"(,"content":null)" : R"(,"content":[)" + items + ']';
  if (!citations.empty()) out += R"(,"citations":)" + json::serialize(citations);
  return out + '}';
}

class CohereMessageSource : public BlockSource {
 public:
  CohereMessageSource(const Ask& ask, const Answer& answer) : CohereMessageSource(ask, answer, Content(ask, answer)) {}

 protected:
  void begin() override {
    std::string data = "{";
    append_member(data, "id", uuid_of(hash(answer_.id)));
    give(Event::Kind::start, data + R"(,"type":"message-start","delta":{"message":{"role":"assistant","content":[],)"
                                    R"("tool_plan":"","tool_calls":[],"citations":[]}}})");
  }

  void open(std::size_t index) override {
    const Block& block = blocks()[index];
    if (block.kind == Kind::call) {
      give_delta("tool-call-start", calls_, R"("tool_calls":)" + call_text(block.call, ""), Event::Kind::content);
    } else if (block.kind == Kind::extra) {
      give_delta("content-start", contents_, R"("content":)" + block.extra);
    } else if (!is_plan(block)) {
      give_delta("content-start", contents_, R"("content":)" + content_text(block, ""));
    }
  }

  void piece(std::size_t index, const std::string& text) override {
    const Block& block = blocks()[index];
    if (block.kind == Kind::call) {
      give_delta("tool-call-delta", calls_, R"("tool_calls":{"function":{)" + quoted_member("arguments", text) + "}}",
                 Event::Kind::content);
    } else if (is_plan(block)) {
      give(Event::Kind::content,
           R"({"type":"tool-plan-delta","delta":{"message":{)" + quoted_member("tool_plan", text) + "}}}");
    } else {
      const bool has_logprobs = ask_.logprobs && block.kind == Kind::text;
      give_delta("content-delta", contents_, R"("content":{)" + quoted_member(type_of(block), text) + '}',
                 Event::Kind::content, has_logprobs ? R"(,"logprobs":)" + json::serialize(cohere_logprobs(text)) : "");
    }
  }

  void close(std::size_t index) override {
    const Block& block = blocks()[index];
    if (is_plan(block)) return;
    for (const json::value& citation : block.citations) {
      give_delta("citation-start", citations_, R"("citations":)" + json::serialize(citation));
      give_end("citation-end", citations_++);
    }
    block.kind == Kind::call ? give_end("tool-call-end", calls_++) : give_end("content-end", contents_++);
  }

  void end() override {
    std::string delta;
    if (const std::string reason = cohere_finish_reason(answer_.only()); !reason.empty()) {
      append_member(delta, "finish_reason", reason);
    }
    if (!answer_.without_usage) append_item(delta, R"("usage":)" + json::serialize(cohere_usage(answer_)));
    give(Event::Kind::finish, R"({"type":"message-end","delta":{)" + delta + "}}");
  }

 private:
  CohereMessageSource(const Ask& ask, const Answer& answer, Content content)
      : BlockSource(std::move(content.blocks)), ask_(ask), answer_(answer), has_calls_(content.has_calls) {}

  bool is_plan(const Block& block) const {
    return has_calls_ && (block.kind == Kind::text || block.kind == Kind::refusal);
  }

  void give_delta(const std::string& type, std::size_t index, const std::string& message,
                  Event::Kind kind = Event::Kind::other, const std::string& more = "") {
    give(kind, R"({"type":")" + type + R"(","index":)" + std::to_string(index) + R"(,"delta":{"message":{)" + message +
                   "}}" + more + '}');
  }

  void give_end(const std::string& type, std::size_t index) {
    give(Event::Kind::other, R"({"type":")" + type + R"(","index":)" + std::to_string(index) + '}');
  }

  Ask ask_;
  Answer answer_;
  bool has_calls_;
  std::size_t contents_ = 0;
  std::size_t calls_ = 0;
  std::size_t citations_ = 0;
};

}  // namespace

std::string cohere_whole(const Ask& ask, const Answer& answer) {
  std::string out = "{";
  append_member(out, "id", uuid_of(hash(answer.id)));
  if (const std::string reason = cohere_finish_reason(answer.only()); !reason.empty()) {
    append_member(out, "finish_reason", reason);
  }
  out += R"(,"message":)" + whole_message(Content(ask, answer));
  if (!answer.without_usage) out += R"(,"usage":)" + json::serialize(cohere_usage(answer));
  if (ask.logprobs) {
    json::array logprobs;
    for (const std::string& piece : answer.only().text) logprobs.push_back(cohere_logprobs(piece));
    out += R"(,"logprobs":)" + json::serialize(logprobs);
  }
  return out + '}';
}

std::unique_ptr<EventSource> cohere_events(const Ask& ask, const Answer& answer) {
  return std::make_unique<CohereMessageSource>(ask, answer);
}

std::string cohere_error_event(const Failure& failure) {
  std::string out = R"({"type":"message-end","delta":{"error":)";
  append_quoted(out, failure.message);
  return out + R"(,"finish_reason":"ERROR"}})";
}

}  // namespace antiphon::inline v0::simulator
