#pragma once

#include "file_address.hpp"
#include "reply.hpp"

namespace antiphon::simulation {

/// What the server of a file makes of one request. A `good` one has the whole file in it; one with the status 302 sends
/// on. `calm`: nothing goes wrong.
Reply make_file_reply(Dice dice, const FilePlan& plan, const FileAddress& address, bool calm);

}  // namespace antiphon::simulation
