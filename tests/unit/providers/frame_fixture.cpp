#include "frame_fixture.hpp"

#include <string>

#include "json/reader.hpp"
#include "unit/wire/aws_frames.hpp"

namespace antiphon::tests {

namespace {

using test::text_header;

std::string frame_of(const std::string& described) {
  std::string event;
  std::string exception;
  std::string code;
  std::string message;
  std::string payload;
  json::Reader reader;
  reader.read_copy(described, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "payload") payload = value.raw().value();
      if (key == "text") payload = value.string().value();
      if (key == "event") event = value.string().value();
      if (key == "exception") exception = value.string().value();
      if (key == "error") code = value.string().value();
      if (key == "message") message = value.string().value();
    });
  });
  const std::string type = text_header(":content-type", "application/json");
  if (!event.empty()) {
    return test::frame(text_header(":event-type", event) + type + text_header(":message-type", "event"), payload);
  }
  if (!exception.empty()) {
    const std::string headers = text_header(":exception-type", exception) + type;
    return test::frame(headers + text_header(":message-type", "exception"), payload);
  }
  return test::frame(
      text_header(":error-code", code) + text_header(":error-message", message) + text_header(":message-type", "error"),
      "");
}

}  // namespace

void add_frames(const Fixture& fixture, RecordedAnswer& answer) {
  const std::size_t finish =
      fixture.has("finish_frame") ? fixture.fields.at("finish_frame").to_number<std::size_t>() : fixture.frames.size();
  for (std::size_t index = 0; index < fixture.frames.size(); ++index) {
    answer.bytes += frame_of(fixture.frames[index]);
    if (index == finish) answer.complete_from = answer.bytes.size();
  }
}

}  // namespace antiphon::tests
