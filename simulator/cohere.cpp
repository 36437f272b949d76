#include "cohere_answer.hpp"
#include "cohere_embed.hpp"
#include "cohere_errors.hpp"
#include "cohere_request.hpp"

namespace antiphon::inline v0::simulator {
namespace {

json::object cohere_row(const std::string& name) {
  const bool embeds = name.find("embed") != std::string::npos;
  json::object row;
  row["name"] = name;
  row["endpoints"] = embeds ? json::array{"embed", "classify"} : json::array{"chat", "generate"};
  row["finetuned"] = false;
  row["context_length"] = embeds ? 128000 : 256000;
  row["tokenizer_url"] = "https://example.com/tokenizers/" + name + ".json";
  row["features"] = embeds ? json::value() : json::value(json::array{"json_mode", "tools", "tool_choice", "citations"});
  return row;
}

class Cohere : public Protocol {
 public:
  std::string_view name() const override { return "cohere"; }
  StreamForm stream_form(const RecordedRequest&) const override { return {Framing::typed_sse, "text/event-stream"}; }
  std::string_view body_type() const override { return "application/json"; }

  Headers headers(std::uint64_t number) const override {
    Random random(number);
    return {{"x-debug-trace-id", random_name(random, 32)}};
  }

  /// `/v1/models` is everybody's: the header of Cohere's clients, or a base URL that ends in `/cohere`, makes it
  /// Cohere's.
  bool owns(const RecordedRequest& request) const override {
    const std::string_view path = request.path();
    if (path.ends_with("/v2/chat") || path.ends_with("/v2/embed") || path.starts_with("/cohere/")) return true;
    return path.starts_with("/v1/models") && !request.header("x-client-name").empty();
  }

  bool is_chat(std::string_view path) const override { return path.ends_with("/v2/chat"); }

  std::optional<Failure> check_access(const RecordedRequest& request, const Credentials& wanted) const override {
    const std::string_view given = request.header("authorization");
    if (wanted.api_key.empty() || given == "Bearer " + wanted.api_key) return std::nullopt;
    return cohere_failure(401, given.empty() ? "no api key supplied" : "invalid api token");
  }

  Ask read(const RecordedRequest& request) const override {
    if (request.method != "POST") throw wrong_method();
    return read_cohere(request.body);
  }

  Failure unknown_model(const std::string& model) const override {
    return cohere_failure(404, "model '" + model + "' not found, make sure the correct model ID was used");
  }

  Reply reply(const RecordedRequest& request, const Models& models) const override {
    const std::string_view path = request.path();
    constexpr std::string_view list = "/v1/models";
    const auto at = path.find(list);
    if (path.ends_with("/v2/embed")) return embed(request, models);
    if (at == std::string_view::npos) throw cohere_failure(404, "there is nothing at this path");
    if (request.method != "GET") throw wrong_method();
    const std::string_view rest = path.substr(at + list.size());
    if (rest.empty()) return list_models(request, models);
    const std::string model(rest.substr(1));
    if (!models.has(model)) throw unknown_model(model);
    return Reply{200, "application/json", json::serialize(cohere_row(model))};
  }

  std::string whole(const Ask& ask, const Answer& answer) const override { return cohere_whole(ask, answer); }

  std::unique_ptr<EventSource> events(const Ask& ask, Answer answer) const override {
    return cohere_events(ask, answer);
  }

  std::string error_body(const Failure& failure, const RecordedRequest&) const override {
    return cohere_error(failure);
  }

  Event error_event(const Failure& failure) const override {
    return {Event::Kind::failure, cohere_error_event(failure)};
  }

  Event unknown_event() const override {
    return {Event::Kind::other, R"({"type":"simulator-unknown","note":{"of":["no",1,"kind"]}})"};
  }

  std::vector<std::string> usual_models() const override {
    return {"command-a-03-2025", "command-r7b-12-2024", "embed-v4.0"};
  }

 private:
  static Failure wrong_method() { return cohere_failure(405, "this path does not take this method"); }

  /// A page of the list; `endpoint` keeps the models that have it.
  static Reply list_models(const RecordedRequest& request, const Models& models) {
    const auto size = parse_number(query_value(request.target, "page_size").value_or("20"));
    const auto first = parse_number(query_value(request.target, "page_token").value_or("0"));
    if (!size || *size < 1 || *size > 1000) throw cohere_failure(400, "page_size must be between 1 and 1000");
    json::array rows = rows_with(query_value(request.target, "endpoint").value_or(""), models);
    if (!first || *first > rows.size()) throw cohere_failure(400, "invalid page_token");
    const std::size_t end = std::min<std::size_t>(*first + *size, rows.size());
    json::object body;
    if (end < rows.size()) body["next_page_token"] = std::to_string(end);
    const auto at = [&](std::size_t index) { return rows.begin() + static_cast<std::ptrdiff_t>(index); };
    body["models"] = json::array(at(*first), at(end));
    return {200, "application/json", json::serialize(body)};
  }

  static json::array rows_with(const std::string& endpoint, const Models& models) {
    json::array rows;
    for (const std::string& name : models.names) {
      json::object row = cohere_row(name);
      const json::array& endpoints = row["endpoints"].get_array();
      const bool has_it = std::any_of(endpoints.begin(), endpoints.end(),
                                      [&](const json::value& each) { return each == json::string(endpoint); });
      if (endpoint.empty() || has_it) rows.push_back(std::move(row));
    }
    return rows;
  }

  Reply embed(const RecordedRequest& request, const Models& models) const {
    if (request.method != "POST") throw wrong_method();
    const json::value value = parse_body(request.body, cohere_dialect());
    const RequestObject body(value.get_object(), "", cohere_dialect());
    const std::string model = body.need_text("model");
    if (!models.has(model)) throw unknown_model(model);
    return {200, "application/json", cohere_embed(body, model)};
  }
};

}  // namespace

const Protocol& cohere() {
  static const Cohere protocol;
  return protocol;
}

}  // namespace antiphon::inline v0::simulator
