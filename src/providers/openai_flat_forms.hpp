#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/own_options.hpp>

namespace antiphon::inline v0::codec {

/// Tools, or a choice of tools, in the form of Chat Completions (providers.md §1.4) as Responses take them (§2.4):
/// what stands there inside a member named after its `type` stands beside it here. Other forms are kept as they are.
std::string flat_tools(std::string_view json);

/// Further fields of a part or a tool in that form as Responses take them: by the same names, those of a tool's
/// `function` beside the others. Fields of other families are left out.
std::vector<OwnOptions> flat_own_fields(const std::vector<OwnOptions>& own);

/// A part of a message in that form (§1.3) as Responses take it (§2.3), with what else stands in it; empty when there
/// is no such part here.
std::string flat_part(std::string_view json);

}  // namespace antiphon::inline v0::codec
