#include "recorded_answer.hpp"

#include <stdexcept>

#include "frame_fixture.hpp"

namespace antiphon::tests {

namespace {

/// Anthropic and Responses say the type of an event beside its data too (providers.md 2.6, 3.8).
std::string event_line(const Fixture& fixture, std::size_t index) {
  const bool has_line = fixture.protocol == "openai-responses" || fixture.protocol == "anthropic";
  if (!has_line || !fixture.events[index].starts_with('{')) return {};
  const boost::json::value event = parse_json(fixture.events[index]);
  const boost::json::value* type = event.get_object().if_contains("type");
  return type && type->is_string() ? "event: " + std::string(type->get_string()) + "\n" : std::string();
}

void add_events(const Fixture& fixture, RecordedAnswer& answer) {
  const bool lines = fixture.has("lines");
  const std::size_t finish =
      fixture.has("finish_event") ? fixture.fields.at("finish_event").to_number<std::size_t>() : fixture.events.size();
  for (std::size_t index = 0; index < fixture.events.size(); ++index) {
    if (!lines) answer.bytes += event_line(fixture, index);
    answer.bytes += (lines ? "" : "data: ") + fixture.events[index];
    if (index == finish) answer.complete_from = answer.bytes.size();
    answer.bytes += lines ? "\n" : "\n\n";
  }
}

class CollectAsJson final : public ChunkSink {
 public:
  explicit CollectAsJson(std::vector<std::string>& chunks) : chunks_(chunks) {}
  void push(Chunk chunk) override { chunks_.push_back(to_json(chunk)); }

 private:
  std::vector<std::string>& chunks_;
};

const codec::Preset& preset_of(const std::string& protocol) {
  const codec::Preset* preset = codec::find_preset(protocol == "openai-chat" ? "openai" : protocol);
  if (!preset) throw std::runtime_error("no preset for " + protocol);
  return *preset;
}

}  // namespace

RecordedAnswer recorded(const Fixture& fixture) {
  RecordedAnswer answer;
  answer.protocol = fixture.protocol;
  if (fixture.has("status")) answer.status = fixture.fields.at("status").to_number<int>();
  if (fixture.has("headers")) {
    for (const auto& [name, value] : fixture.fields.at("headers").as_object()) {
      answer.headers.add(std::string(name), std::string(value.as_string()));
    }
  }
  if (fixture.has("events") || fixture.has("lines")) {
    answer.stream = true;
    add_events(fixture, answer);
  } else if (fixture.has("frames")) {
    answer.stream = true;
    add_frames(fixture, answer);
  } else if (fixture.has("raw")) {
    answer.stream = true;
    answer.bytes = fixture.text("raw");
  } else {
    answer.bytes = fixture.has("text") ? fixture.text("text") : fixture.body;
    const bool finished = fixture.fields.at("result").at("terminal") == "finished";
    if (finished) answer.complete_from = answer.bytes.find_last_not_of(" \r\n") + 1;
  }
  if (fixture.has("finish_after")) {
    const std::string mark = fixture.text("finish_after");
    answer.complete_from = answer.bytes.find(mark) + mark.size();
  }
  if (fixture.has("stream")) answer.stream = fixture.fields.at("stream").as_bool();
  return answer;
}

ReadAnswer read_answer(const RecordedAnswer& answer, const std::vector<std::size_t>& cuts,
                       std::optional<Error> transport_error) {
  std::vector<std::string> chunks;
  CollectAsJson sink(chunks);
  const codec::Target target{&preset_of(answer.protocol), "m-1", "http://127.0.0.1:1/v1"};
  codec::AnswerReader reader(*codec::find_codec(answer.protocol), target, answer.stream, answer.most_bytes, &sink);
  HttpHead head;
  head.status = answer.status;
  head.headers = answer.headers;
  reader.head(head, std::chrono::system_clock::time_point());
  std::size_t at = 0;
  bool more = true;
  for (const std::size_t cut : cuts) {
    more = more && reader.feed(std::string_view(answer.bytes).substr(at, cut - at));
    at = cut;
  }
  if (more) reader.feed(std::string_view(answer.bytes).substr(at));
  Result<Response> result = reader.end(std::move(transport_error));
  return ReadAnswer{std::move(chunks), std::move(result)};
}

}  // namespace antiphon::tests
