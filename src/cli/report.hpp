#pragma once

#include <string_view>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/response.hpp>

#include "exit_status.hpp"

namespace antiphon::cli {

/// Says on standard error what went wrong, in one line.
void report(std::string_view what);
/// The same, with a second line that helps where we know one. `asked` is whom the call was for, null when unknown.
void report(const Error& error, const ModelConfig* asked);
void report(const std::vector<Warning>& warnings);

/// A mistake in the settings that was found before anything was sent is wrong usage.
ExitStatus exit_status(const Error& error);

}  // namespace antiphon::cli
