#pragma once

#include <cstddef>
#include <list>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/options.hpp>

#include "core/pool.hpp"
#include "json/writer.hpp"
#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/openai_chat_dialect.hpp"
#include "providers/request_checks.hpp"
#include "providers/request_notes.hpp"
#include "providers/tool_pairs.hpp"
#include "providers/turn_item.hpp"

namespace antiphon::inline v0::codec {

/// Writes the `messages` of OpenAI Chat Completions.
class OpenAiChatMessages {
 public:
  /// `developer_role` tells whether the model knows the role of that name.
  OpenAiChatMessages(json::Writer& writer, RequestNotes& notes, const Target& target, bool developer_role)
      : writer_(writer),
        notes_(notes),
        preset_(*target.preset),
        dialect_(openai_chat_dialect(target)),
        takes_tools_(!dialect_.refuses("tools")),
        developer_role_(developer_role) {}

  /// The array, with the attachments in the message they join.
  void write(const Messages& messages, const Options& options);

 private:
  using Item = TurnItem;
  using Items = std::vector<Item, PoolAllocator<Item>>;
  using Indices = std::vector<std::size_t, PoolAllocator<std::size_t>>;
  /// Indices of messages that are written as one.
  using Turn = std::span<const std::size_t>;

  Indices order();
  void note_tools();
  void question();
  void answer_before(std::size_t index);
  bool join(std::size_t index, std::size_t next) const;
  void note_what_moved(Turn turn);
  const Message& message(std::size_t index) const { return (*messages_)[index]; }

  void turn(Turn turn);
  void assistant(Turn turn);
  Items parts_of(Turn turn) const;
  void answers(Turn turn);
  void tool_result(const Item& item);
  void begin(std::string_view role, Turn turn);
  void name(Turn turn);
  void end();
  bool key(std::string_view name);
  void content(const Items& items, bool as_one_text);
  void tool_calls(const Items& items);
  void tool_call(const Item& item);
  ExtraFields fields_of(const Item& item) const;
  void thoughts(const Items& items, bool calls);
  bool goes_back(const Part& spoken) const;
  std::string_view role_name(Role role) const;
  std::string tool_call_id(const std::string& id) const;

  void content_part(const Item& item);
  void image(const Item& item);
  void audio(const Item& item);
  void document(const Item& item);
  void document_url(const Item& item);
  void end_part(const Item& item, std::initializer_list<std::string_view> written);
  bool carries(Role role, const Item& item);
  bool carries_file(const Item& item);
  bool is_unfetched(const Item& item);

  json::Writer& writer_;
  RequestNotes& notes_;
  const Preset& preset_;
  const OpenAiChatDialect& dialect_;
  bool takes_tools_;
  bool developer_role_;
  const Messages* messages_ = nullptr;
  const std::vector<Part>* attachments_ = nullptr;
  std::size_t joined_ = 0;  ///< the message that the attachments join
  ToolPairs pairs_;
  std::list<Part> made_;  ///< texts of what was spoken
  bool behind_result_ = false;
  ExtraFields own_;  ///< of the message that is being written
};

}  // namespace antiphon::inline v0::codec
