#pragma once

#include <memory>

#include "body.hpp"
#include "rule_book.hpp"

namespace antiphon::inline v0::simulator {

/// All that will be sent for one request, and how.
struct Plan {
  std::shared_ptr<const ScenarioData> scenario;  ///< keeps the rule alive that the rest refers to
  int rule = -1;
  int status = 200;
  Headers headers;
  std::unique_ptr<Body> body;
  bool is_stream = false;
  bool is_http = false;  ///< the body takes the place of the whole HTTP answer
  std::string ping;
  Timing timing;
  HttpFault fault;
};

/// Decides how a request is answered; `number` tells requests apart.
Plan make_plan(const RecordedRequest& request, std::uint64_t number, RuleBook& rules);

}  // namespace antiphon::inline v0::simulator
