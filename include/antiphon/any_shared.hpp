#pragma once

#include <memory>

namespace antiphon::inline v0::detail {

/// What copies of an object share, of a type that its own source file knows: each type of pointer would take every file
/// that includes its header some milliseconds.
using AnyShared = std::shared_ptr<const void>;

}  // namespace antiphon::inline v0::detail
