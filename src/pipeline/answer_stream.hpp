#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "pipeline/call.hpp"
#include "pipeline/exchange.hpp"
#include "providers/answer_reader.hpp"

namespace antiphon::inline v0::pipeline {

/// Passes the chunks of one attempt on to the call's consumer. Nothing is handed out before the first content: until
/// then the attempt may fail without anybody having seen of it, or lose against a faster one.
class ChunkGate : public ChunkSink {
 public:
  using Time = std::chrono::steady_clock::time_point;

  ChunkGate(Call& call, const Link& link, Track& track, Time started)
      : call_(call), link_(link), track_(track), started_(started) {}

  void push(Chunk chunk) override;
  /// It ended well, perhaps without content: then it waits to be judged, where somebody does that. False when another
  /// track was faster.
  bool answer_ended(Time now);

  std::size_t content_pieces() const { return content_pieces_; }

 private:
  /// In whatever form. False when another track was faster.
  bool first_content_came(Time now);
  void note_success(Time now);
  void open();

  Call& call_;
  const Link& link_;
  Track& track_;
  Time started_;
  std::vector<Chunk> held_back_;
  std::size_t content_pieces_ = 0;
  bool open_ = false;
  bool lost_ = false;
};

/// Reads the answer's bytes.
class AnswerStream : public AnswerConsumer {
 public:
  using Time = ChunkGate::Time;

  AnswerStream(Call& call, const Link& link, Track& track, Time started);

  void head(HttpHead head) override;
  bool bytes(std::string_view piece) override;
  std::size_t content_pieces() const override { return track_.output ? gate_.content_pieces() : pieces_seen_; }
  bool full() const override { return track_.output && track_.output->full(); }

  Outcome end(std::optional<Error> error, Time now);
  int status() const { return status_; }
  /// What it said that it used, be there content or not.
  const Usage& usage() const { return reader_.usage(); }

 private:
  Call& call_;
  const Link& link_;
  Track& track_;
  ChunkGate gate_;
  codec::AnswerReader reader_;
  std::size_t pieces_seen_ = 0;
  int status_ = 0;
};

}  // namespace antiphon::inline v0::pipeline
