#pragma once

#include <functional>

#include <antiphon/http.hpp>

#include "pipeline/attempt.hpp"
#include "pipeline/call.hpp"
#include "pipeline/task.hpp"

namespace antiphon::inline v0::pipeline {

/// Reads an answer with a good status and gives what the layers above see of it. Throws `Error`.
using ReadAnswer = std::function<Response(const HttpResponse&)>;

/// One exchange whose answer is no message of a model: authorised, sent, read when it is there as a whole, and
/// accounted for like that of a chat.
Task<Outcome> whole_exchange(Call& call, const Link& link, Track& track, AttemptContext context, HttpRequest request,
                             const ReadAnswer& read);

}  // namespace antiphon::inline v0::pipeline
