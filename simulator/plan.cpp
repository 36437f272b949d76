#include "plan.hpp"

#include <algorithm>

#include "answer_maker.hpp"
#include "event_faults.hpp"

namespace antiphon::inline v0::simulator {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

const Rule& no_rule() {
  static const Rule rule;
  return rule;
}

Models models_of(const ScenarioData& scenario, const Protocol& protocol) {
  if (!scenario.models.empty()) return {scenario.models, false};
  return {protocol.usual_models(), true};
}

using Reading = std::variant<Ask, Failure>;

Reading reading_of(const RecordedRequest& request, const Protocol& protocol) {
  try {
    return protocol.read(request);
  } catch (Failure& failure) {
    return std::move(failure);
  }
}

void set_header(Headers& headers, const std::string& name, std::string value) {
  std::erase_if(headers, [&](const auto& header) { return same_ignoring_case(header.first, name); });
  headers.emplace_back(name, std::move(value));
}

class Planner {
 public:
  Planner(const RecordedRequest& request, std::uint64_t number, const Protocol& protocol, const Rule& rule, Plan& plan)
      : request_(request), number_(number), protocol_(protocol), rule_(rule), plan_(plan) {}

  void run(const std::optional<Reading>& reading) {
    const Ask* ask = reading ? std::get_if<Ask>(&*reading) : nullptr;
    wants_stream_ = ask && ask->stream && !rule_.ignore_stream;
    std::visit(Overloaded{[&](const Script& script) { plan_script(script, reading); },
                          [&](const RawBody& raw) { plan_raw(raw); },
                          [&](const ScriptedFailure& failure) { fail(failure.failure); },
                          [&](const Html& html) { give(502, "text/html; charset=utf-8", html.page); },
                          [&](const Redirect& redirect) { plan_redirect(redirect); }},
               rule_.answer);
    if (rule_.status) plan_.status = *rule_.status;
    for (const RateLimit& limit : rule_.rate_limits) {
      for (auto& [name, value] : protocol_.rate_limit(limit)) set_header(plan_.headers, name, std::move(value));
    }
    for (const auto& [name, value] : rule_.headers) set_header(plan_.headers, name, value);
    if (!plan_.is_stream) plan_.ping = "\n";
  }

  void fail(Failure failure) {
    failure.request = number_;
    give(failure.status, protocol_.body_type(), protocol_.error_body(failure, request_));
    for (const auto& [name, value] : protocol_.error_headers(failure)) set_header(plan_.headers, name, value);
  }

 private:
  bool is_in_scenario(const std::string& token) const {
    const auto& rules = plan_.scenario->rules;
    return !token.empty() && std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
      return rule.source.find(token) != std::string::npos;
    });
  }

  void give(int status, std::string_view type, std::string body) {
    plan_.status = status;
    set_header(plan_.headers, "content-type", std::string(type));
    plan_.body = std::make_unique<ReadyBody>(std::move(body));
  }

  void plan_redirect(const Redirect& redirect) {
    give(307, "text/plain; charset=utf-8", "");
    plan_.headers.emplace_back("location", redirect.location);
  }

  void plan_raw(const RawBody& raw) {
    const StreamForm form = protocol_.stream_form(request_);
    const std::string_view usual = wants_stream_ || raw.events ? form.content_type : protocol_.body_type();
    set_header(plan_.headers, "content-type", raw.content_type.empty() ? std::string(usual) : raw.content_type);
    plan_.is_stream = wants_stream_ || raw.events;
    plan_.is_http = raw.is_http;
    const auto framer = make_framer(form, rule_.framing);
    plan_.ping = framer->ping(protocol_.ping_event());
    std::vector<Piece> pieces;
    for (const std::string& piece : raw.pieces) {
      const bool is_last = pieces.size() + 1 == raw.pieces.size();
      pieces.push_back(Piece{raw.events ? framer->frame(protocol_.scripted_event(piece), is_last) : piece, true});
    }
    plan_.body = std::make_unique<ReadyBody>(std::move(pieces));
  }

  void plan_reply(const Models& models) {
    Reply reply;
    try {
      reply = protocol_.reply(request_, models);
    } catch (Failure& failure) {
      return fail(std::move(failure));
    }
    for (const auto& [name, value] : reply.headers) set_header(plan_.headers, name, value);
    give(reply.status, reply.content_type, damaged_body(reply.body, rule_.event));
  }

  void plan_script(const Script& script, const std::optional<Reading>& reading) {
    const Models models = models_of(*plan_.scenario, protocol_);
    if (!reading) return plan_reply(models);
    if (const auto* failure = std::get_if<Failure>(&*reading)) return fail(*failure);
    const Ask& ask = std::get<Ask>(*reading);
    for (const Claim& claim : ask.claims) {
      if (!is_in_scenario(claim.token)) return fail(claim.failure);
    }
    if (!models.has(ask.model)) return fail(protocol_.unknown_model(ask.model));
    Answer answer = make_answer(ask, plan_.scenario->seed, script, rule_.endless);
    wants_stream_ ? plan_stream(ask, std::move(answer)) : plan_whole(ask, answer);
  }

  void plan_stream(const Ask& ask, Answer answer) {
    plan_.is_stream = true;
    const StreamForm form = protocol_.stream_form(request_);
    set_header(plan_.headers, "content-type", std::string(form.content_type));
    const bool is_sse = form.framing == Framing::sse || form.framing == Framing::typed_sse;
    if (is_sse) {
      set_header(plan_.headers, "cache-control", "no-cache");
      set_header(plan_.headers, "x-accel-buffering", "no");
    }
    const auto make = [&protocol = protocol_, ask, answer = std::move(answer)] { return protocol.events(ask, answer); };
    auto events = std::make_unique<FaultyEvents>(make, protocol_, rule_.event);
    auto framer = make_framer(form, rule_.framing);
    plan_.ping = framer->ping(protocol_.ping_event());
    plan_.body = std::make_unique<EventBody>(std::move(events), std::move(framer));
  }

  void plan_whole(const Ask& ask, const Answer& answer) {
    set_header(plan_.headers, "content-type", std::string(protocol_.body_type()));
    std::vector<Generated> generated;
    for (const Choice& choice : answer.choices) {
      if (choice.generated) generated.push_back(*choice.generated);
    }
    std::string body = damaged_body(protocol_.whole(ask, answer), rule_.event);
    if (rule_.framing.bom) body.insert(0, byte_order_mark);
    plan_.body = std::make_unique<WholeBody>(body, std::move(generated), rule_.endless);
  }

  const RecordedRequest& request_;
  std::uint64_t number_;
  const Protocol& protocol_;
  const Rule& rule_;
  Plan& plan_;
  bool wants_stream_ = false;
};

}  // namespace

Plan make_plan(const RecordedRequest& request, std::uint64_t number, RuleBook& rules) {
  const Protocol& protocol = protocol_of(request);
  Plan plan;
  plan.scenario = rules.scenario();
  plan.headers = protocol.headers(number);
  if (const auto failure = protocol.check_access(request, plan.scenario->credentials)) {
    Planner(request, number, protocol, no_rule(), plan).fail(*failure);
    return plan;
  }
  std::optional<Reading> reading;
  if (protocol.is_chat(request.path())) reading = reading_of(request, protocol);
  const Subject subject{request, protocol.name(), reading ? std::get_if<Ask>(&*reading) : nullptr};
  plan.rule = rules.pick(subject);
  const Rule& rule = plan.rule < 0 ? no_rule() : plan.scenario->rules[static_cast<std::size_t>(plan.rule)];
  plan.timing = rule.timing;
  plan.fault = rule.http;
  Planner(request, number, protocol, rule, plan).run(reading);
  return plan;
}

}  // namespace antiphon::inline v0::simulator
