#pragma once

#include <string_view>

namespace antiphon::inline v0::ip {

/// Whether `text` is an IPv4 or IPv6 address, without brackets, that belongs to the public internet: not to this
/// machine, a private network, a link, a group or documentation. An IPv6 address that stands for an IPv4 one counts as
/// that. False for what is no address.
bool is_public_address(std::string_view text);

/// Whether the host of a URL, without brackets, may be of the public internet: a public address, or a name, of which
/// only a look-up tells. Numbers that some programs take for addresses (`127.1`, `0x7f000001`) are none.
bool may_be_public(std::string_view host);

}  // namespace antiphon::inline v0::ip
