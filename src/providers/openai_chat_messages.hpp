#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "json/writer.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `messages` of OpenAI Chat Completions.
class OpenAiChatMessages {
 public:
  /// How servers of this protocol differ.
  struct Dialect {
    std::string_view provider;  ///< whose blocks go back as they came
    bool official = false;      ///< OpenAI itself
    bool developer_role = false;
  };

  OpenAiChatMessages(json::Writer& writer, RequestNotes& notes, Dialect dialect)
      : writer_(writer), notes_(notes), dialect_(dialect) {}

  /// The array, with the attachments in the message they join.
  void write(const Messages& messages, const Options& options);

 private:
  /// A part that belongs into `content`, and where it came from.
  struct Item {
    const Part* part;
    PartPlace place;
  };

  void message(const Message& message, std::size_t index, const std::vector<Part>* attachments);
  void tool_result(const Part& part, const PartPlace& place);
  void begin(std::string_view role, const Message& message, std::size_t index);
  void content(const std::vector<Item>& items);
  void assistant(const Message& message, std::size_t index);
  void tool_calls(const Message& message, std::size_t index);
  std::string_view role_name(Role role) const;

  void content_part(const Item& item);
  void image(const Item& item);
  void audio(const Item& item);
  void document(const Item& item);
  bool carries(Role role, const Item& item);

  json::Writer& writer_;
  RequestNotes& notes_;
  Dialect dialect_;
};

}  // namespace antiphon::inline v0::codec
