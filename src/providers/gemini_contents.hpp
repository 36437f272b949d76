#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>

#include "json/writer.hpp"
#include "providers/codec.hpp"
#include "providers/gemini.hpp"
#include "providers/gemini_models.hpp"
#include "providers/request_notes.hpp"
#include "providers/turns.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `systemInstruction` and `contents` of Gemini's protocol (providers.md §4.2, §4.3).
class GeminiContents {
 public:
  GeminiContents(json::Writer& writer, RequestNotes& notes, const Target& target, const GeminiModel& model)
      : writer_(writer), notes_(notes), preset_(*target.preset), names_media_(is_on_vertex(target)), model_(model) {}

  /// `instruction` stands behind what the user says, unless it is empty.
  void write_system(const Turns& turns, std::string_view instruction);
  void write_turns(const std::vector<Turn>& turns);

 private:
  void turn(const Turn& turn);
  bool carries_media(const TurnItem& item);
  bool carries_untyped(const TurnItem& item);
  bool carries(const TurnItem& item, bool assistant);
  void part(const TurnItem& item);
  void body(const TurnItem& item);
  void words(const TurnItem& item);
  void own(const TurnItem& item, std::initializer_list<std::string_view> written);
  void media(const TurnItem& item);
  void inline_data(std::string_view media_type, std::string_view base64, std::string_view name = {});
  void file_data(const std::string& url, std::string_view media_type);
  void call(const TurnItem& item);
  void result(const TurnItem& item);
  void response(const TurnItem& item);
  void seal(const TurnItem& item);
  void seal(const std::string& signature);
  void note_dropped(const TurnItem& item);
  /// By the name alone: nothing is known of a seal of the Gemini API that holds on Vertex AI, or the other way round.
  bool is_ours(const Part& part) const { return part.provider() == preset_.name; }
  bool goes_back_raw(const Part& part) const;
  std::string call_id(const Part& call) const;

  json::Writer& writer_;
  RequestNotes& notes_;
  const Preset& preset_;
  bool names_media_;
  GeminiModel model_;
  /// The calls so far, by the id that their results have.
  std::map<std::string_view, const Part*> calls_;
  bool first_call_of_turn_ = true;
  bool of_model_ = false;  ///< the turn that is written
  bool sealed_ = false;    ///< the part that is being written
};

}  // namespace antiphon::inline v0::codec
