#pragma once

#include "core/ascii.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/turn_item.hpp"

namespace antiphon::inline v0::codec {

/// Whether what was said in a recording of an answer goes along as text, where the recording itself does not: noted
/// either way. Another provider must be able to go on with a conversation in which a model spoke.
inline bool carries_transcript(RequestNotes& notes, const TurnItem& item) {
  const std::string& transcript = item.part->text();
  check_text(transcript, item.place);
  const bool known = !ascii::is_blank(transcript);
  notes.cannot_carry(item.place(), known ? "a spoken answer is not taken back; what was said is sent as text"
                                         : "a spoken answer is not taken back, and nobody wrote down what was said");
  return known;
}

/// Notes a picture or document in an answer that does not go back.
inline void note_unreturned(RequestNotes& notes, const TurnItem& item) {
  notes.cannot_carry(item.place(), "an answer with a part of kind " + std::string(to_string(item.part->kind())) +
                                       " cannot be sent back");
}

}  // namespace antiphon::inline v0::codec
