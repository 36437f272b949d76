#include <array>
#include <cstdio>

#include "ollama_embed.hpp"
#include "ollama_request.hpp"
#include "parts.hpp"
#include "protocol.hpp"
#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view digest = "8d1f3a5c7e9b2d4f6a8c0e1b3d5f7a9c2e4b6d8f0a1c3e5b7d9f2a4c6e8b0d1f";
constexpr std::uint64_t prompt_ns_per_token = 2500000;
constexpr std::uint64_t answer_ns_per_token = 16000000;
constexpr std::uint64_t load_ns = 1334875;

/// RFC 3339 with nanoseconds, `tick` milliseconds after `seconds`.
std::string timestamp(std::int64_t seconds, std::uint64_t tick) {
  std::array<char, 24> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03u456789Z", static_cast<unsigned>(tick % 1000));
  return rfc3339(seconds + static_cast<std::int64_t>(tick / 1000)) + fraction.data();
}

/// Tool calls end with `stop` here.
std::string done_reason(const Ask& ask, const Choice& choice) {
  if (ask.load_only) return ask.unload ? "unload" : "load";
  const std::string reason = choice.finish_reason.value_or("");
  return reason == "tool_calls" ? "stop" : reason;
}

/// `,"name":number…` of the last line; fields that are zero are left out, as the real server does.
std::string last_line_fields(const Ask& ask, const Answer& answer) {
  std::string out = R"("done":true)";
  if (const std::string reason = done_reason(ask, answer.only()); !reason.empty()) {
    append_member(out, "done_reason", reason);
  }
  if (answer.usage) {
    const std::string object = json::serialize(*answer.usage);
    if (object.size() > 2) out += ',' + object.substr(1, object.size() - 2);
    return out;
  }
  if (answer.without_usage || ask.load_only) return out;
  const std::uint64_t prompt_ns = answer.prompt_tokens * prompt_ns_per_token;
  const std::uint64_t answer_ns = answer.completion_tokens * answer_ns_per_token;
  const auto add = [&](std::string_view name, std::uint64_t number) {
    if (number > 0) out += ",\"" + std::string(name) + "\":" + std::to_string(number);
  };
  add("total_duration", load_ns + prompt_ns + answer_ns);
  add("load_duration", load_ns);
  add("prompt_eval_count", answer.prompt_tokens);
  add("prompt_eval_duration", prompt_ns);
  add("eval_count", answer.completion_tokens);
  add("eval_duration", answer_ns);
  return out;
}

/// The arguments are an object; what is no JSON goes out as the scenario has it.
std::string call_text(const ToolCall& call, std::size_t index) {
  std::string out = "{";
  append_member(out, "id", call.id);
  out += R"(,"function":{"index":)" + std::to_string(index);
  append_member(out, "name", call.name);
  return out + R"(,"arguments":)" + call.arguments + "}}";
}

std::string logprob_text(const std::string& piece) {
  std::string out = "{";
  append_member(out, "token", piece);
  out += R"(,"logprob":-)" + std::to_string(hash(piece) % 4) + ".25,\"bytes\":[";
  for (std::size_t i = 0; i < piece.size(); ++i) {
    out += (i > 0 ? "," : "") + std::to_string(static_cast<unsigned char>(piece[i]));
  }
  return out + "]}";
}

std::string line_head(const Answer& answer, std::uint64_t tick) {
  std::string out = "{";
  append_member(out, "model", answer.model);
  return out + R"(,"created_at":")" + timestamp(answer.created, tick) + R"(","message":{"role":"assistant",)";
}

class LineSource : public EventSource {
 public:
  LineSource(const Ask& ask, Answer answer) : ask_(ask), answer_(std::move(answer)), parts_(answer_.only()) {}

  bool next(Event& event) override {
    Part part;
    while (parts_.next(part)) {
      if (part.kind == Part::Kind::begin || part.kind == Part::Kind::arguments) continue;
      event = line(part);
      return true;
    }
    return false;
  }

 private:
  Event line(const Part& part) {
    Event event;
    event.kind = part.kind == Part::Kind::finish ? Event::Kind::finish : Event::Kind::content;
    std::string& data = event.data;
    data = line_head(answer_, 16 * ++tick_);
    const bool is_text = part.kind == Part::Kind::text || part.kind == Part::Kind::refusal;
    append_member(data, "content", is_text ? part.text : "");
    if (part.kind == Part::Kind::reasoning) append_member(data, "thinking", part.text);
    if (part.kind == Part::Kind::call) {
      data += R"(,"tool_calls":[)" + call_text(answer_.only().tool_calls[part.call], part.call) + ']';
    }
    data += "},";
    if (ask_.logprobs && part.kind == Part::Kind::text) data += R"("logprobs":[)" + logprob_text(part.text) + "],";
    data += part.kind == Part::Kind::finish ? last_line_fields(ask_, answer_) : R"("done":false)";
    data += '}';
    return event;
  }

  Ask ask_;
  Answer answer_;
  Parts parts_;
  std::uint64_t tick_ = 0;
};

json::object details() {
  return {{"parent_model", ""},       {"format", "gguf"},
          {"family", "llama"},        {"families", json::array{"llama"}},
          {"parameter_size", "1.2B"}, {"quantization_level", "Q8_0"}};
}

json::object ollama_row(const std::string& name) {
  json::object row;
  row["name"] = name;
  row["model"] = name;
  row["modified_at"] = timestamp(1770000000, 0);
  row["size"] = 1321098329;
  row["digest"] = json::string_view(digest.data(), digest.size());
  row["details"] = details();
  return row;
}

class Ollama : public Protocol {
 public:
  std::string_view name() const override { return "ollama"; }
  StreamForm stream_form(const RecordedRequest&) const override { return {Framing::lines, "application/x-ndjson"}; }
  std::string_view body_type() const override { return "application/json; charset=utf-8"; }
  Headers headers(std::uint64_t) const override { return {}; }
  bool owns(const RecordedRequest& request) const override {
    return request.path().substr(0, 5) == "/api/" || request.path() == "/";
  }
  bool is_chat(std::string_view path) const override { return path == "/api/chat"; }

  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override {
    const std::string& key = wanted.api_key;
    if (key.empty() || request.header("authorization") == "Bearer " + key) return std::nullopt;
    return Failure{401, "unauthorized"};
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw Failure{405, "405 method not allowed"};
    return read_ollama(request.body);
  }

  Failure unknown_model(const std::string& model) const override {
    return {404, "model \"" + model + "\" not found, try pulling it first"};
  }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    const std::string_view path = request.path();
    if (path == "/api/show") return show(request, models);
    if (path == "/api/embed" || path == "/api/embeddings") return ollama_embed(request, models, *this);
    if (request.method != "GET") throw Failure{404, "404 page not found"};
    if (path == "/") return Reply{200, "text/plain; charset=utf-8", "Ollama is running"};
    if (path == "/api/version") return answer_with({{"version", "0.20.0"}});
    if (path != "/api/tags") throw Failure{404, "404 page not found"};
    json::array rows;
    for (const std::string& model : models.names) rows.push_back(ollama_row(model));
    return answer_with({{"models", std::move(rows)}});
  }

  std::string whole(const Ask& ask, const Answer& answer) const override {
    const Choice& choice = answer.only();
    std::string out = line_head(answer, 16);
    const std::string text = choice.refusal.empty() ? joined(choice.text) : joined(choice.refusal);
    append_member(out, "content", choice.generated ? generated_mark : std::string_view(text));
    if (!choice.reasoning.empty()) append_member(out, "thinking", joined(choice.reasoning));
    std::string calls;
    for (std::size_t i = 0; i < choice.tool_calls.size(); ++i) {
      calls += (i > 0 ? "," : "") + call_text(choice.tool_calls[i], i);
    }
    if (!calls.empty()) out += R"(,"tool_calls":[)" + calls + ']';
    out += "},";
    if (ask.logprobs) {
      std::string logprobs;
      for (const std::string& piece : choice.text) logprobs += (logprobs.empty() ? "" : ",") + logprob_text(piece);
      out += R"("logprobs":[)" + logprobs + "],";
    }
    return out + last_line_fields(ask, answer) + '}';
  }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return std::make_unique<LineSource>(ask, std::move(answer));
  }

  std::string error_body(const Failure& failure, const RecordedRequest&) const override {
    json::object body{{"error", failure.message}};
    if (failure.status == 401) body["signin_url"] = "https://example.com/signin";
    return json::serialize(body);
  }

  Event error_event(const Failure& failure) const override {
    return Event{Event::Kind::failure, json::serialize(json::object{{"error", failure.message}})};
  }

  Event unknown_event() const override {
    return Event{Event::Kind::other, R"({"simulator_unknown":{"of":["no",1,"kind"]}})"};
  }

 private:
  static Reply answer_with(const json::object& body) {
    return {200, "application/json; charset=utf-8", json::serialize(body)};
  }

  Reply show(const RecordedRequest& request, const Models& models) const {
    if (request.method != "POST") throw Failure{405, "405 method not allowed"};
    const json::value value = read_ollama_body(request.body);
    std::string model = text_member(value.get_object(), "model");
    if (model.empty()) model = text_member(value.get_object(), "name");
    if (model.empty()) throw Failure{400, "model is required"};
    if (!models.has(model)) throw unknown_model(model);
    json::object body;
    body["license"] = "none";
    body["modelfile"] = "FROM " + model + "\n";
    body["parameters"] = "num_ctx 4096\n";
    body["template"] = "{{ .Prompt }}";
    body["details"] = details();
    body["model_info"] = {
        {"general.architecture", "llama"}, {"llama.context_length", 131072}, {"llama.embedding_length", 2048}};
    body["capabilities"] = json::array{"completion", "tools", "vision", "thinking"};
    body["modified_at"] = timestamp(1770000000, 0);
    return answer_with(body);
  }
};

}  // namespace

const Protocol& ollama() {
  static const Ollama protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
