#include "world.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "asked.hpp"
#include "chat/provider_core.hpp"
#include "file_reply.hpp"
#include "leading_number.hpp"
#include "pipeline/endpoint.hpp"
#include "prices.hpp"
#include "user_parts.hpp"

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;

enum : std::uint64_t { of_a_reply = 50, of_a_token, of_a_worker, of_a_file };

/// More than any run needs, however unlucky.
constexpr int most_steps = 500'000;

Options own_options_of(const LinkPlan& plan) {
  Options options;
  options.temperature(0.5);
  if (plan.fetching) options.fetch_urls(*plan.fetching);
  return options;
}

}  // namespace

/// Counts the events of those who listen on the engine's thread, and tells of the waits for which everybody waits.
class World::Log : public pipeline::LogSink {
 public:
  explicit Log(Witness& witness) : witness_(witness) {}

  void log(LogRecord record) override {
    ++events[record.event()];
    for (const auto& [name, value] : record.fields()) tells_key = tells_key || simulation::tells_key(value);
    if (record.event() == "retry.wait") hear_of_wait(record);
  }
  bool balanced() {
    return events["call.start"] == events["call.end"] && events["attempt.start"] == events["attempt.end"] &&
           events["tool.start"] == events["tool.end"];
  }
  std::map<std::string, int> events;
  bool tells_key = false;

 private:
  void hear_of_wait(const LogRecord& record) {
    std::map<std::string_view, std::string_view> fields(record.fields().begin(), record.fields().end());
    const std::string_view why = fields["error"];
    if (why != to_string(ErrorKind::rate_limited) && why != to_string(ErrorKind::overloaded)) return;
    std::string_view provider = fields["provider"];
    // As in `openai/l3/m`.
    provider = provider.substr(0, provider.rfind('/'));
    provider.remove_prefix(provider.rfind('l') + 1);
    const std::optional<int> link = take_number(provider);
    const std::optional<int> ms = take_number(fields["wait_ms"]);
    if (link && ms) witness_.waits(static_cast<std::size_t>(*link), std::chrono::milliseconds(*ms));
  }

  Witness& witness_;
};

World::World(const Plan& plan, const std::set<int>& left_out, std::ostream* trace)
    : plan_(plan), trace_(trace), witness_(plan, scheduler_), calm_(plan.calm), whole_(left_out.empty()) {
  make_engine();
  if (plan.logged) log_ = std::make_shared<Log>(witness_);
  make_links();
  make_handles();
  start_calls(left_out);
}

World::~World() {
  engine_.reset();
  for (int steps = 0; steps < most_steps && scheduler_.step(); ++steps) {
  }
}

void World::note(const std::string& what) {
  if (!trace_) return;
  *trace_ << std::chrono::duration<double>(scheduler_.steady_now() - began_).count() << "  " << what << '\n';
}

Mood World::mood(std::size_t endpoint) {
  if (calm_) return Mood::healthy;
  for (const EndpointPlan::Spell& spell : plan_.endpoints[endpoint].spells) {
    if (scheduler_.steady_now() - began_ < spell.until) return spell.mood;
  }
  return Mood::healthy;
}

// Building.

void World::make_engine() {
  EngineOptions options;
  options.scheduler(scheduler_).random_seed(plan_.seed * 2 + 1);
  options.transport([this](Scheduler& scheduler) { return std::make_unique<Network>(scheduler, *this); });
  options.run_tools_on([this](std::function<void()> task) { work(std::move(task)); });
  engine_.emplace(std::move(options));
}

/// Most workers begin soon; some are busy, some lose what they are given.
void World::work(std::function<void()> task) {
  Dice dice = dice_for(of_a_worker, ++tasks_);
  const int what = calm_ ? 9 : dice.from(0, 19);
  if (what == 0) throw std::runtime_error("no worker");
  if (what == 1) throw 7;
  if (what == 2) return;
  if (what == 3) return task();
  const Duration busy = what < 7 ? dice.time(3s) : Duration(0);
  scheduler_.sleep_until(scheduler_.steady_now() + busy, std::move(task));
}

Callbacks World::callbacks_of(std::optional<std::size_t> handle) {
  // Those of a link hear of calls made through other handles too.
  const auto is_its_own = [this, handle](const Request& request) {
    return handle && witness_.call(call_of(request)).plan.handle == *handle;
  };
  // Some throw, which must not matter to anybody.
  const auto throws = [](const Request& request) {
    if (call_of(request) % 13 == 5) throw std::runtime_error("callback");
    if (call_of(request) % 13 == 6) throw 7;
  };
  return Callbacks()
      .on_request([this, is_its_own, throws](const Request& request) {
        if (is_its_own(request)) witness_.heard_request(call_of(request));
        throws(request);
      })
      .on_response([this, is_its_own, throws](const Request& request, const Response& response) {
        if (is_its_own(request)) witness_.heard_end(call_of(request), response);
        throws(request);
      })
      .on_error([this, is_its_own, throws](const Request& request, const Error& error) {
        if (is_its_own(request)) witness_.heard_end(call_of(request), error);
        throws(request);
      });
}

Provider World::with_log(const Provider& provider) {
  if (!log_) return provider;
  auto core = std::make_shared<detail::ProviderCore>(*provider.core());
  core->settings.observers.log = log_;
  return Provider(std::move(core));
}

Provider World::with_prices(const Provider& provider, const LinkPlan& plan) {
  auto core = std::make_shared<detail::ProviderCore>(*provider.core());
  core->links.front().known = known_model(plan.prices);
  return Provider(std::move(core));
}

Provider World::make_link(std::size_t index) {
  const LinkPlan& plan = plan_.links[index];
  const EndpointPlan& endpoint = plan_.endpoints[plan.endpoint];
  const bool openai = endpoint.protocol == EndpointPlan::Protocol::openai;
  // One model everywhere, so that everybody's vectors are the same.
  ModelConfig config("l" + std::to_string(index) + "/" + plan.model, openai ? providers::openai : providers::ollama);
  config.base_url("http://" + endpoint.host + (openai ? "/v1" : ""));
  if (plan.has_key) config.api_key(secret_key);
  if (plan.bounded) config.max_response_bytes(LinkPlan::bound);
  config.retry_config(plan.retry).limits(plan.limits).timeouts(plan.timeouts);
  config.header("x-link", std::to_string(index));
  if (plan.has_key || plan.credentials != Credentials::key) config.header("x-gateway-key", other_key);
  if (plan.own_options) config.options(own_options_of(plan));
  if (auto credentials = make_credentials(*this, plan, index)) config.authenticator(std::move(credentials));
  ProviderOptions options;
  options.engine(*engine_);
  if (plan.meddling != Meddling::nothing) options.layer(make_layer(*this, plan.meddling, index));
  if (endpoint.protocol == EndpointPlan::Protocol::model) {
    return with_prices(create_provider(make_model(*this, plan, index), std::move(config), std::move(options)), plan);
  }
  return with_prices(create_provider(std::move(config), std::move(options)), plan);
}

/// Some have a log of their own, wherever they are asked.
void World::make_links() {
  for (std::size_t i = 0; i < plan_.links.size(); ++i) {
    const Provider link = make_link(i);
    links_.push_back(i % 2 == 0 ? with_log(link) : link);
  }
}

FallbackLink World::make_rule(const RulePlan& plan) {
  FallbackLink rule(links_[plan.link]);
  rule.weight(plan.weight);
  if (plan.first_content_within) {
    rule.first_content_within(std::chrono::duration_cast<std::chrono::milliseconds>(*plan.first_content_within));
  }
  if (plan.picky) rule.accept(make_predicate(*this));
  if (plan.price) rule.price(*plan.price, *plan.price);
  if (plan.context_window) rule.context_window(*plan.context_window);
  for (const ErrorKind kind : plan.leaves_besides) rule.leave_on(kind);
  for (const ErrorKind kind : plan.stays_on) rule.stay_on(kind);
  return rule;
}

Provider World::make_handle(const HandlePlan& plan, std::size_t index) {
  ProviderOptions options;
  options.engine(*engine_).callbacks(callbacks_of(index));
  if (plan.meddling != Meddling::nothing) options.layer(make_layer(*this, plan.meddling, 50 + index));
  if (!plan.is_fallback) {
    // The same link, with callbacks and layers of the handle besides.
    auto core = std::make_shared<detail::ProviderCore>(*links_[plan.links.front().link].core());
    core->settings.observers.callbacks = options.callbacks();
    for (const auto& layer : options.layers()) core->settings.layers.push_back(layer);
    return Provider(std::move(core));
  }
  FallbackConfig config;
  config.strategy(plan.strategy).max_wait(plan.max_wait).circuit_breaker(plan.breaker);
  if (plan.hedge) config.hedge(HedgeConfig().delay(*plan.hedge));
  FallbackConfig inner = config;
  for (std::size_t i = 0; i < plan.links.size(); ++i) (i < plan.nested ? inner : config).link(make_rule(plan.links[i]));
  if (plan.nested == 0) return FallbackProvider(config, options);
  FallbackConfig outer;
  outer.strategy(plan.strategy)
      .link(FallbackProvider(inner, ProviderOptions().engine(*engine_).callbacks(Callbacks())));
  for (const FallbackLink& link : config.links()) outer.link(link);
  return FallbackProvider(outer, options);
}

/// Most have a log, whatever their links have.
void World::make_handles() {
  for (std::size_t i = 0; i < plan_.handles.size(); ++i) {
    const Provider handle = make_handle(plan_.handles[i], i);
    handles_.push_back(i % 3 != 2 ? with_log(handle) : handle);
  }
}

/// One after the other, and nothing happens in between.
void World::start_at(Duration start, std::vector<User*> users) {
  scheduler_.sleep_until(began_ + start, [users = std::move(users)] {
    for (User* user : users) user->start();
  });
}

void World::start_calls(const std::set<int>& left_out) {
  Duration start{};
  std::vector<User*> together;
  for (const CallPlan& plan : plan_.calls) {
    const int call = witness_.add(plan);
    users_.push_back(std::make_unique<User>(*this, call, plan, handles_[plan.handle]));
    if (left_out.contains(call)) continue;
    if (plan.start != start) start_at(start, std::exchange(together, {}));
    start = plan.start;
    together.push_back(users_.back().get());
  }
  start_at(start, std::move(together));
  if (plan_.engine_ends) {
    scheduler_.sleep_until(began_ + *plan_.engine_ends, [this] {
      note("the engine ends");
      witness_.engine_ends();
      engine_.reset();
    });
  }
}

// What goes over the network.

Question World::question(const ExchangeRecord& exchange) {
  const LinkPlan& link = plan_.links[exchange.link];
  const std::size_t endpoint = link.endpoint;
  return Question{.exchange = exchange.id,
                  .protocol = plan_.endpoints[endpoint].protocol,
                  .mood = mood(endpoint),
                  .fast = fast(),
                  .streams = exchange.streams,
                  .lists_models = witness_.call(exchange.call).plan.kind == CallPlan::Kind::models,
                  .has_key = link.has_key || link.credentials != Credentials::key,
                  .most_bytes = link.bounded ? LinkPlan::bound : std::string::npos,
                  .in_tool_loop = in_tool_loop(exchange.call),
                  .offers_tools = exchange.offers_tools,
                  .texts = exchange.texts,
                  .first_text = exchange.part,
                  .terse = plan_.racing && !fast()};
}

void World::lets_in(int call, const Asked& asked) {
  look_at_breakers();
  witness_.lets_in(call, asked);
}

/// Credentials are fetched on the way of no call.
ExchangeRecord& World::token_asked() {
  const int nth = static_cast<int>(tokens_.size());
  ExchangeRecord& exchange = tokens_.emplace_back(ExchangeRecord{.id = nth,
                                                                 .call = -1,
                                                                 .link = 0,
                                                                 .started = scheduler_.steady_now(),
                                                                 .reply = {},
                                                                 .streams = false,
                                                                 .in_model = false,
                                                                 .said = 0});
  const Question question{.exchange = nth,
                          .protocol = EndpointPlan::Protocol::openai,
                          .mood = calm_ ? Mood::healthy : Mood::flaky,
                          .fast = fast(),
                          .streams = false,
                          .lists_models = false,
                          .has_key = false};
  exchange.reply = make_reply(dice_for(of_a_token, static_cast<std::uint64_t>(nth)), question);
  note("a token is asked for");
  return exchange;
}

ExchangeRecord& World::file_asked(const HttpRequest& request, const FileAddress& address) {
  note("call " + std::to_string(address.call) + " fetches file " + std::to_string(address.file) + ", hop " +
       std::to_string(address.hop));
  ExchangeRecord& exchange = files_.arrives(request, address);
  const auto which = (static_cast<std::uint64_t>(address.call) * 10 + static_cast<std::uint64_t>(address.file)) * 100;
  const FilePlan& plan = witness_.call(address.call).plan.files.files[static_cast<std::size_t>(address.file)];
  exchange.reply =
      make_file_reply(dice_for(of_a_file, which + static_cast<std::uint64_t>(address.hop)), plan, address, calm_);
  return exchange;
}

ExchangeRecord& World::arrives(const HttpRequest& request) {
  if (request.url == token_url) return token_asked();
  if (const auto address = file_at(request.url)) return file_asked(request, *address);
  const int call = call_of(request.headers);
  const std::size_t link = static_cast<std::size_t>(std::stoi(std::string(request.headers.get("x-link"))));
  look_at_breakers();
  ExchangeRecord& exchange = witness_.arrives(call, asked_in(request, link), false);
  files_.sent(call, link, request.body);
  const auto nth = static_cast<std::uint64_t>(witness_.call(call).exchanges.size());
  exchange.reply = make_reply(dice_for(of_a_reply, static_cast<std::uint64_t>(call) * 1000 + nth), question(exchange));
  note("call " + std::to_string(call) + " exchange " + std::to_string(exchange.id) + " asks link " +
       std::to_string(link));
  return exchange;
}

ExchangeRecord& World::asked_model(int call, const Asked& asked) {
  look_at_breakers();
  note("call " + std::to_string(call) + " asks the model of link " + std::to_string(asked.link));
  return witness_.arrives(call, asked, true);
}

void World::head_arrives(ExchangeRecord& exchange) {
  if (exchange.call < 0) return;
  note("exchange " + std::to_string(exchange.id) + " status " + std::to_string(exchange.status));
  witness_.head_arrives(exchange);
}

void World::content_arrives(ExchangeRecord& exchange) {
  if (exchange.call < 0) return;
  note("exchange " + std::to_string(exchange.id) + " speaks");
  witness_.content_arrives(exchange);
}

void World::ends(ExchangeRecord& exchange, bool with_error) {
  if (exchange.is_file) files_.ends(exchange);
  if (exchange.call < 0) return;
  note("exchange " + std::to_string(exchange.id) + (with_error ? " fails" : " ends"));
  witness_.ends(exchange);
}

void World::settled(ExchangeRecord& exchange) {
  if (exchange.call >= 0) witness_.settled(exchange);
}

void World::given_up(ExchangeRecord& exchange) {
  if (exchange.is_file) files_.given_up(exchange);
  if (exchange.call < 0) return;
  note("exchange " + std::to_string(exchange.id) + " is given up");
  witness_.given_up(exchange);
}

void World::gone(ExchangeRecord& exchange) {
  if (exchange.call >= 0) witness_.gone(exchange);
}

// Running.

std::optional<Violation> World::run() {
  if (!run_until_quiet()) return witness_.violation();
  witness_.quiet();
  files_.quiet();
  width_ = witness_.width();
  if (whole_) witness_.check_width();
  if (log_ && !log_->balanced()) witness_.fail("callbacks", "the log has beginnings without an end");
  if (log_ && log_->tells_key) witness_.fail("no-key-told", "the log tells the key");
  check_permits();
  if (engine_ && !witness_.violation()) recover();
  return witness_.violation();
}

bool World::run_until_quiet() {
  for (int steps = 0; scheduler_.step(); ++steps) {
    look_at_breakers();
    files_.look();
    if (witness_.violation()) return false;
    if (steps == most_steps) {
      witness_.fail("every-wait-ends", "the run does not come to rest");
      return false;
    }
  }
  return true;
}

void World::look_at_breakers() {
  witness_.look_at_models();
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const pipeline::Endpoint& endpoint = *links_[i].core()->links.front().endpoint;
    witness_.breaker_is(i, !endpoint.breaker.open_until());
  }
}

void World::check_permits() {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    pipeline::Endpoint& endpoint = *links_[i].core()->links.front().endpoint;
    const pipeline::Turnstile& turnstile = endpoint.turnstile(plan_.links[i].limits);
    if (turnstile.inside() != 0 || turnstile.waiting() != 0 || endpoint.gate().inside() != 0 ||
        endpoint.breaker.tried()) {
      witness_.fail("no-permit-kept", "endpoint " + std::to_string(plan_.links[i].endpoint) + ": " +
                                          std::to_string(turnstile.inside()) + " inside, " +
                                          std::to_string(turnstile.waiting()) + " waiting, " +
                                          std::to_string(endpoint.gate().inside()) + " behind the gate" +
                                          (endpoint.breaker.tried() ? ", a trial" : ""));
    }
  }
}

bool World::can_embed(const HandlePlan& handle) const {
  return std::none_of(handle.links.begin(), handle.links.end(), [this](const RulePlan& rule) {
    const LinkPlan& link = plan_.links[rule.link];
    return plan_.endpoints[link.endpoint].protocol == EndpointPlan::Protocol::model || *link.model != 'm';
  });
}

/// One that each handle has to answer.
CallPlan World::easy_call(std::size_t handle) {
  CallPlan plan{};
  plan.handle = handle;
  const auto which = (plan_.seed + handle) % 3;
  plan.kind = which == 0 ? CallPlan::Kind::chat : CallPlan::Kind::stream_for_each;
  if (which == 1 && can_embed(plan_.handles[handle])) plan.kind = CallPlan::Kind::embed;
  plan.texts = TextsPlan{.count = 3, .batch_size = 1, .concurrency = 2, .bytes = 0, .most_by_bytes = {}};
  return plan;
}

/// When all is well again, everybody is answered at the first attempt, by the first link.
void World::recover() {
  note("all is well again");
  calm_ = true;
  for (std::size_t i = 0; i < handles_.size() && !witness_.violation(); ++i) {
    scheduler_.run_for(5h);
    const CallPlan plan = easy_call(i);
    const int call = witness_.add(plan);
    users_.push_back(std::make_unique<User>(*this, call, plan, handles_[i]));
    const Time before = scheduler_.steady_now();
    users_.back()->start();
    if (!run_until_quiet()) return;
    const CallRecord& record = witness_.call(call);
    const bool answered = record.results == 1 && record.outcome && *record.outcome;
    const std::size_t least = plan.embeds() ? static_cast<std::size_t>(plan.texts.batches()) : 1;
    if (!answered || (record.exchanges.size() != least && !plan_.handles[i].hedge)) {
      witness_.fail("recovery", "handle " + std::to_string(i) + " did not answer at the first attempt");
    }
    const HandlePlan& handle = plan_.handles[i];
    // Beside one that fetches its credentials first, another one may be asked before it.
    const bool may_be_late =
        (handle.hedge || plan.embeds()) && plan_.links[handle.links.front().link].credentials == Credentials::fetched;
    const bool as_given = !handle.is_fallback || (handle.strategy == FallbackStrategy::ordered && !may_be_late);
    if (answered && as_given && witness_.exchange(record.exchanges.front()).link != handle.links.front().link) {
      witness_.fail("recovery", "handle " + std::to_string(i) + " did not ask its first link");
    }
    // Limits of requests per minute may hold three of them back.
    const Duration most = plan.embeds() ? Duration(4min) : Duration(1min);
    if (scheduler_.steady_now() - before > most) witness_.fail("recovery", "it took too long");
  }
  witness_.quiet();
  check_permits();
}

}  // namespace antiphon::simulation
