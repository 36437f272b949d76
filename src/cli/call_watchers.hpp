#pragma once

#include <antiphon/provider.hpp>

namespace antiphon::cli {

/// Who watches the calls of a command: everything is said when `verbosity` is above zero, else at a terminal why no
/// answer comes.
ProviderOptions call_watchers(int verbosity);

}  // namespace antiphon::cli
