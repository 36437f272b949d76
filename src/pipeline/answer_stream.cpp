#include "pipeline/answer_stream.hpp"

#include <utility>

#include "pipeline/endpoint.hpp"
#include "providers/rate_limits.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

bool is_content(ChunkKind kind) {
  switch (kind) {
    case ChunkKind::content:
    case ChunkKind::reasoning:
    case ChunkKind::refusal:
    case ChunkKind::tool_call_delta:
    case ChunkKind::tool_call:
    case ChunkKind::tool_result:
    case ChunkKind::audio:
    case ChunkKind::image:
    case ChunkKind::unknown:
      return true;
    case ChunkKind::citation:
    case ChunkKind::usage:
    case ChunkKind::finish:
    case ChunkKind::joint:
    case ChunkKind::raw:
      break;
  }
  return false;
}

}  // namespace

bool ChunkGate::first_content_came(Time now) {
  // A whole answer is judged before it counts: see `run_link`.
  lost_ = track_.output && track_.claim && !track_.claim(link_);
  if (lost_) return false;
  note_success(now);
  open();
  return true;
}

bool ChunkGate::answer_ended(Time now) {
  if (open_ || lost_) return open_;
  if (!track_.judged) return first_content_came(now);
  note_success(now);
  track_.held_back = std::move(held_back_);
  return true;
}

void ChunkGate::note_success(Time now) {
  if (track_.output && !call_.first_content) call_.first_content = now - call_.started;
  link_.endpoint->latencies.of(link_.config.model(), track_.output != nullptr).add(now - started_);
  link_.endpoint->content_came(call_.scheduler, started_);
}

void ChunkGate::open() {
  open_ = true;
  if (!track_.output) return;
  for (Chunk& chunk : held_back_) track_.output->push(std::move(chunk));
  held_back_.clear();
}

void ChunkGate::push(Chunk chunk) {
  if (is_content(chunk.kind())) {
    ++content_pieces_;
    if (!open_ && !lost_) first_content_came(call_.scheduler.steady_now());
    if (open_) track_.delivered = true;
  }
  if (lost_) return;
  if (open_) {
    track_.output->push(std::move(chunk));
  } else {
    held_back_.push_back(std::move(chunk));
  }
}

AnswerStream::AnswerStream(Call& call, const Link& link, Track& track, Time started)
    : call_(call),
      link_(link),
      track_(track),
      gate_(call, link, track, started),
      reader_(*link.codec, link.target, track.output != nullptr, link.config.max_response_bytes(),
              track.output ? &gate_ : nullptr) {
  reader_.raw_events(track.request->options().raw_events());
}

void AnswerStream::head(HttpHead head) {
  status_ = head.status;
  const auto now = call_.scheduler.wall_now();
  // Before the limit is hit, and not only once somebody has run into it.
  if (const auto pause = codec::exhausted_for(head.headers, now)) link_.endpoint->close_gate(call_.scheduler, *pause);
  reader_.head(std::move(head), now);
}

bool AnswerStream::bytes(std::string_view piece) {
  const bool more = reader_.feed(piece);
  // Blank lines keep a connection alive while the model thinks: no content.
  if (piece.find_first_not_of(" \t\r\n") != piece.npos) ++pieces_seen_;
  if (track_.output) track_.output->flush();
  return more;
}

Outcome AnswerStream::end(std::optional<Error> error, Time now) {
  Outcome outcome(reader_.end(std::move(error)));
  if (outcome && !gate_.answer_ended(now)) return Error(ErrorKind::cancelled, "another provider answered first");
  if (track_.output) track_.output->flush();
  return outcome;
}

}  // namespace antiphon::inline v0::pipeline
