#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>

#include "json/writer.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `system` and `messages` of Anthropic's protocol (providers.md §3.3).
class AnthropicMessages {
 public:
  /// `family` is whose blocks and own options go along.
  AnthropicMessages(json::Writer& writer, RequestNotes& notes, std::string_view family)
      : writer_(writer), notes_(notes), family_(family) {}

  /// The value of `system`; `instruction` is one of ours that goes behind the user's.
  void write_system(const std::vector<TurnItem>& system, std::string_view instruction);
  /// The array of messages.
  void write_turns(const std::vector<Turn>& turns);

 private:
  bool carries(const TurnItem& item, bool assistant);
  bool carries_text(const TurnItem& item);
  bool is_plain_text(const TurnItem& item) const;
  void turn(const Turn& turn, bool last);
  void block(const TurnItem& item, const std::vector<const OwnOptions*>& of_message);
  void write_block(const TurnItem& item);
  void begin(std::string_view type) { writer_.begin_object().key("type").string(type); }
  void text(const TurnItem& item);
  void image(const TurnItem& item);
  void document(const TurnItem& item);
  void tool_use(const TurnItem& item);
  void tool_result(const TurnItem& item);
  void thinking(const TurnItem& item);
  void source(std::string_view media_type, std::string_view base64);
  void own(const std::vector<OwnOptions>& options);
  void own_fields(const OwnOptions& options);
  void raw(const TurnItem& item);
  bool is_ours(const Part& part) const;

  json::Writer& writer_;
  RequestNotes& notes_;
  std::string_view family_;
};

/// Whether Anthropic's blocks of that provider may be sent to one of `family`: seals hold on all clouds.
bool is_anthropic_origin(std::string_view provider, std::string_view family);

}  // namespace antiphon::inline v0::codec
