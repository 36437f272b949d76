#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "json/writer.hpp"
#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/request_notes.hpp"
#include "providers/tool_pairs.hpp"
#include "providers/turn_item.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `messages` of Ollama's chat.
class OllamaMessages {
 public:
  OllamaMessages(json::Writer& writer, RequestNotes& notes, const Preset& preset)
      : writer_(writer), notes_(notes), preset_(preset) {}

  /// The array, with the attachments in the message they join.
  void write(const Messages& messages, const Options& options);

 private:
  using Item = TurnItem;
  /// The parts of one message, sorted.
  struct Contents {
    std::string text;
    std::string thinking;
    std::vector<Item> images;
    std::vector<Item> calls;
    std::size_t results = 0;
  };

  void message(const Message& message, std::size_t index, const std::vector<Part>* attachments);
  Contents sort(const Message& message, std::size_t index, const std::vector<Part>* attachments);
  void take(const Item& item, Role role, Contents& contents);
  void begin(std::string_view role, const Message& message, std::size_t index);
  bool key(std::string_view name);
  void end();
  void tool_result(const ToolPairs::Answer& answer, const Messages& messages);
  void image(const Item& item);
  void tool_calls(const std::vector<Item>& calls);

  json::Writer& writer_;
  RequestNotes& notes_;
  const Preset& preset_;
  ExtraFields own_;  ///< of the message that is being written
};

}  // namespace antiphon::inline v0::codec
