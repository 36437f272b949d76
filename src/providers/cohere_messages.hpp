#pragma once

#include <string>
#include <vector>

#include <antiphon/message.hpp>

#include "json/writer.hpp"
#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `messages` of Cohere's protocol, and gathers the documents that stand in them (providers.md §6.12).
class CohereMessages {
 public:
  /// `preset` tells whose blocks go along.
  CohereMessages(json::Writer& writer, RequestNotes& notes, const Preset& preset)
      : writer_(writer), notes_(notes), preset_(preset) {}

  /// The array of messages.
  void write(const Turns& turns);
  /// Documents of the messages as elements of an array: they have a field of the request's.
  const std::string& documents() const { return documents_; }

 private:
  void system(const Turns& turns);
  void user(const Turn& turn);
  void assistant(const Turn& turn);
  void content(const std::vector<TurnItem>& items);
  void content_part(const TurnItem& item);
  void image(const TurnItem& item);
  void document(const TurnItem& item);
  void result(const TurnItem& item);
  void result_parts(const TurnItem& item);
  void calls(const std::vector<TurnItem>& calls);
  bool carries_block(const TurnItem& item);
  bool is_plain_text(const TurnItem& item) const;
  bool is_ours(const Part& part) const { return came_from(part, preset_); }

  json::Writer& writer_;
  RequestNotes& notes_;
  const Preset& preset_;
  std::string documents_;
};

}  // namespace antiphon::inline v0::codec
