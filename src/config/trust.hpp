#pragma once

#include "config/node.hpp"

namespace antiphon::inline v0::config {

/// A project's file that was found, and not named by the user, may come with anybody's work. It may not say where
/// prompts and keys go, this machine aside: throws `Error{invalid_config}` at what does. The provider's usual key is
/// kept away from addresses of this machine.
void restrict_found_file(Node& root);

}  // namespace antiphon::inline v0::config
