#pragma once

#include <cstddef>

#include <antiphon/http.hpp>
#include <antiphon/result.hpp>
#include <antiphon/scheduler.hpp>

#include "core/cancel_scope.hpp"
#include "pipeline/task.hpp"
#include "pipeline/timeout_settings.hpp"

namespace antiphon::inline v0::pipeline {

/// Sends a request and waits for its whole answer, whatever its status. One of more than `most_bytes` is
/// `response_too_large`. `reached` is set to whether there was a connection, so that something may have been sent.
Task<Result<HttpResponse>> fetch(Scheduler& scheduler, HttpTransport& transport, CancelScope& cancel,
                                 HttpRequest request, TimeoutSettings timeouts, std::size_t most_bytes,
                                 bool* reached = nullptr);

}  // namespace antiphon::inline v0::pipeline
