// Headers and sentences that say how long to wait: a time that is of use, or none.

#include <chrono>
#include <optional>
#include <string>

#include "input.hpp"
#include "providers/rate_limits.hpp"
#include "providers/retry_after.hpp"
#include "providers/rfc3339.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;
using std::chrono::milliseconds;

constexpr milliseconds year = std::chrono::hours(24 * 365);

void check(const std::optional<milliseconds>& wait, milliseconds most) {
  if (wait) require(*wait > milliseconds::zero() && *wait <= most);
}

HttpHeaders header(const char* name, std::string_view value) {
  HttpHeaders headers;
  headers.add(name, std::string(value));
  return headers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const unsigned choice = input.choice();
  const std::string_view text = input.rest();
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(choice % 2 ? 1'790'000'000 : 0));
  check(codec::parse_duration(text), year);
  check(codec::find_wait_in_text(text), year);
  check(codec::find_wait_in_text("Please try again in " + std::string(text)), year);
  for (const char* name : {"retry-after", "retry-after-ms"}) {
    const HttpHeaders headers = header(name, text);
    const auto wait = codec::parse_retry_after(headers, now);
    check(wait, year);
    require(!wait || !codec::asks_for_no_wait(headers));
  }
  HttpHeaders limits = header("x-ratelimit-remaining-tokens", "0");
  limits.add("x-ratelimit-reset-tokens", std::string(text));
  check(codec::exhausted_for(limits, now), std::chrono::minutes(1));
  const auto epoch = std::chrono::system_clock::time_point();
  for (const auto& time : {codec::parse_http_date(text), codec::parse_rfc3339(text)}) require(!time || *time >= epoch);
  return 0;
}
