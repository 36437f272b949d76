#pragma once

#include "config/node.hpp"

namespace antiphon::inline v0::config {

/// `over` with what only `base` has: tables key by key, everything else as a whole. A JSON Schema and extra fields are
/// one thing each, though they are written as tables.
Node merged(Node base, const Node& over);

/// The same for whole files. A model that has another provider in `over`, or is a chain in one of them alone, takes
/// nothing from `base`: address, key and headers belong to a provider.
Node merged_files(Node base, const Node& over);

/// The short form `fast = "openai/gpt-4o-mini"`, written out. Other entries are left as they are.
void write_out_models(Node& root);

}  // namespace antiphon::inline v0::config
