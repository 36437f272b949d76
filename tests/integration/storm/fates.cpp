#include "integration/storm/fates.hpp"

namespace antiphon::test {

std::string Fates::scenario(int requests, const std::string& settings) {
  std::string rules;
  for (int i = 0; i < requests; ++i) rules += R"({"times": 1, )" + fate() + "},\n";
  return "{" + settings + R"("rules": [)" + rules + R"({"answer": {"chunks": ["All ", "is ", "well", "."]}}]})";
}

std::string Fates::fate() {
  const std::uint64_t percent = random_.below(100);
  if (percent < 40) return answered();
  if (percent < 55) return refused();
  if (percent < 63) return told_to_wait();
  if (percent < 83) return cut();
  if (percent < 90) return silent();
  return broken();
}

/// Well, but not always pleasantly.
std::string Fates::answered() {
  switch (random_.below(6)) {
    case 0:
      return R"("timing": {"before_head_ms": )" + number(40) + R"(, "between_chunks_ms": 1})";
    case 1:
      return R"("fault": {"bytes_per_write": )" + std::to_string(1 + random_.below(9)) + "}";
    case 2:
      return R"("fault": {"gzip": true})";
    case 3:
      return R"("fault": {"close_delimited": true})";
    // More than a reader who is behind may have waiting.
    case 4:
      return R"("answer": {"generate": {"chunks": 300, "chunk_bytes": 2000}})";
    default:
      return R"("answer": {"reasoning": "Hm.", "text": "A few words, one after the other."})";
  }
}

std::string Fates::refused() {
  const std::string status = one_of("400", "401", "403", "404", "408", "409", "500", "502", "503", "529");
  if (random_.below(8) == 0) return R"("html": "<html><body>502 Bad Gateway</body></html>")";
  if (random_.below(8) == 0) return R"("status": 429, "error": {"code": "insufficient_quota"})";
  return R"("status": )" + status + R"(, "error": {"message": "no"})";
}

std::string Fates::told_to_wait() {
  const std::string status = R"("status": )" + one_of("429", "503", "529") + R"(, "error": {"message": "wait"}, )";
  switch (random_.below(3)) {
    case 0:
      return status + R"("headers": {"retry-after": "0"})";
    case 1:
      return R"("rate_limit": {"requests": {"limit": 60, "remaining": 0, "reset": "20ms"}})";
    default:
      return status + R"("headers": {"retry-after-ms": ")" + number(25) + R"("})";
  }
}

std::string Fates::cut() {
  const std::string by = R"("cut_by": ")" + one_of("fin", "rst", "stream", "goaway") + R"("})";
  switch (random_.below(5)) {
    case 0:
      return R"("fault": {"cut_before_headers": true, )" + by;
    case 1:
      return R"("fault": {"close_on_next_request": true})";
    case 2:
      // Whole answers are longer: behind one that is complete only its idle connection would go down.
      return R"("fault": {"cut_after_bytes": )" + number(150) + ", " + by;
    default:
      return R"("match": {"stream": true}, "fault": {"cut_after_bytes": )" + number(1500) + ", " + by;
  }
}

std::string Fates::silent() {
  switch (random_.below(4)) {
    case 0:
      return R"("timing": {"never_answer": true})";
    case 1:
      return R"("timing": {"ping_every_ms": 20, "stop_after_chunks": )" + number(4) + "}";
    case 2:
      return R"("timing": {"stop_after_bytes": )" + number(900) + "}";
    default:
      return R"("timing": {"stop_after_chunks": )" + number(4) + "}";
  }
}

std::string Fates::broken() {
  switch (random_.below(6)) {
    case 0:
      return R"("fault": {"error_in_stream": {"after_events": )" + number(6) + R"(, "code": "overloaded"}})";
    case 1:
      return R"("fault": {"broken_json": )" + number(4) + "}";
    case 2:
      return R"("fault": {"missing_finish": true, "missing_done": true})";
    case 3:
      return R"("fault": {"content_length_off_by": -5})";
    case 4:
      return R"("fault": {"content_length_off_by": 7})";
    default:
      return R"("fault": {"data_after_done": "{}", "unknown_events": true})";
  }
}

}  // namespace antiphon::test
