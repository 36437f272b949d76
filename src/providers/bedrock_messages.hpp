#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>

#include "json/writer.hpp"
#include "providers/bedrock_media.hpp"
#include "providers/codec.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `system` and `messages` of Bedrock's Converse (providers.md §6.13).
class BedrockMessages {
 public:
  /// `preset` tells whose blocks and whose own options go along; Claude's ids of calls have fewer letters than others'.
  BedrockMessages(json::Writer& writer, RequestNotes& notes, const Preset& preset, bool is_claude)
      : writer_(writer), notes_(notes), preset_(preset), is_claude_(is_claude), media_(writer, notes) {}

  /// The value of `system`; `instruction` is one of ours that goes behind the user's.
  void write_system(const Turns& turns, std::string_view instruction);
  /// The array of messages.
  void write_turns(const std::vector<Turn>& turns);

 private:
  void turn(const Turn& turn);
  bool carries(const TurnItem& item, bool assistant);
  bool carries_text(const TurnItem& item);
  bool carries_media(const TurnItem& item);
  bool carries_attachment(const TurnItem& item, bool assistant);
  bool carries_thought(const TurnItem& item);
  void block(const TurnItem& item);
  void write_block(const TurnItem& item);
  void text(const TurnItem& item);
  void plain_text(std::string_view text);
  void tool_use(const TurnItem& item);
  std::string call_id(const std::string& id) const;
  void tool_result(const TurnItem& item);
  void result_part(const TurnItem& item, bool& any);
  void reasoning(const TurnItem& item);
  void own_members(const TurnItem& item, std::initializer_list<std::string_view> written);
  void cache_points(const std::vector<OwnOptions>& options);
  void own_of_messages(const std::vector<const OwnOptions*>& own);
  void cache_point(const OwnOptions& options);
  bool is_ours(const Part& part) const { return came_from(part, preset_); }

  json::Writer& writer_;
  RequestNotes& notes_;
  const Preset& preset_;
  bool is_claude_;
  BedrockMedia media_;
};

}  // namespace antiphon::inline v0::codec
