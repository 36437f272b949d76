#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>

#include "json/writer.hpp"
#include "providers/anthropic_own_fields.hpp"
#include "providers/codec.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Whether blocks of Anthropic's that a part holds may be sent there: seals hold on all clouds.
bool is_anthropic_origin(const Part& part, const Preset& preset);

/// Writes the `system` and `messages` of Anthropic's protocol (providers.md §3.3).
class AnthropicMessages {
 public:
  /// `preset` tells whose blocks go along.
  AnthropicMessages(json::Writer& writer, RequestNotes& notes, AnthropicOwnFields& own, const Preset& preset)
      : writer_(writer), notes_(notes), own_(own), preset_(preset) {}

  /// The value of `system`; `instruction` is one of ours that goes behind the user's.
  void write_system(const Turns& turns, std::string_view instruction);
  /// The array of messages.
  void write_turns(const std::vector<Turn>& turns);

 private:
  bool carries(const TurnItem& item, bool assistant);
  bool carries_text(const TurnItem& item);
  bool carries_thought(const TurnItem& item);
  bool carries_attachment(const TurnItem& item, bool assistant);
  bool carries_raw(const Part& part) const;
  bool is_plain_text(const TurnItem& item) const;
  void turn(const Turn& turn, bool last);
  void blocks(const std::vector<TurnItem>& items, const std::vector<const OwnOptions*>& of_message);
  void block(const TurnItem& item, const std::vector<const OwnOptions*>& of_message);
  std::string as_json(const TurnItem& item);
  void write_block(const TurnItem& item);
  void begin(std::string_view type) { writer_.begin_object().key("type").string(type); }
  void text(std::string_view text);
  void image(const TurnItem& item);
  void document(const TurnItem& item);
  void tool_use(const TurnItem& item);
  void tool_result(const TurnItem& item);
  void thinking(const TurnItem& item);
  bool is_ours(const Part& part) const { return is_anthropic_origin(part, preset_); }

  json::Writer& writer_;
  RequestNotes& notes_;
  AnthropicOwnFields& own_;
  const Preset& preset_;
};

}  // namespace antiphon::inline v0::codec
