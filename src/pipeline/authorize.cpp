#include "pipeline/authorize.hpp"

#include <exception>
#include <memory>
#include <utility>

#include "core/pool.hpp"
#include "json/patch.hpp"
#include "providers/percent.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

void add_query(std::string& url, const std::vector<std::pair<std::string, std::string>>& fields) {
  for (const auto& [name, value] : fields) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += codec::percent_encoded(name) + "=" + codec::percent_encoded(value);
  }
}

}  // namespace

void apply_config(HttpRequest& request, const ModelConfig& config, const Options& options) {
  for (const auto& [pointer, value] : options.patches()) {
    codec::check_text(pointer, [] { return std::string("extra"); });
    codec::check_json(value.text(), "extra" + pointer);
    request.body = json::set_at(request.body, pointer, value.text());
  }
  add_query(request.url, config.query_fields());
  add_query(request.url, options.query_fields());
  for (const auto& [name, value] : config.headers()) request.headers.set(name, value);
  for (const auto& [name, value] : options.headers()) request.headers.set(name, value);
  request.proxy = config.proxy();
  request.tls = config.tls();
  request.version = config.http_version();
}

namespace {

/// Shared with the authenticator's callback, which may come late, from elsewhere, or never.
struct Waiting {
  HttpRequest request;
  Event done;
  std::optional<Error> error;
  bool answered = false;

  void answer(std::optional<Error> result) {
    if (std::exchange(answered, true)) return;
    error = std::move(result);
    done.set();
  }
};

Error failed(const char* what) {
  return Error(ErrorKind::internal, std::string("the authenticator threw: ") + what).where("authenticator");
}

}  // namespace

Task<std::optional<Error>> authorize(Call& call, CancelScope& cancel, Authenticator& authenticator,
                                     HttpRequest& request) {
  if (cancel.reason()) co_return cancel.reason();
  const auto waiting = make_pooled<Waiting>();
  waiting->request = std::move(request);
  try {
    Authenticator::Done done = [waiting](std::optional<Error> error) { waiting->answer(std::move(error)); };
    if (call.fetcher) {
      authenticator.authorize_with(*call.fetcher, waiting->request, std::move(done));
    } else {
      authenticator.authorize(waiting->request, call.scheduler.wall_now(), std::move(done));
    }
  } catch (const Error& error) {
    waiting->answer(error);
  } catch (const std::exception& error) {
    waiting->answer(failed(error.what()));
  } catch (...) {
    waiting->answer(failed("something that is no exception"));
  }
  if (!waiting->answered) {
    CancelScope::Listener listener(cancel, [&call, &cancel, waiting] {
      call.scheduler.post([waiting, reason = *cancel.reason()] { waiting->answer(reason); });
    });
    co_await waiting->done;
  }
  request = std::move(waiting->request);
  co_return waiting->error;
}

}  // namespace antiphon::inline v0::pipeline
