#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "json/writer.hpp"
#include "providers/codec.hpp"
#include "providers/own_fields.hpp"
#include "providers/request_notes.hpp"
#include "providers/tool_pairs.hpp"
#include "providers/turn_item.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `input` of OpenAI Responses: a flat list of items (providers.md §2.3).
class OpenAiResponsesItems {
 public:
  /// Items of that provider go back as they came.
  OpenAiResponsesItems(json::Writer& writer, RequestNotes& notes, const Preset& preset)
      : writer_(writer), notes_(notes), preset_(preset) {}

  /// `continued` when the messages go on from what the server keeps: then calls may be there.
  void write(const Messages& messages, const Options& options, bool continued);

 private:
  using Item = TurnItem;

  void said_to_model(const Message& message, std::size_t index, const std::vector<Part>* attachments);
  void said_by_model(const Message& message, std::size_t index);
  void message(const Message& message, std::size_t index, std::vector<Item>& items);
  bool carries(Role role, const Item& item);
  bool is_item(const Item& item) const;
  void content(const std::vector<Item>& items);
  void content_part(const Item& item, bool assistant);
  void image(const Item& item);
  void document(const Item& item);
  void call(const Item& item);
  void result(const Item& item);
  void raw(const Item& item);
  void own(const Item& item, std::initializer_list<std::string_view> written);
  void note_name(const Message& message, std::size_t index);
  bool is_ours(const Part& part) const { return came_from(part, preset_); }
  std::string call_id(const std::string& id) const;

  json::Writer& writer_;
  RequestNotes& notes_;
  const Preset& preset_;
  /// Calls of tools that take free text: their results have another name.
  std::set<std::string_view> custom_calls_;
  /// Calls that go back with the id that they have.
  std::set<std::string_view> own_calls_;
  ToolPairs pairs_;
};

}  // namespace antiphon::inline v0::codec
