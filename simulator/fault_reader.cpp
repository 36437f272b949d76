#include "fields.hpp"
#include "scenario_reader.hpp"

namespace antiphon::inline v0::simulator {
namespace {

template <class T>
T read_word(Fields& fields, std::string_view key, T fallback, const std::vector<std::pair<std::string, T>>& words) {
  const auto text = fields.text(key);
  if (!text) return fallback;
  std::string expected;
  for (const auto& [word, value] : words) {
    if (word == *text) return value;
    expected += expected.empty() ? word : ", " + word;
  }
  fail_at(fields.place(key), "expected one of " + expected);
}

void read_http(Fields& fields, HttpFault& fault) {
  fault.cut_by = read_word(fields, "cut_by", CutBy::fin,
                           {{"fin", CutBy::fin},
                            {"rst", CutBy::rst},
                            {"stream", CutBy::stream},
                            {"refused", CutBy::refused},
                            {"goaway", CutBy::goaway}});
  fault.cut_before_headers = fields.flag("cut_before_headers");
  fault.cut_after_bytes = fields.count("cut_after_bytes", largest_count);
  fault.close_on_next_request = fields.flag("close_on_next_request");
  fault.close_idle = fields.flag("close_idle");
  fault.content_length_off_by = fields.integer("content_length_off_by", -(1 << 30), 1 << 30);
  fault.close_delimited = fields.flag("close_delimited");
  fault.bytes_per_write = fields.count("bytes_per_write", 1 << 30, 1).value_or(0);
  fault.huge_headers = fields.count("huge_headers", std::uint64_t{64} << 20).value_or(0);
  fault.endless_header = fields.flag("endless_header");
  fault.gzip = fields.flag("gzip");
  if (fault.content_length_off_by && (fault.gzip || fault.close_delimited)) {
    fail_at(fields.place("content_length_off_by"), "cannot be had together with gzip or close_delimited");
  }
}

void read_wrong_frame(Fields& fields, FramingFault& fault) {
  constexpr std::int64_t farthest = std::int64_t{1} << 31;
  const json::value* value = fields.any("wrong_frame");
  if (!value) return;
  using Crc = FrameFault::Crc;
  Fields where(*value, fields.place("wrong_frame"));
  FramingFault::WrongFrame wrong;
  wrong.event = where.count("event", largest_count).value_or(0);
  wrong.fault.wrong_crc = read_word(where, "crc", Crc::right, {{"prelude", Crc::prelude}, {"message", Crc::message}});
  wrong.fault.total_length_off_by = where.integer("total_length_off_by", -farthest, farthest).value_or(0);
  wrong.fault.headers_length_off_by = where.integer("headers_length_off_by", -farthest, farthest).value_or(0);
  where.done();
  fault.wrong_frame = wrong;
}

void read_framing(Fields& fields, FramingFault& fault) {
  fault.line_end = read_word<std::optional<LineEnd>>(
      fields, "line_end", std::nullopt, {{"lf", LineEnd::lf}, {"crlf", LineEnd::crlf}, {"cr", LineEnd::cr}});
  fault.bom = fields.flag("bom");
  fault.comment = fields.text("comment");
  fault.data_without_space = fields.flag("data_without_space");
  fault.data_lines = fields.count("data_lines", 1000, 1).value_or(1);
  fault.missing_blank_line = fields.flag("missing_blank_line");
  fault.missing_line_end = fields.flag("missing_line_end");
  fault.missing_event_lines = fields.flag("missing_event_lines");
  read_wrong_frame(fields, fault);
}

void read_broken_utf8(Fields& fields, EventFault& fault) {
  const json::value* value = fields.any("broken_utf8");
  if (!value) return;
  Fields where(*value, fields.place("broken_utf8"));
  EventFault::Utf8 broken;
  broken.event = where.count("event", largest_count).value_or(0);
  broken.known_field = read_word(where, "field", true, {{"known", true}, {"unknown", false}});
  where.done();
  fault.broken_utf8 = broken;
}

void read_error_in_stream(Fields& fields, EventFault& fault) {
  const json::value* value = fields.any("error_in_stream");
  if (!value) return;
  Fields error(*value, fields.place("error_in_stream"));
  EventFault::ErrorInStream in_stream;
  in_stream.after_events = error.count("after_events", largest_count).value_or(0);
  const auto status = error.integer("status", 100, 999);
  in_stream.failure = read_failure(error, static_cast<int>(status.value_or(500)));
  error.done();
  fault.error_in_stream = std::move(in_stream);
}

void read_events(Fields& fields, EventFault& fault) {
  fault.broken_json = fields.count("broken_json", largest_count);
  read_broken_utf8(fields, fault);
  read_error_in_stream(fields, fault);
  fault.unknown_events = fields.flag("unknown_events");
  fault.unknown_fields = fields.flag("unknown_fields");
  fault.missing_finish = fields.flag("missing_finish");
  fault.repeat_finish = fields.count("repeat_finish", 1000).value_or(0);
  fault.repeat_usage = fields.flag("repeat_usage");
  fault.restart_after_events = fields.count("restart_after_events", largest_count, 1);
  fault.missing_done = fields.flag("missing_done");
  fault.data_after_done = fields.text("data_after_done");
}

}  // namespace

void read_faults(Fields& fields, Rule& rule) {
  const json::value* value = fields.any("fault");
  if (!value) return;
  Fields faults(*value, fields.place("fault"));
  read_http(faults, rule.http);
  read_framing(faults, rule.framing);
  read_events(faults, rule.event);
  rule.endless = faults.flag("endless");
  rule.ignore_stream = faults.flag("ignore_stream");
  faults.done();
}

}  // namespace antiphon::inline v0::simulator
