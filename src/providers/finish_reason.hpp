#pragma once

#include <string_view>

#include <antiphon/response.hpp>

namespace antiphon::inline v0::codec {

/// The common word for a reason in the words of OpenAI Chat and of the servers that are compatible with it; case does
/// not matter. `none` for an empty one, `other` for what nobody knows.
FinishReason read_finish_reason(std::string_view raw);

}  // namespace antiphon::inline v0::codec
