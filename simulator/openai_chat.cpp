#include "openai_chat_request.hpp"
#include "openai_embeddings.hpp"
#include "openai_service.hpp"
#include "parts.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view fingerprint = "fp_simulator";

json::object chat_usage(const Answer& answer) {
  if (answer.usage) return *answer.usage;
  json::object usage;
  usage["prompt_tokens"] = answer.prompt_tokens;
  usage["completion_tokens"] = answer.completion_tokens;
  usage["total_tokens"] = answer.prompt_tokens + answer.completion_tokens;
  usage["prompt_tokens_details"] = {
      {"cached_tokens", answer.cached_tokens}, {"cache_write_tokens", answer.cache_write_tokens}, {"audio_tokens", 0}};
  usage["completion_tokens_details"] = {{"reasoning_tokens", answer.reasoning_tokens},
                                        {"audio_tokens", 0},
                                        {"accepted_prediction_tokens", 0},
                                        {"rejected_prediction_tokens", 0}};
  return usage;
}

json::value logprobs_of(const Ask& ask, const std::vector<std::string>& pieces) {
  if (!ask.logprobs) return nullptr;
  json::array content;
  for (const std::string& piece : pieces) content.push_back(logprob_of(piece));
  return json::object{{"content", std::move(content)}, {"refusal", nullptr}};
}

json::object message_of(const Answer& answer, const Choice& choice) {
  json::object message;
  message["role"] = "assistant";
  const bool has_text = choice.generated || !choice.text.empty();
  const bool may_be_null = !choice.refusal.empty() || !choice.tool_calls.empty();
  if (choice.generated) {
    message["content"] = json::string_view(generated_mark.data(), generated_mark.size());
  } else {
    message["content"] = has_text || !may_be_null ? json::value(json::string(joined(choice.text))) : json::value();
  }
  message["refusal"] = text_or_null(joined(choice.refusal));
  if (!choice.reasoning.empty()) message[answer.reasoning_field] = joined(choice.reasoning);
  message["annotations"] = json::array();
  json::array calls;
  for (const ToolCall& call : choice.tool_calls) {
    calls.push_back(
        {{"id", call.id}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
  }
  if (!calls.empty()) message["tool_calls"] = std::move(calls);
  return message;
}

/// Writes each chunk as text: a stream of millions must not build a tree for every one.
class ChunkSource : public EventSource {
 public:
  ChunkSource(const Ask& ask, Answer answer) : ask_(ask), answer_(std::move(answer)) {
    for (const Choice& choice : answer_.choices) parts_.emplace_back(choice);
    head_ = R"({"id":)";
    append_quoted(head_, "chatcmpl-" + answer_.id);
    head_ += R"(,"object":"chat.completion.chunk","created":)" + std::to_string(answer_.created) + R"(,"model":)";
    append_quoted(head_, answer_.model);
    head_ += R"(,"service_tier":"default","system_fingerprint":")";
    head_ += fingerprint;
    head_ += R"(","choices":[)";
  }

  bool next(Event& event) override {
    for (std::size_t tried = 0; tried < parts_.size(); ++tried) {
      const std::size_t index = turn_++ % parts_.size();
      Part part;
      if (!parts_[index].next(part)) continue;
      event = chunk(index, part);
      return true;
    }
    return next_at_end(event);
  }

 private:
  bool has_usage() const { return ask_.include_usage && !answer_.without_usage; }

  bool next_at_end(Event& event) {
    if (!usage_given_ && has_usage()) {
      usage_given_ = true;
      event.kind = Event::Kind::usage;
      event.data = head_ + "],\"usage\":" + json::serialize(chat_usage(answer_)) + '}';
      return true;
    }
    if (done_given_) return false;
    done_given_ = true;
    event.kind = Event::Kind::done;
    event.data = "[DONE]";
    return true;
  }

  Event chunk(std::size_t index, const Part& part) {
    Event event;
    event.kind = part.kind == Part::Kind::begin    ? Event::Kind::start
                 : part.kind == Part::Kind::finish ? Event::Kind::finish
                                                   : Event::Kind::content;
    std::string& data = event.data;
    data.reserve(head_.size() + part.text.size() + 160);
    data = head_ + R"({"index":)" + std::to_string(index) + R"(,"delta":{)";
    append_delta(data, index, part);
    data += R"(},"logprobs":)";
    const bool has_logprobs = ask_.logprobs && part.kind == Part::Kind::text;
    data += has_logprobs ? json::serialize(logprobs_of(ask_, {part.text})) : "null";
    data += R"(,"finish_reason":)";
    const auto& reason = answer_.choices[index].finish_reason;
    if (part.kind == Part::Kind::finish && reason) {
      append_quoted(data, *reason);
    } else {
      data += "null";
    }
    data += has_usage() ? R"(}],"usage":null})" : "}]}";
    return event;
  }

  void append_delta(std::string& data, std::size_t index, const Part& part) const {
    switch (part.kind) {
      case Part::Kind::begin:
        data += answer_.choices[index].tool_calls.empty() ? R"("role":"assistant","content":"","refusal":null)"
                                                          : R"("role":"assistant","content":null,"refusal":null)";
        break;
      case Part::Kind::reasoning:
        append_member(data, answer_.reasoning_field, part.text);
        break;
      case Part::Kind::text:
        append_member(data, "content", part.text);
        break;
      case Part::Kind::refusal:
        append_member(data, "refusal", part.text);
        break;
      case Part::Kind::call:
        append_call(data, answer_.choices[index].tool_calls[part.call], part.call);
        break;
      case Part::Kind::arguments:
        data += R"("tool_calls":[{"index":)" + std::to_string(part.call) + R"(,"function":{)";
        append_member(data, "arguments", part.text);
        data += "}}]";
        break;
      case Part::Kind::finish:
        break;
    }
  }

  static void append_call(std::string& data, const ToolCall& call, std::size_t index) {
    data += R"("tool_calls":[{"index":)" + std::to_string(index);
    append_member(data, "id", call.id);
    data += R"(,"type":"function","function":{)";
    append_member(data, "name", call.name);
    data += R"(,"arguments":""}}])";
  }

  Ask ask_;
  Answer answer_;
  std::vector<Parts> parts_;
  std::string head_;
  std::size_t turn_ = 0;
  bool usage_given_ = false;
  bool done_given_ = false;
};

json::object openai_row(const std::string& name) {
  return {{"id", name}, {"object", "model"}, {"created", 1770000000}, {"owned_by", "simulator"}};
}

class OpenAiChat : public OpenAiProtocol {
 public:
  std::string_view name() const override { return "openai-chat"; }
  StreamForm stream_form(const RecordedRequest&) const override {
    return {Framing::sse, "text/event-stream; charset=utf-8"};
  }

  bool is_chat(std::string_view path) const override { return ends_with(path, "/chat/completions"); }

  bool owns(const RecordedRequest& request) const override {
    const std::string_view path = request.path();
    return is_chat(path) || is_embeddings(path) || ends_with(path, "/models") ||
           path.find("/models/") != std::string_view::npos;
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw openai_wrong_method(request);
    return read_openai_chat(request.body);
  }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    const std::string_view path = request.path();
    if (!owns(request)) throw openai_unknown_path(request);
    if (is_embeddings(path)) return openai_embeddings(request, models);
    if (request.method != "GET") throw openai_wrong_method(request);
    if (ends_with(path, "/models")) {
      json::array rows;
      for (const std::string& model : models.names) rows.push_back(openai_row(model));
      return Reply{200, "application/json",
                   json::serialize(json::object{{"object", "list"}, {"data", std::move(rows)}})};
    }
    const std::string model(path.substr(path.find("/models/") + 8));
    if (!models.has(model)) throw unknown_model(model);
    return Reply{200, "application/json", json::serialize(openai_row(model))};
  }

  std::string whole(const Ask& ask, const Answer& answer) const override {
    json::array choices;
    for (const Choice& choice : answer.choices) {
      json::object row;
      row["index"] = choices.size();
      row["message"] = message_of(answer, choice);
      row["logprobs"] = logprobs_of(ask, choice.text);
      row["finish_reason"] = text_or_null(choice.finish_reason.value_or(""));
      choices.push_back(std::move(row));
    }
    json::object body;
    body["id"] = "chatcmpl-" + answer.id;
    body["object"] = "chat.completion";
    body["created"] = answer.created;
    body["model"] = answer.model;
    body["choices"] = std::move(choices);
    if (!answer.without_usage) body["usage"] = chat_usage(answer);
    body["service_tier"] = "default";
    body["system_fingerprint"] = json::string_view(fingerprint.data(), fingerprint.size());
    return json::serialize(body);
  }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return std::make_unique<ChunkSource>(ask, std::move(answer));
  }

  Event unknown_event() const override {
    return {Event::Kind::other, R"({"object":"simulator.unknown","note":{"of":["no",1,"kind"]}})"};
  }

 private:
  static bool is_embeddings(std::string_view path) { return ends_with(path, "/embeddings"); }
};

}  // namespace

const Protocol& openai_chat() {
  static const OpenAiChat protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
