#include "pipeline/continue_answer.hpp"

#include <optional>
#include <string>
#include <utility>

#include "pipeline/fallback.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

constexpr int most_joints = 3;

constexpr const char* request_to_go_on =
    "Your last answer was cut off by a technical fault. Continue it exactly after its last character. Repeat nothing "
    "of "
    "it, and do not mention the interruption.";

bool is_cut(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::truncated:
    case ErrorKind::connection:
    case ErrorKind::tls:
    case ErrorKind::proxy:
    case ErrorKind::timeout:
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::rate_limited:
    case ErrorKind::protocol:
      return true;
    default:
      return false;
  }
}

/// Only plain text, and what was thought before it, can be continued.
bool can_continue(const Track& track, const Error& error) {
  if (track.cancel.reason() || !is_cut(error.kind())) return false;
  if (!error.partial() || error.partial()->choices().size() != 1) return false;
  bool text = false;
  for (const Part& part : error.partial()->message().parts()) {
    text = text || (part.kind() == PartKind::text && !part.text().empty());
    if (part.kind() != PartKind::text && part.kind() != PartKind::reasoning) return false;
  }
  return text;
}

/// An answer in one or more pieces, from one or more providers.
class JointAnswer {
 public:
  void add(const Response& piece) {
    for (const Part& part : piece.message().parts()) {
      if (part.kind() == PartKind::text) text_ += part.text();
      if (part.kind() != PartKind::text) others_.push_back(part);
    }
    if (pieces_++ == 0) {
      usage_ = piece.usage();
    } else {
      usage_ += piece.usage();
    }
  }
  void joint(std::string provider) { joints_.emplace_back(text_.size(), std::move(provider)); }
  const std::string& text() const { return text_; }

  Response complete_with(Response last) {
    add(last);
    return whole(std::move(last));
  }
  Error failed(Error error) const {
    Response partial = error.partial() ? *error.partial() : Response();
    return error.partial(whole(std::move(partial)));
  }

 private:
  /// Everything, with what only the last piece knows.
  Response whole(Response last) const {
    Message message(Role::assistant);
    for (const Part& part : others_) {
      if (part.kind() == PartKind::reasoning) message.add(part);
    }
    if (!text_.empty()) message.add(Part::text(text_));
    for (const Part& part : others_) {
      if (part.kind() != PartKind::reasoning) message.add(part);
    }
    last.choice(0).message() = std::move(message);
    last.usage(usage_).joints(joints_);
    for (const Joint& joint : joints_) {
      last.warn(Warning("continue_with", "the answer was cut after " + std::to_string(joint.position()) +
                                             " bytes and continued by " + joint.provider()));
    }
    return last;
  }

  std::string text_;
  std::vector<Part> others_;
  std::vector<Joint> joints_;
  Usage usage_;
  int pieces_ = 0;
};

Request request_for(const Request& original, const std::string& said) {
  Messages messages = original.messages();
  messages.assistant(said).user(request_to_go_on);
  return Request(std::move(messages), original.options(), original.stream());
}

FallbackStart start_after(const FallbackStart& cut, Continuation policy, std::size_t links) {
  FallbackStart start;
  if (policy == Continuation::same || links == 1) {
    start.first = cut.answered;
  } else {
    start.last = cut.answered;
  }
  start.answered = cut.answered;
  return start;
}

Task<Outcome> answer_in_pieces(Call& call, Track& track, Continuation policy) {
  FallbackStart start;
  Outcome outcome = co_await fallback(call, track, start);
  if (outcome || !track.delivered) co_return outcome;

  JointAnswer answer;
  Error cut = outcome.error();
  for (int joints = 0; joints < most_joints && can_continue(track, cut); ++joints) {
    answer.add(*cut.partial());
    start = start_after(start, policy, call.links.size());
    const Request request = request_for(*track.request, answer.text());
    Track rest{.cancel = track.cancel, .output = track.output, .request = &request};
    // Before its first content, so that the reader knows where the other voice begins.
    bool joined = false;
    rest.claim = [&](const Link& link) {
      if (std::exchange(joined, true)) return true;
      answer.joint(link.name);
      track.output->push(Chunk(ChunkKind::joint, link.name));
      return true;
    };
    Outcome next = co_await fallback(call, rest, start);
    if (next) co_return answer.complete_with(std::move(*next));
    // Nobody went on: what is wrong is still the cut, unless the user does not want it any more.
    if (!rest.delivered) co_return answer.failed(track.cancel.reason() ? next.error() : cut);
    cut = next.error();
  }
  if (cut.partial()) answer.add(*cut.partial());
  co_return answer.failed(std::move(cut));
}

}  // namespace

Task<Outcome> continue_answer(Call& call, Track& track) {
  const Continuation policy = track.request->options().continue_with();
  if (policy == Continuation::none) return fallback(call, track);
  return answer_in_pieces(call, track, policy);
}

}  // namespace antiphon::inline v0::pipeline
