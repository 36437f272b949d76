#include "pipeline/download.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/duration_text.hpp"
#include "core/ip_address.hpp"
#include "pipeline/fetch.hpp"
#include "pipeline/redirect.hpp"
#include "providers/json_request.hpp"
#include "providers/media_type.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

using Time = std::chrono::steady_clock::time_point;

ErrorKind kind_of_status(int status) {
  if (status == 404 || status == 410) return ErrorKind::not_found;
  if (status == 401 || status == 403) return ErrorKind::permission;
  if (status == 429) return ErrorKind::rate_limited;
  return status >= 500 ? ErrorKind::server_error : ErrorKind::invalid_request;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// One file on its way.
class Download {
 public:
  Download(Call& call, const Link& link, const FetchPolicy& policy, const codec::UrlMedia& wanted,
           std::size_t most_bytes)
      : call_(call),
        link_(link),
        policy_(policy),
        wanted_(wanted),
        most_bytes_(most_bytes),
        url_(wanted.url.substr(0, wanted.url.find('#'))),
        began_(call.scheduler.steady_now()) {}

  std::size_t most_bytes() const { return most_bytes_; }

  /// Why the address at hand is not asked.
  std::optional<Error> objection() {
    const std::optional<codec::UrlParts> parts = codec::split_url(url_);
    host_ = parts ? std::string(parts->host()) : std::string();
    if (!parts) return failure(ErrorKind::invalid_request, "its URL is not one that can be fetched");
    if (!policy_.private_addresses() && !ip::may_be_public(host_)) {
      return failure(ErrorKind::invalid_request,
                     "the address is not of the public internet; private_addresses allows it");
    }
    if (time_left() <= std::chrono::nanoseconds::zero()) return late();
    return std::nullopt;
  }

  HttpRequest request() const {
    HttpRequest request = codec::plain_get(url_, wanted_.kind == PartKind::image ? "image/*" : "*/*");
    request.public_only = !policy_.private_addresses();
    request.proxy = link_.config.proxy();
    return request;
  }

  TimeoutSettings timeouts() const {
    constexpr auto off = Timeouts::off();
    const auto left = time_left();
    return TimeoutSettings{.connect = left, .first_content = off, .idle = off, .between_chunks = off, .total = left};
  }

  /// Goes on to where the answer sends; nothing when the answer is the last one.
  std::optional<Error> follow(const HttpResponse& answer) {
    if (++redirects_ > policy_.max_redirects()) {
      return failure(ErrorKind::redirected,
                     "its server sends on more than " + std::to_string(policy_.max_redirects()) + " times");
    }
    const std::string* location = answer.headers.find("location");
    std::optional<std::string> target = redirect_target(url_, location ? *location : std::string());
    if (!target) return failure(ErrorKind::redirected, "its server sends on to an address that is not followed");
    url_ = std::move(*target);
    return std::nullopt;
  }

  Result<MediaFile> file(HttpResponse answer) const {
    if (answer.status != 200) {
      return failure(kind_of_status(answer.status), "its server answers with status " + std::to_string(answer.status));
    }
    if (answer.body.empty()) return failure(ErrorKind::invalid_request, "it is empty");
    const std::string_view told = answer.headers.get("content-type");
    std::string type = codec::media_type_of_file(wanted_.kind, answer.body, told, url_);
    if (type.empty()) {
      return failure(ErrorKind::invalid_request, "it is no " + std::string(to_string(wanted_.kind)) +
                                                     "; its server says " +
                                                     (told.empty() ? std::string("nothing") : std::string(told)));
    }
    return MediaFile{std::move(answer.body), std::move(type)};
  }

  Error explain(const Error& error) const {
    if (error.kind() == ErrorKind::response_too_large) {
      return failure(error.kind(), "it is larger than " + std::to_string(most_bytes_) + " bytes");
    }
    return error.kind() == ErrorKind::timeout ? late() : failure(error.kind(), error.message());
  }

  void log(const Result<MediaFile>& result) const {
    if (!call_.logging(link_)) return;
    LogRecord record(result ? LogLevel::info : LogLevel::warning, result ? "media.fetched" : "media.failed");
    record.time(call_.scheduler.wall_now()).field("provider", link_.name).field("host", host_);
    if (result) {
      record.field("bytes", std::to_string(result->bytes.size())).field("media_type", result->media_type);
    } else {
      record.field("error", std::string(to_string(result.error().kind())));
    }
    call_.log(link_, record);
  }

 private:
  std::chrono::nanoseconds time_left() const {
    const std::chrono::nanoseconds passed = call_.scheduler.steady_now() - began_;
    return policy_.timeout() - passed;
  }

  Error late() const {
    return failure(ErrorKind::timeout, "it did not come within " + in_words(policy_.timeout()));
  }

  /// The URL may hold a secret; the host alone is named.
  Error failure(ErrorKind kind, const std::string& why) const {
    const std::string file = std::string(to_string(wanted_.kind)) + (host_.empty() ? "" : " at " + host_);
    return Error(kind, "the " + file + " could not be fetched: " + why).where(wanted_.place);
  }

  Call& call_;
  const Link& link_;
  const FetchPolicy& policy_;
  const codec::UrlMedia& wanted_;
  std::size_t most_bytes_;
  std::string url_;
  std::string host_;
  Time began_;
  int redirects_ = 0;
};

Task<Result<MediaFile>> run(Call& call, CancelScope& cancel, Download& download) {
  for (;;) {
    if (std::optional<Error> refused = download.objection()) co_return std::move(*refused);
    HttpRequest request = download.request();
    Result<HttpResponse> answer = co_await fetch(call.scheduler, call.transport, cancel, std::move(request),
                                                 download.timeouts(), download.most_bytes());
    if (cancel.reason()) co_return *cancel.reason();
    if (!answer) co_return download.explain(answer.error());
    if (!is_redirect(answer->status)) co_return download.file(std::move(*answer));
    if (std::optional<Error> refused = download.follow(*answer)) co_return std::move(*refused);
  }
}

}  // namespace

Task<Result<MediaFile>> download(Call& call, const Link& link, CancelScope& cancel, FetchPolicy policy,
                                 codec::UrlMedia wanted, std::size_t most_bytes) {
  Download one(call, link, policy, wanted, most_bytes);
  Result<MediaFile> result = co_await run(call, cancel, one);
  one.log(result);
  co_return result;
}

}  // namespace antiphon::inline v0::pipeline
