#include "pipeline/hedge.hpp"

#include <array>
#include <optional>
#include <utility>

#include "pipeline/thrown.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// One side's way to the consumer: closed until it has won.
class SideOutput : public ChunkOutput {
 public:
  explicit SideOutput(ChunkOutput& output) : output_(output) {}

  void win() {
    won_ = true;
    output_.on_room(std::move(on_room_));
  }
  void push(Chunk chunk) override {
    if (won_) output_.push(std::move(chunk));
  }
  void flush() override {
    if (won_) output_.flush();
  }
  bool full() const override { return won_ && output_.full(); }
  void on_room(std::function<void()> function) override {
    if (won_) return output_.on_room(std::move(function));
    on_room_ = std::move(function);
  }

 private:
  ChunkOutput& output_;
  std::function<void()> on_room_;
  bool won_ = false;
};

class Race {
 public:
  Race(Call& call, Track& track, Next first, std::function<bool(const Error&)> decides)
      : call_(call),
        track_(track),
        decides_(std::move(decides)),
        sides_{Side(track, std::move(first)), Side(track, nullptr)} {
    for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      sides_[i].track.claim = [this, i](const Link& link) { return claim(i, link); };
      sides_[i].track.rival = &rivals_[i];
    }
  }

  void start(std::chrono::steady_clock::time_point alone_until, std::function<Next()> choose_second) {
    choose_second_ = std::move(choose_second);
    timer_ = call_.scheduler.sleep_until(alone_until, [this] {
      timer_.reset();
      sides_[1].next = choose_second_();
      if (sides_[1].next) begin(1);
    });
    begin(0);
  }
  void cancel(const Error& reason) {
    stop_timer();
    for (Side& side : sides_) side.cancel.cancel(reason);
  }
  Event& over() { return over_; }
  HedgeOutcome end() {
    track_.delivered = track_.delivered || sides_[0].track.delivered || sides_[1].track.delivered;
    // When both failed it is the second's.
    const std::size_t side = winner_.value_or(sides_[1].begun ? 1 : 0);
    HedgeOutcome end{std::move(*sides_[side].outcome), side == 1};
    if (side == 1 && sides_[0].failed_alone) end.first_failure = sides_[0].outcome->error();
    return end;
  }

 private:
  struct Side {
    Side(Track& outer, Next way)
        : next(std::move(way)),
          track{.cancel = cancel, .output = nullptr, .request = outer.request, .exchange = outer.exchange} {
      if (!outer.output) return;
      output.emplace(*outer.output);
    }
    Side(Side&& other) = delete;

    Next next;
    CancelScope cancel;
    std::optional<SideOutput> output;
    Track track;
    std::optional<Outcome> outcome;
    bool begun = false;
    bool failed_alone = false;
  };

  bool claim(std::size_t side, const Link& link) {
    if (winner_) return *winner_ == side;
    // This race may itself be a side of something.
    if (track_.claim && !track_.claim(link)) return false;
    winner_ = side;
    stop_timer();
    if (sides_[side].output) sides_[side].output->win();
    Side& other = sides_[1 - side];
    if (!other.begun) return true;
    rivals_[1 - side].was_faster = true;
    other.cancel.cancel(Error(ErrorKind::cancelled, "another provider answered first"));
    return true;
  }

  /// The outcome of a side is a success only when the side has won.
  void begin(std::size_t index) {
    Side& side = sides_[index];
    side.begun = true;
    rivals_[1 - index].under_way = true;
    side.track.output = side.output ? &*side.output : nullptr;
    const auto ended = [this, index](Outcome outcome) { end_side(index, std::move(outcome)); };
    spawn(without_throwing(side.next, side.track), std::move(ended));
  }

  void end_side(std::size_t index, Outcome outcome) {
    // A failure before the second was asked is the fallback's business.
    if (index == 0) stop_timer();
    sides_[index].failed_alone = !outcome && !sides_[index].cancel.reason();
    sides_[index].outcome.emplace(std::move(outcome));
    rivals_[1 - index].under_way = false;
    if (index == 0 && sides_[0].failed_alone && sides_[1].begun && decides_(sides_[0].outcome->error())) {
      sides_[1].cancel.cancel(Error(ErrorKind::cancelled, "the failure of another provider is the call's"));
    }
    for (const Side& side : sides_) {
      if (side.begun && !side.outcome) return;
    }
    over_.set();
  }

  void stop_timer() {
    if (timer_) call_.scheduler.cancel(*timer_);
    timer_.reset();
  }

  Call& call_;
  Track& track_;
  std::function<bool(const Error&)> decides_;
  std::array<Side, 2> sides_;
  std::array<Rival, 2> rivals_;  ///< as each side sees the other
  std::function<Next()> choose_second_;
  std::optional<std::size_t> winner_;
  std::optional<Scheduler::Timer> timer_;
  Event over_;
};

}  // namespace

Task<HedgeOutcome> hedge(Call& call, Track& track, std::chrono::steady_clock::time_point alone_until, Next first,
                         std::function<Next()> choose_second, std::function<bool(const Error&)> decides) {
  if (track.cancel.reason()) co_return HedgeOutcome{*track.cancel.reason()};
  Race race(call, track, std::move(first), std::move(decides));
  CancelScope::Listener listener(track.cancel, [&] { race.cancel(*track.cancel.reason()); });
  race.start(alone_until, std::move(choose_second));
  co_await race.over();
  co_return race.end();
}

}  // namespace antiphon::inline v0::pipeline
