#pragma once

#include <antiphon/error.hpp>

#include "pipeline/call.hpp"

namespace antiphon::inline v0::pipeline {

/// Options of a family of providers that none of the call's links is of: a warning for each, with the place where it
/// was set. A `strict` call fails with the first, as `unsupported`.
std::optional<Error> note_unmeant_options(Call& call);

}  // namespace antiphon::inline v0::pipeline
