#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/answer_builder.hpp"
#include "json/reader.hpp"
#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

/// Puts the items of a response (providers.md §2.3) into an answer, from their events, from their complete forms, or
/// from both. Items are told apart by their place in the output: some servers change their ids from event to event
/// (trap 51). A complete item is the truth, the events before it are a preview (trap 52).
class OpenAiResponsesOutput {
 public:
  OpenAiResponsesOutput(std::string_view provider, AnswerBuilder& builder) : provider_(provider), builder_(builder) {}

  /// Where in an item a piece belongs; what an event leaves out is unknown.
  struct Place {
    Count item;
    Count section;  ///< `content_index` or `summary_index`
  };

  bool empty() const { return items_.empty(); }
  /// The answer begins anew.
  void restart();

  void begin(Count index, json::Value item);
  void say(Place place, std::string_view piece);
  void refuse(Place place, std::string_view piece);
  /// A piece of a summary, or of the thoughts themselves.
  void think(Place place, std::string_view piece, bool summary);
  void arguments(Place place, std::string_view piece);
  void logprobs(Place place, std::string_view raw_array);
  void citation(Place place, json::Value annotation);
  // A section of an item has ended, and this is all of it: what was said otherwise is corrected, what still comes of it
  // does not count. An empty text says nothing.
  void end_text(Place place, std::string_view whole);
  void end_refusal(Place place, std::string_view whole);
  void end_thought(Place place, std::string_view whole, bool summary);
  /// `event` has `arguments` or `input`, and perhaps the `name` of what is called.
  void end_arguments(Place place, json::Value event);
  void finish(Count index, json::Value item);
  /// The output of a response that has ended.
  void finish_all(json::Value items);
  /// Nothing more comes: what was only announced counts now.
  void close();

 private:
  /// The part of a text that is being said.
  struct Section {
    std::int64_t index = 0;
    std::size_t begin = 0;  ///< where it begins in all of the text
    bool ended = false;
  };
  struct Item {
    std::string type;
    std::string id;         ///< as it was told at its end
    std::string waiting;    ///< arguments of a call of which nobody knows yet what it calls
    std::string announced;  ///< arguments that the item had when it began
    std::string_view list;  ///< where its thoughts stand in it: `summary` or `content`
    Section text;           ///< or thoughts
    Section refusal;
    std::optional<std::size_t> part;          ///< where its text, thoughts or call stand among the parts
    std::optional<std::size_t> refusal_part;  ///< a refusal is a part of its own
    std::size_t call = 0;                     ///< of a tool call, its place among them
    std::size_t citations = 0;
    bool has_logprobs = false;
    bool arguments_ended = false;
    bool served = false;
    bool done = false;
  };

  Item& item_at(Count index, std::string_view type);
  bool is_another(std::int64_t index, const JsonFields& fields);
  std::int64_t place_of(std::int64_t index) const;
  Item* open_item(Count index, std::string_view type);
  void turn_to(std::optional<std::size_t>& part, PartKind kind);
  void begin_call(Item& item, const JsonFields& fields);
  std::string_view arguments_of(const Item& item, const JsonFields& fields);
  void add_text(Item& item, std::string_view piece);
  void add_refusal(Item& item, std::string_view piece);
  void add_thought(Item& item, std::string_view piece);
  void add_arguments(Item& item, std::string_view piece);
  void add_citation(Item& item, json::Value annotation);
  static Count section_of(const Section& at_hand, Place place);
  bool enter(Section& section, const std::optional<std::size_t>& part, Count index);
  bool enter_thought(Item& item, Count index, std::string_view list);
  using Add = void (OpenAiResponsesOutput::*)(Item&, std::string_view);
  void end_section(Item& item, Section& section, const std::optional<std::size_t>& part, std::string_view whole,
                   Add add);
  void settle(Item& item, const std::optional<std::size_t>& part, std::size_t begin, std::string_view whole, Add add);
  void settle_arguments(Item& item, std::string_view whole);
  void finish_message(Item& item, const JsonFields& fields);
  void finish_notes(Item& item, json::Value content);
  void finish_thoughts(Item& item, const JsonFields& fields);
  bool finish_call(Item& item, const JsonFields& fields);
  void finish_image(Item& item, const JsonFields& fields);
  void keep(Item& item, std::string_view raw);

  std::string provider_;
  AnswerBuilder& builder_;
  std::map<std::int64_t, Item> items_;
  /// Where the item that a server speaks of at an index stands, when another one stood there before.
  std::map<std::int64_t, std::int64_t> moved_;
  /// The item that was spoken of last.
  std::int64_t last_ = 0;
};

}  // namespace antiphon::inline v0::codec
