#include "pipeline/fetch_media.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/asking.hpp"
#include "pipeline/download.hpp"
#include "pipeline/fetched_media.hpp"
#include "providers/request_checks.hpp"
#include "providers/url_media.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

Error too_many_bytes(const FetchPolicy& policy, const codec::UrlMedia& wanted) {
  return Error(ErrorKind::response_too_large,
               "the files of the call are larger than " + std::to_string(policy.max_total_bytes()) + " bytes together")
      .where(wanted.place);
}

Part as_part(PartKind kind, MediaFile file) {
  if (kind == PartKind::image) return Part::image(std::move(file.bytes), std::move(file.media_type));
  if (kind == PartKind::audio) return Part::audio(std::move(file.bytes), std::move(file.media_type));
  return Part::document(std::move(file.bytes), std::move(file.media_type));
}

Task<Result<Part>> fetch_one(Call& call, const Link& link, Track& track, FetchPolicy policy, codec::UrlMedia wanted) {
  const std::size_t before = call.media.bytes();
  if (before >= policy.max_total_bytes()) co_return too_many_bytes(policy, wanted);
  const std::size_t left = policy.max_total_bytes() - before;
  Result<MediaFile> file =
      co_await download(call, link, track.cancel, policy, wanted, std::min(policy.max_bytes(), left));
  if (file) co_return as_part(wanted.kind, std::move(*file));
  const bool all = left < policy.max_bytes() && file.error().kind() == ErrorKind::response_too_large;
  if (all) co_return too_many_bytes(policy, wanted);
  co_return file.error();
}

/// Waits until whoever fetches the file has come to an end with it, or the track is cancelled.
Task<bool> wait_for(Call& call, Track& track, FetchedMedia::Entry& entry) {
  const auto event = std::make_shared<Event>();
  entry.wait(event);
  CancelScope::Listener listener(track.cancel, [&call, event] { call.scheduler.post([event] { event->set(); }); });
  Event& changed = *event;
  co_await changed;
  co_return true;
}

/// Has one file fetched by this track, or waits for another one that does; why it is not there, or nothing.
Task<std::optional<Error>> obtain(Call& call, const Link& link, Track& track, FetchPolicy policy,
                                  codec::UrlMedia wanted) {
  FetchedMedia::Entry& entry = call.media.entry(wanted.kind, wanted.url, policy);
  while (!entry.result) {
    if (track.cancel.reason()) co_return track.cancel.reason();
    if (entry.under_way()) {
      co_await wait_for(call, track, entry);
      continue;
    }
    const FetchedMedia::Fetching fetching(entry, call.scheduler);
    Result<Part> got = co_await fetch_one(call, link, track, policy, wanted);
    // One that was cancelled says nothing about the file: another track may still want it.
    if (got || !track.cancel.reason()) entry.result = std::move(got);
  }
  if (*entry.result) co_return std::nullopt;
  Error error = entry.result->error();
  co_return error.where(wanted.place).provider(link.name);
}

Task<Outcome> with_files(Call& call, const Link& link, Track& track, RetryContext context, FetchPolicy policy,
                         std::vector<codec::UrlMedia> wanted) {
  for (const codec::UrlMedia& one : wanted) {
    std::optional<Error> error = co_await obtain(call, link, track, policy, one);
    if (error) co_return std::move(*error);
  }
  const auto file_of = [&](const Part& part, const std::string&) {
    const Part& file = **call.media.entry(part.kind(), part.url(), policy).result;
    return part.with_content(file.bytes(), file.media_type());
  };
  const Request request = codec::replace_url_media(*track.request, *link.codec, link.target, file_of);
  const Asking asking(track, request);
  Outcome outcome = co_await retry(call, link, track, context);
  co_return outcome;
}

}  // namespace

Task<Outcome> fetch_media(Call& call, const Link& link, Track& track, RetryContext context) {
  const std::optional<FetchPolicy>& policy = track.request->options().fetch_policy();
  // Without a frame of its own for most calls.
  if (!policy || !policy->allowed() || !link.codec) return retry(call, link, track, context);
  codec::check_fetch_policy(*policy);
  std::vector<codec::UrlMedia> wanted = codec::find_url_media(*track.request, *link.codec, link.target);
  if (wanted.empty()) return retry(call, link, track, context);
  return with_files(call, link, track, context, *policy, std::move(wanted));
}

}  // namespace antiphon::inline v0::pipeline
