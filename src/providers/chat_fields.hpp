#pragma once

#include <initializer_list>
#include <string_view>

#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Whether it is a field of Chat Completions that is none of our options, or holds what none of them says, and that a
/// request in that form may bring along (providers.md §1.2).
bool is_chat_field(std::string_view name);

/// Takes those out of what a user added to the body of another protocol, which refuses them or loses them in silence,
/// and notes each. `taken` are names that the protocol has as well.
void leave_out_chat_fields(ExtraFields& extras, RequestNotes& notes,
                           std::initializer_list<std::string_view> taken = {});

/// The same of a `tool_choice` in a form that Chat Completions alone has (§1.4), where the protocol has a field of that
/// name for forms of its own.
void leave_out_chat_choice(ExtraFields& extras, RequestNotes& notes);

/// The same of a `response_format` of a type that is none of these: of a server with grammars, say.
void leave_out_formats(ExtraFields& extras, RequestNotes& notes, std::initializer_list<std::string_view> types);

/// Where a protocol has a place for further fields of Chat Completions.
enum class ChatMembers { nowhere, in_parts_and_tools };

/// Notes what messages, parts, tools and calls have beside what is known of Chat Completions, each at its place: that
/// came with a request in that form, and is meant for whoever gets it.
void note_chat_members(RequestNotes& notes, const Request& request, const Preset& preset,
                       ChatMembers taken = ChatMembers::nowhere);

}  // namespace antiphon::inline v0::codec
