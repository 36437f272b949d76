#include "pipeline/timeout_settings.hpp"

#include <string>

#include <antiphon/error.hpp>

namespace antiphon::inline v0::pipeline {

namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

Timeouts::Duration decide(const std::optional<Timeouts::Duration>& call, const std::optional<Timeouts::Duration>& model,
                          Timeouts::Duration fallback, const char* name) {
  const Timeouts::Duration value = call ? *call : model ? *model : fallback;
  if (value <= Timeouts::Duration::zero()) {
    throw Error(ErrorKind::invalid_config, "a timeout must be longer than zero; Timeouts::off() switches it off")
        .where(std::string("timeouts.") + name);
  }
  return value;
}

}  // namespace

TimeoutSettings decide_timeouts(const Timeouts& call, const Timeouts& model) {
  return TimeoutSettings{
      .connect = decide(call.connect(), model.connect(), 10s, "connect"),
      .first_content = decide(call.first_content(), model.first_content(), Timeouts::off(), "first_content"),
      .idle = decide(call.idle(), model.idle(), 10min, "idle"),
      .between_chunks = decide(call.between_chunks(), model.between_chunks(), Timeouts::off(), "between_chunks"),
      .total = decide(call.total(), model.total(), 1h, "total"),
  };
}

}  // namespace antiphon::inline v0::pipeline
