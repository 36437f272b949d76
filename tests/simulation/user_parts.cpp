#include "user_parts.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

#include "asked.hpp"
#include "token.hpp"

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;

enum : std::uint64_t { of_a_layer = 100, of_credentials, of_a_model };

/// Layers.

class Meddler : public Layer {
 public:
  Meddler(World& world, Meddling meddling, std::uint64_t which) : world_(world), meddling_(meddling), which_(which) {}

  void handle(Request request, std::shared_ptr<Next> next, Done done) override {
    const int call = call_of(request);
    Dice dice = world_.dice_for(of_a_layer + which_, static_cast<std::uint64_t>(call) * 100 + ++calls_ % 100);
    if (world_.spares(call)) return next->call(std::move(request), std::move(done));
    switch (meddling_) {
      case Meddling::nothing:
        return next->call(std::move(request), std::move(done));
      case Meddling::passes:
        next->call(request, std::move(done));
        // While that is under way, nothing comes of another one.
        return next->call(std::move(request), [](Result<Response>) {});
      case Meddling::hops:
        return hop(std::move(request), std::move(next), std::move(done), dice);
      case Meddling::filters:
        return filter(std::move(request), *next, std::move(done), dice);
      case Meddling::asks_again:
        return ask_again(std::move(request), std::move(next), std::move(done));
      case Meddling::answers_itself:
        if (dice.chance(0.5)) break;
        return answer(call, *next, done);
      case Meddling::throws:
        if (dice.chance(0.5)) break;
        world_.witness().meddles(call);
        if (dice.chance(0.3)) throw 7;
        if (dice.chance(0.5)) throw Error(ErrorKind::invalid_request, "not by this layer");
        throw std::runtime_error("layer");
      case Meddling::throws_late:
        world_.witness().meddles(call);
        return next->call(std::move(request), [](Result<Response>) { throw std::runtime_error("layer, late"); });
      case Meddling::lets_go:
        if (dice.chance(0.5)) break;
        world_.witness().meddles(call);
        return;
      case Meddling::gives_up:
        return give_up(std::move(request), *next, std::move(done), dice);
      case Meddling::answers_late:
        if (dice.chance(0.5)) break;
        later(dice.time(5s), [this, call, next, done] { answer(call, *next, done); });
        return world_.witness().meddles(call);
      case Meddling::speaks_first:
        if (dice.chance(0.5)) break;
        world_.witness().meddles(call);
        next->emit(Chunk(ChunkKind::content, "first"));
        break;
      case Meddling::consoles:
        return console(std::move(request), std::move(next), std::move(done), dice);
    }
    next->call(std::move(request), std::move(done));
  }

 private:
  void later(Duration duration, std::function<void()> task) {
    world_.scheduler().sleep_until(world_.scheduler().steady_now() + duration, std::move(task));
  }
  void hop(Request request, std::shared_ptr<Next> next, Done done, Dice& dice) {
    const Duration before = dice.time(1s);
    const Duration after = dice.time(1s);
    later(before, [this, request, next, done, after] {
      next->call(request,
                 [this, done, after](Result<Response> result) { later(after, [done, result] { done(result); }); });
    });
  }
  void filter(Request request, Next& next, Done done, Dice& dice) {
    const int call = call_of(request);
    const bool throwing = dice.chance(0.2);
    const ChunkKind at = dice.one_of({ChunkKind::finish, ChunkKind::content, ChunkKind::joint, ChunkKind::raw});
    next.call(std::move(request), std::move(done), [this, call, throwing, at](Chunk chunk) -> std::optional<Chunk> {
      if (chunk.kind() == ChunkKind::usage) return std::nullopt;
      if (throwing && chunk.kind() == at) {
        world_.witness().meddles(call);
        throw std::runtime_error("filter");
      }
      return chunk;
    });
  }
  static void ask_again(Request request, std::shared_ptr<Next> next, Done done) {
    next->call(request, [request, next, done](Result<Response> result) {
      if (result || request.stream() || result.error().kind() == ErrorKind::cancelled) return done(std::move(result));
      next->call(request, done);
    });
  }
  void answer(int call, Next& next, const Done& done) {
    world_.witness().meddles(call);
    Response response;
    response.choice(0).finish_reason(FinishReason::stop).message().add(Part::text("mine"));
    // Where nobody streams, nobody hears it.
    next.emit(Chunk(ChunkKind::content, "mine"));
    done(std::move(response));
    // Too late for anybody to hear it.
    next.emit(Chunk(ChunkKind::content, "more"));
  }
  /// Has words of its own for a failure.
  void console(Request request, std::shared_ptr<Next> next, Done done, Dice& dice) {
    const int call = call_of(request);
    const std::string said = dice.chance(0.5) ? "sorry" : "";
    next->call(std::move(request), [this, call, next, done, said](Result<Response> result) {
      if (result) return done(std::move(result));
      world_.witness().meddles(call);
      next->emit(Chunk(ChunkKind::content, "sorry"));
      Response partial;
      partial.choice(0).message().add(Part::text(said));
      done(Error(ErrorKind::server_error, "the layer is sorry").partial(std::move(partial)));
    });
  }
  /// Does not wait for what it has asked for.
  void give_up(Request request, Next& next, Done done, Dice& dice) {
    world_.witness().meddles(call_of(request));
    next.call(
        std::move(request), dice.chance(0.5) ? Done() : [](Result<Response>) {});
    later(dice.time(2s), [done] { done(Error(ErrorKind::server_error, "the layer gave up")); });
  }

  World& world_;
  Meddling meddling_;
  std::uint64_t which_;
  std::uint64_t calls_ = 0;
};

/// Credentials.

class SimulatedCredentials : public Authenticator {
 public:
  SimulatedCredentials(World& world, Credentials kind, std::size_t link) : world_(world), kind_(kind), link_(link) {}

  void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) override {
    if (kind_ != Credentials::fetched || world_.witness().call(call_of(request.headers)).plan.gets_through) {
      return Authenticator::authorize_with(fetcher, request, std::move(done));
    }
    world_.lets_in(call_of(request.headers), asked_in(request, link_));
    sign(request);
    HttpRequest for_token;
    for_token.url = token_url;
    fetcher.fetch(std::move(for_token), 3s, [this, done](Result<HttpResponse> answer) {
      if (!answer) world_.witness().may_have_failed(link_);
      if (!answer) return done(answer.error());
      if (answer->status != 200) return done(Error(ErrorKind::authentication, "no token"));
      done(std::nullopt);
    });
  }
  void authorize(HttpRequest& request, std::chrono::system_clock::time_point, Done done) override {
    const int call = call_of(request.headers);
    Dice dice = world_.dice_for(of_credentials + 1000 * link_, ++asked_);
    world_.lets_in(call, asked_in(request, link_));
    sign(request);
    const bool calm = world_.spares(call);
    switch (kind_) {
      case Credentials::key:
      case Credentials::renewed:
      case Credentials::fetched:
        return done(std::nullopt);
      case Credentials::late:
        if (calm || dice.chance(0.3)) return done(std::nullopt);
        world_.scheduler().sleep_until(world_.scheduler().steady_now() + dice.time(2s), [done] { done(std::nullopt); });
        return;
      case Credentials::refused:
        if (calm || dice.chance(0.7)) return done(std::nullopt);
        return done(Error(ErrorKind::authentication, "no token"));
      case Credentials::thrown:
        if (calm || dice.chance(0.7)) return done(std::nullopt);
        if (dice.chance(0.3)) throw 7;
        if (dice.chance(0.5)) throw Error(ErrorKind::authentication, "no token");
        throw std::runtime_error("credentials");
    }
  }
  bool rejected() override { return kind_ == Credentials::renewed && ++rejections_ % 2 == 1; }

 private:
  static void sign(HttpRequest& request) { request.headers.set("authorization", std::string("Bearer ") + secret_key); }

  World& world_;
  Credentials kind_;
  std::size_t link_;
  std::uint64_t asked_ = 0;
  int rejections_ = 0;
};

/// Models.

class SimulatedModel : public Model {
 public:
  SimulatedModel(World& world, std::size_t endpoint, std::size_t link)
      : world_(world), endpoint_(endpoint), link_(link) {}

  void answer(const Request& request, ModelAnswer answer) override {
    const Asked asked = asked_in(request, link_);
    ExchangeRecord& exchange = world_.asked_model(call_of(request), asked);
    exchange.cancelled_in_model = [answer] { return answer.cancelled(); };
    Dice dice = world_.dice_for(of_a_model, static_cast<std::uint64_t>(exchange.id));
    const bool good = world_.mood(endpoint_) == Mood::healthy || dice.chance(0.5);
    exchange.reply.meaning = Reply::Meaning::good;
    exchange.reply.tokens = dice.from(0, 4);
    exchange.reply.used = 2;
    exchange.reply.prompt = 1;
    if (!good) return fail(exchange, std::move(answer), dice);
    if (dice.chance(0.1)) {
      world_.witness().content_arrives(exchange);
      answer.reasoning("Hm.");
    }
    call_tools(exchange, answer, dice);
    padding_ = !world_.in_tool_loop(exchange.call) && dice.chance(world_.racing() ? 0.5 : 0.01) ? 90'000 : 0;
    polite_ = dice.chance(world_.racing() ? 0.5 : 0.8);
    speak(exchange, answer, dice, exchange.reply.tokens, [this, &exchange, answer]() mutable {
      world_.note("model finishes exchange " + std::to_string(exchange.id));
      world_.witness().ends(exchange);
      answer.usage(Usage().input_tokens(1).output_tokens(1)).finish();
      // Nobody hears what comes behind the end.
      answer.content("late");
    });
  }

 private:
  void call_tools(ExchangeRecord& exchange, ModelAnswer& answer, Dice& dice) {
    std::vector<DrawnCall> calls = draw_calls(dice, world_.question(exchange), true);
    if (!world_.in_tool_loop(exchange.call) && dice.chance(0.05)) calls.push_back({"t", "f", "{}", false});
    for (const DrawnCall& call : calls) {
      world_.witness().content_arrives(exchange);
      exchange.reply.calls.push_back({call.id, call.fits});
      answer.tool_call(call.id, call.name, call.arguments);
    }
  }
  /// Words with pauses between them, then `then`; nothing more once nobody wants it.
  void speak(ExchangeRecord& exchange, ModelAnswer answer, Dice dice, int words, std::function<void()> then,
             int word = 0) {
    auto task = [=, this, &exchange]() mutable {
      // Nor what comes when nobody wants it any more.
      if (answer.cancelled()) return void(answer.content("late"));
      if (polite_ && answer.full()) {
        world_.scheduler().sleep_until(world_.scheduler().steady_now() + 100ms,
                                       [=, this, &exchange] { speak(exchange, answer, dice, words, then, word); });
        return;
      }
      if (word == words) {
        // A failure is heard behind what there is no room for, and a timeout may pass before that is taken.
        if (answer.full()) world_.witness().may_fail_later(link_);
        return then();
      }
      world_.witness().content_arrives(exchange);
      answer.content(Token(exchange.id, word).text(padding_));
      speak(exchange, answer, dice.for_the(1), words, then, word + 1);
    };
    const Duration pause = world_.fast() ? Duration(0) : dice.time(500ms);
    if (pause == 0s && dice.chance(0.5)) return task();
    world_.scheduler().sleep_until(world_.scheduler().steady_now() + pause, task);
  }
  void fail(ExchangeRecord& exchange, ModelAnswer answer, Dice& dice) {
    exchange.reply.meaning = Reply::Meaning::ill;
    const int words = dice.chance(0.5) ? 0 : exchange.reply.tokens;
    switch (dice.from(0, 3)) {
      case 0:
        world_.witness().ends(exchange);
        if (dice.chance(0.3)) throw 7;
        if (dice.chance(0.5)) throw Error(ErrorKind::overloaded, "model");
        throw std::runtime_error("model");
      case 1:
        // The last copy goes with the last word.
        return speak(exchange, answer, dice, words, [this, &exchange] { world_.witness().ends(exchange); });
      default: {
        const ErrorKind kind = dice.one_of(
            {ErrorKind::overloaded, ErrorKind::server_error, ErrorKind::rate_limited, ErrorKind::authentication});
        exchange.reply.meaning = kind == ErrorKind::rate_limited     ? Reply::Meaning::limited
                                 : kind == ErrorKind::authentication ? Reply::Meaning::refused
                                                                     : Reply::Meaning::ill;
        const Duration wait = dice.time(5s);
        Error error = Error(kind, "model").retry_after(std::chrono::duration_cast<std::chrono::milliseconds>(wait));
        if (kind == ErrorKind::authentication) error.http_status(401);
        if (dice.chance(0.3)) error.provider("mine");
        speak(exchange, answer, dice, words, [this, &exchange, answer, error]() mutable {
          world_.witness().ends(exchange);
          answer.fail(error);
        });
      }
    }
  }

  World& world_;
  std::size_t endpoint_;
  std::size_t link_;
  std::size_t padding_ = 0;
  bool polite_ = true;  ///< says no more than there is room for
};

}  // namespace

std::shared_ptr<Layer> make_layer(World& world, Meddling meddling, std::uint64_t which) {
  return std::make_shared<Meddler>(world, meddling, which);
}

std::shared_ptr<Authenticator> make_credentials(World& world, const LinkPlan& plan, std::size_t link) {
  if (plan.credentials == Credentials::key) return nullptr;
  return std::make_shared<SimulatedCredentials>(world, plan.credentials, link);
}

std::shared_ptr<Model> make_model(World& world, const LinkPlan& plan, std::size_t link) {
  return std::make_shared<SimulatedModel>(world, plan.endpoint, link);
}

std::function<bool(const Response&)> make_predicate(World& world) {
  return [&world](const Response& response) {
    const auto words = parse_tokens(response.content());
    if (world.calm() || !words || words->empty()) return true;
    const int exchange = words->front().exchange();
    if (exchange % 11 == 0) throw std::runtime_error("predicate");
    if (exchange % 17 == 0) throw 7;
    return exchange % 3 != 0;
  };
}

int call_of(const HttpHeaders& headers) { return std::stoi(std::string(headers.get("x-call"))); }

int call_of(const Request& request) {
  for (const auto& [name, value] : request.options().headers()) {
    if (name == "x-call") return std::stoi(value);
  }
  return 0;
}

}  // namespace antiphon::simulation
