#include "integration/storm/caller.hpp"

#include <utility>

namespace antiphon::test {

namespace {

using namespace std::chrono_literals;

constexpr const char* prompt = "Tell me something.";
/// Nothing in a storm may take so long: whoever runs into it was forgotten somewhere.
constexpr std::chrono::seconds forgotten{60};

/// Of `End`, in its order.
constexpr const char* words[] = {"read to the end", "read slowly", "hung up on", "cancelled", "left", "out of time"};

}  // namespace

void HangUps::add(std::stop_source call) {
  constexpr std::size_t later = 12;
  std::optional<std::stop_source> due;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(call));
    if (waiting_.size() > later) {
      due = std::move(waiting_.front());
      waiting_.pop_front();
    }
  }
  if (due) due->request_stop();
}

void HangUps::all() {
  std::deque<std::stop_source> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(waiting_);
  }
  for (std::stop_source& call : left) call.request_stop();
}

Options Caller::numbered(int call) const {
  Options options;
  options.header("x-call", std::to_string(call)).deadline(forgotten);
  return options;
}

Caller::Ask Caller::draw(bool may_read_slowly) {
  const std::lock_guard lock(mutex_);
  Ask ask(providers_[random_.below(providers_.size())], Options());
  ask.stream = random_.below(3) != 0;
  ask.enough = static_cast<int>(random_.below(5));
  const std::uint64_t percent = random_.below(100);
  if (percent < 8)
    ask.end = End::is_late;
  else if (percent < 20)
    ask.end = End::hangs_up;
  else if (percent < 28)
    ask.end = End::cancels;
  else if (percent < 36)
    ask.end = End::leaves;
  else if (percent < 46 && may_read_slowly)
    ask.end = End::reads_slowly;
  ask.call = ledger_.begin(ask.end == End::is_late, ask.provider.name() + (ask.stream ? " streamed, " : " whole, ") +
                                                        words[static_cast<std::size_t>(ask.end)]);
  ask.options = numbered(ask.call);
  switch (random_.below(3)) {
    case 0:
      ask.options.continue_with(Continuation::same);
      break;
    case 1:
      ask.options.continue_with(Continuation::next);
      break;
    default:
      break;
  }
  if (ask.end == End::is_late) ask.options.deadline(std::chrono::milliseconds(1 + random_.below(120)));
  if (ask.end == End::hangs_up) {
    std::stop_source source;
    ask.options.cancel_on(source.get_token());
    hang_ups_.add(std::move(source));
  }
  return ask;
}

void Caller::blocking() {
  const Ask ask = draw(true);
  if (ask.stream) return blocking_stream(ask);
  ledger_.returned(ask.call, ask.provider.try_chat(prompt, ask.options));
}

void Caller::blocking_stream(const Ask& ask) {
  Stream stream = ask.provider.stream(prompt, ask.options);
  std::string shown;
  int pieces = 0;
  try {
    for (const Chunk& chunk : stream) {
      shown += chunk.content();
      ++pieces;
      if (ask.end == End::leaves && pieces > ask.enough) return ledger_.left(ask.call);
      if (ask.end == End::cancels && pieces > ask.enough) stream.cancel();
      if (ask.end == End::reads_slowly && pieces % 100 == 1) {
        const int call = ledger_.begin(false, "between two pieces");
        ledger_.returned(call, aside_.try_chat(prompt, numbered(call)));
      }
    }
    ledger_.returned(ask.call, *stream.response(), shown);
  } catch (const Error& error) {
    ledger_.returned(ask.call, error, shown);
  }
}

void Caller::callback() {
  Ask ask = draw(false);
  callbacks_.add();
  if (!ask.stream) {
    ask.provider.async_chat(prompt, ask.options).then([this, call = ask.call](Result<Response> result) {
      ledger_.returned(call, result);
      callbacks_.done();
    });
    return;
  }
  const auto shown = std::make_shared<std::string>();
  ask.provider.stream(prompt, ask.options)
      .for_each([shown](const Chunk& chunk) { *shown += chunk.content(); })
      .then([this, shown, call = ask.call](Result<Response> result) {
        ledger_.returned(call, result, *shown);
        callbacks_.done();
      });
}

Coroutine Caller::coroutine() {
  Ask ask = draw(true);
  return ask.stream ? coroutine_stream(std::move(ask)) : coroutine_chat(std::move(ask));
}

Coroutine Caller::coroutine_chat(Ask ask) {
  const Result<Response> result = co_await ask.provider.async_chat(prompt, ask.options).as_result();
  ledger_.returned(ask.call, result);
}

Coroutine Caller::coroutine_stream(Ask ask) {
  Stream stream = ask.provider.stream(prompt, ask.options);
  std::string shown;
  int pieces = 0;
  try {
    while (const Chunk* chunk = co_await stream.next()) {
      shown += chunk->content();
      ++pieces;
      if (ask.end == End::leaves && pieces > ask.enough) {
        ledger_.left(ask.call);
        co_return;
      }
      if (ask.end == End::cancels && pieces > ask.enough) stream.cancel();
      if (ask.end == End::reads_slowly && pieces % 100 == 1) {
        const int call = ledger_.begin(false, "between two pieces");
        const Options options = numbered(call);
        const Result<Response> aside = co_await aside_.async_chat(prompt, options).as_result();
        ledger_.returned(call, aside);
      }
    }
    ledger_.returned(ask.call, *stream.response(), shown);
  } catch (const Error& error) {
    ledger_.returned(ask.call, error, shown);
  }
}

}  // namespace antiphon::test
