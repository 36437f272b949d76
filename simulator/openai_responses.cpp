#include "openai_item_id.hpp"
#include "openai_responses_answer.hpp"
#include "openai_responses_request.hpp"
#include "openai_service.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class OpenAiResponses : public OpenAiProtocol {
 public:
  std::string_view name() const override { return "openai-responses"; }
  StreamForm stream_form(const RecordedRequest&) const override {
    return {Framing::typed_sse, "text/event-stream; charset=utf-8"};
  }
  bool is_chat(std::string_view path) const override { return ends_with(path, "/responses"); }

  bool owns(const RecordedRequest& request) const override {
    return is_chat(request.path()) || request.path().find("/responses/") != std::string_view::npos;
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw openai_wrong_method(request);
    return read_openai_responses(request.body);
  }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    const std::string_view path = request.path();
    const bool counts = ends_with(path, "/responses/input_tokens");
    if (!counts && !ends_with(path, "/responses/compact")) throw unknown_response(request);
    if (request.method != "POST") throw openai_wrong_method(request);
    const Ask ask = read_openai_responses(request.body);
    if (!models.has(ask.model)) throw unknown_model(ask.model);
    return counts ? count_of(ask) : compaction_of(ask, request.body);
  }

  std::string whole(const Ask& ask, const Answer& answer) const override { return responses_body(ask, answer); }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return responses_events(ask, answer);
  }

  Event unknown_event() const override {
    return {Event::Kind::other, R"({"type":"response.simulator_unknown","note":{"of":["no",1,"kind"]}})"};
  }

 private:
  /// Nothing is kept.
  static Failure unknown_response(const RecordedRequest& request) {
    const std::string_view path = request.path();
    const std::string_view rest = path.substr(path.find("/responses/") + std::string_view("/responses/").size());
    const std::string id(rest.substr(0, rest.find('/')));
    return {404, "Response with id '" + id + "' not found.", "invalid_request_error", "", ""};
  }

  static Reply count_of(const Ask& ask) {
    const json::object body{{"object", "response.input_tokens"}, {"input_tokens", ask.prompt_tokens}};
    return {200, "application/json", json::serialize(body)};
  }

  static Reply compaction_of(const Ask& ask, std::string_view request) {
    const std::uint64_t salt = hash(request);
    json::array output;
    output.push_back({{"type", "message"},
                      {"role", "user"},
                      {"content", json::array{json::object{{"type", "input_text"}, {"text", ask.user}}}}});
    output.push_back({{"type", "compaction"},
                      {"id", make_item_id("cmp_", salt, false)},
                      {"encrypted_content", encrypted_compaction(salt)}});
    json::object body;
    body["id"] = make_item_id("resp_", salt, false);
    body["object"] = "response.compaction";
    body["created_at"] = 1770000000;
    body["output"] = std::move(output);
    body["usage"] = {
        {"input_tokens", ask.prompt_tokens}, {"output_tokens", 1}, {"total_tokens", ask.prompt_tokens + 1}};
    return {200, "application/json", json::serialize(body)};
  }
};

}  // namespace

const Protocol& openai_responses() {
  static const OpenAiResponses protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
