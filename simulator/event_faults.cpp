#include "event_faults.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::string_view broken_bytes = "\xff\xfe";

void insert_behind(std::string& text, std::string_view mark, std::string_view what) {
  const auto at = text.find(mark);
  if (at == std::string::npos) return;
  const std::size_t end = at + mark.size();
  const bool is_empty = end < text.size() && text[end] == '}';
  std::string inserted(what);
  if (!is_empty) inserted += ',';
  text.insert(end, inserted);
}

void add_unknown_fields(std::string& data) {
  constexpr std::string_view field = R"("simulator_unknown":{"deep":[1.0,"two",null,12345678901234567890123]})";
  if (data.empty() || data.front() != '{') return;
  for (const std::string_view name :
       {"delta", "message", "content_block", "item", "part", "response", "usage", "content", "output"}) {
    insert_behind(data, '"' + std::string(name) + R"(":{)", field);
    insert_behind(data, '"' + std::string(name) + R"(":[{)", field);
  }
  insert_behind(data, "{", field);
}

/// False when there is no such place in this event.
bool break_utf8(std::string& data, bool known_field) {
  if (data.empty() || data.front() != '{') return false;
  if (!known_field) {
    insert_behind(data, "{", R"("simulator_unknown":")" + std::string(broken_bytes) + '"');
    return true;
  }
  for (const std::string_view content : {R"("content":")", R"("text":")", R"("delta":")"}) {
    const auto at = data.find(content);
    if (at == std::string::npos) continue;
    data.insert(at + content.size(), broken_bytes);
    return true;
  }
  return false;
}

}  // namespace

std::string damaged_body(std::string body, const EventFault& fault) {
  if (fault.unknown_fields) add_unknown_fields(body);
  if (fault.broken_utf8) break_utf8(body, fault.broken_utf8->known_field);
  if (fault.broken_json) body.resize(body.size() / 2);
  return body;
}

bool FaultyEvents::next(Event& event) {
  while (ready_.empty()) {
    if (fault_.error_in_stream && given_ >= fault_.error_in_stream->after_events && !ended_) {
      ended_ = true;
      give_failure(fault_.error_in_stream->failure);
      break;
    }
    if (ended_) return false;
    if (fault_.restart_after_events && given_ >= *fault_.restart_after_events && !restarted_) {
      restarted_ = true;
      source_ = maker_();
    }
    Event read;
    if (source_->next(read)) {
      take(std::move(read));
    } else {
      ended_ = true;
      if (fault_.data_after_done) ready_.push_back(protocol_.scripted_event(*fault_.data_after_done));
    }
  }
  event = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

void FaultyEvents::give_failure(const Failure& failure) {
  for (Event& event : source_->fail(failure)) ready_.push_back(std::move(event));
  if (ready_.empty()) ready_.push_back(protocol_.error_event(failure));
}

void FaultyEvents::take(Event event) {
  using Kind = Event::Kind;
  if (event.kind == Kind::finish && fault_.missing_finish) return;
  if (event.kind == Kind::done && fault_.missing_done) return;
  if (fault_.unknown_events && event.kind != Kind::done) ready_.push_back(protocol_.unknown_event());
  std::uint64_t copies = 1;
  if (event.kind == Kind::finish) copies += fault_.repeat_finish;
  if (event.kind == Kind::usage && fault_.repeat_usage) ++copies;
  damage(event);
  ++given_;
  for (std::uint64_t i = 0; i < copies; ++i) ready_.push_back(event);
}

void FaultyEvents::damage(Event& event) {
  if (fault_.unknown_fields) add_unknown_fields(event.data);
  if (fault_.broken_utf8 && !utf8_broken_ && given_ >= fault_.broken_utf8->event) {
    utf8_broken_ = break_utf8(event.data, fault_.broken_utf8->known_field);
  }
  if (fault_.broken_json && given_ == *fault_.broken_json) event.data.resize(event.data.size() / 2);
}

}  // namespace antiphon::inline v0::simulator
