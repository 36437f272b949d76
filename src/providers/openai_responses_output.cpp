#include "providers/openai_responses_output.hpp"

#include <algorithm>
#include <utility>

#include "providers/base64.hpp"
#include "providers/call_arguments.hpp"
#include "providers/only_choice.hpp"
#include "providers/tool_naming.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

// More items than any response has.
constexpr std::int64_t most_items = 10'000;
// About what an item takes beside its text.
constexpr std::size_t item_overhead = 256;

constexpr std::string_view says_otherwise = "an item says something else at its end than in its pieces; its end counts";
constexpr std::string_view arguments_place = "tool_calls";

bool is_call(std::string_view type) { return type == "function_call" || type == "custom_tool_call"; }

/// A call that stands for several: what it is taken apart into goes back, not the call itself (trap 76).
bool stands_for_several(std::string_view name) { return name == "parallel" || name == "multi_tool_use.parallel"; }

/// A call that the service has made itself already, as xAI's search of X: observed of the service, 26 November 2026.
bool is_served(std::string_view type, std::string_view id) {
  return type == "custom_tool_call" && id.starts_with("xs_call");
}

/// Sections of a summary, or of thoughts, as one text.
std::string joined_sections(Value list) {
  std::string text;
  bool first = true;
  list.elements([&](Value section) {
    if (!std::exchange(first, false)) text += "\n\n";
    text += JsonFields(section).text("text");
  });
  return text;
}

std::optional<std::int64_t> number(const JsonFields& fields, std::string_view name) {
  const auto field = fields.find(name);
  if (!field || !field->count().known()) return std::nullopt;
  return field->count().at_least();
}

}  // namespace

void OpenAiResponsesOutput::restart() {
  items_.clear();
  moved_.clear();
  last_ = 0;
}

OpenAiResponsesOutput::Item& OpenAiResponsesOutput::item_at(Count index, std::string_view type) {
  if (index.known()) last_ = place_of(index.at_least());
  const auto [found, is_new] = items_.try_emplace(last_);
  Item& item = found->second;
  if (is_new) builder_.count_kept(item_overhead);
  if (item.type.empty()) item.type = type;
  return item;
}

std::int64_t OpenAiResponsesOutput::place_of(std::int64_t index) const {
  const std::int64_t place = std::clamp<std::int64_t>(index, 0, most_items);
  const auto moved = moved_.find(place);
  return moved == moved_.end() ? place : moved->second;
}

/// Whether what begins at an index is not the item that stands there, but one of a server that does not count them.
bool OpenAiResponsesOutput::is_another(std::int64_t index, const JsonFields& fields) {
  const auto found = items_.find(place_of(index));
  if (found == items_.end()) return false;
  const Item& item = found->second;
  const std::string_view type = fields.text("type");
  if (is_call(type) && is_call(item.type) && item.part) {
    const std::string& id = builder_.calls(only)[item.call].id;
    return !id.empty() && !fields.text("call_id").empty() && id != fields.text("call_id");
  }
  if (!item.done || type.empty()) return false;
  return type != item.type || (!item.id.empty() && !fields.text("id").empty() && item.id != fields.text("id"));
}

/// Null when the item is complete, or of another type: a piece that comes late or again changes nothing.
OpenAiResponsesOutput::Item* OpenAiResponsesOutput::open_item(Count index, std::string_view type) {
  Item& item = item_at(index, type);
  const bool fits = item.type == type || (is_call(item.type) && is_call(type));
  // What it was announced as does not count as long as nothing was said.
  if (!fits && !item.part && !item.refusal_part) item.type = type;
  return item.done || (!fits && item.type != type) ? nullptr : &item;
}

void OpenAiResponsesOutput::turn_to(std::optional<std::size_t>& part, PartKind kind) {
  if (part) return builder_.turn_to(only, *part);
  builder_.begin_part(only, kind);
  part = builder_.part_at_hand(only);
}

void OpenAiResponsesOutput::begin(Count index, Value value) {
  const JsonFields fields(value);
  if (!index.known()) index = items_.empty() ? 0 : items_.rbegin()->first + 1;
  if (is_another(index.at_least(), fields)) {
    builder_.count_kept(item_overhead);
    moved_.insert_or_assign(std::clamp<std::int64_t>(index.at_least(), 0, most_items), items_.rbegin()->first + 1);
  }
  Item& item = item_at(index, fields.text("type"));
  if (!is_call(item.type) || item.done) return;
  begin_call(item, fields);
  if (item.part) add_arguments(item, std::exchange(item.waiting, {}));
  if (item.served || !item.announced.empty()) return;
  item.announced = arguments_of(item, fields);
  builder_.count_kept(item.announced.size());
}

/// What a complete item, or one that begins, says of them.
std::string_view OpenAiResponsesOutput::arguments_of(const Item& item, const JsonFields& fields) {
  const auto sent = fields.find(item.type == "custom_tool_call" ? "input" : "arguments");
  return sent ? read_call_arguments(builder_, arguments_place, *sent) : std::string_view();
}

/// Calls begin as soon as they have a name or an id; other items when they say something.
void OpenAiResponsesOutput::begin_call(Item& item, const JsonFields& fields) {
  if (item.part) return;
  const std::string name = decode_tool_name(fields.text("name"));
  std::string_view id = fields.text("call_id");
  if (id.empty()) id = fields.text("id");
  // Nobody is to answer it: it goes back as it came.
  item.served = item.served || is_served(item.type, id);
  if (item.served) return;
  const std::size_t calls = builder_.calls(only).size();
  ToolCallPiece piece;
  piece.index = last_;
  piece.numbered = true;
  piece.id = id;
  piece.name = name;
  builder_.tool_call(only, piece);
  if (builder_.calls(only).size() == calls) return;
  item.call = calls;
  item.part = builder_.part_at_hand(only);
}

/// Goes to a section of a text, which begins where the one before ended. False when it has ended: what comes late or
/// again changes nothing.
bool OpenAiResponsesOutput::enter(Section& section, const std::optional<std::size_t>& part, Count index) {
  const std::int64_t wanted = std::min(index.value_or(section.index), most_items);
  if (wanted > section.index) {
    section = Section{wanted, part ? builder_.part_text(only, *part).size() : 0, false};
  }
  return !section.ended;
}

/// Of a piece. One that does not tell its section goes on with the one at hand, or begins another behind its end.
Count OpenAiResponsesOutput::section_of(const Section& at_hand, Place place) {
  return place.section.known() ? place.section : Count(at_hand.index + (at_hand.ended ? 1 : 0));
}

void OpenAiResponsesOutput::say(Place place, std::string_view piece) {
  Item* item = open_item(place.item, "message");
  if (item && enter(item->text, item->part, section_of(item->text, place))) add_text(*item, piece);
}

void OpenAiResponsesOutput::add_text(Item& item, std::string_view piece) {
  if (piece.empty()) return;
  turn_to(item.part, PartKind::text);
  builder_.text(only, piece);
}

void OpenAiResponsesOutput::refuse(Place place, std::string_view piece) {
  Item* item = open_item(place.item, "message");
  if (item && enter(item->refusal, item->refusal_part, section_of(item->refusal, place))) add_refusal(*item, piece);
}

void OpenAiResponsesOutput::add_refusal(Item& item, std::string_view piece) {
  if (piece.empty()) return;
  turn_to(item.refusal_part, PartKind::refusal);
  builder_.refusal(only, piece);
}

void OpenAiResponsesOutput::think(Place place, std::string_view piece, bool summary) {
  Item* item = open_item(place.item, "reasoning");
  if (!item) return;
  const Count section = section_of(item->text, place);
  if (enter_thought(*item, section, summary ? "summary" : "content")) add_thought(*item, piece);
}

bool OpenAiResponsesOutput::enter_thought(Item& item, Count index, std::string_view list) {
  if (item.list.empty()) item.list = list;
  // One of the two is enough, and they say the same.
  if (item.list != list) return false;
  if (item.part && index.value_or(item.text.index) > item.text.index) add_thought(item, "\n\n");
  return enter(item.text, item.part, index);
}

void OpenAiResponsesOutput::add_thought(Item& item, std::string_view piece) {
  if (piece.empty()) return;
  turn_to(item.part, PartKind::reasoning);
  builder_.reasoning(only, piece);
}

void OpenAiResponsesOutput::arguments(Place place, std::string_view piece) {
  Item* item = open_item(place.item, "function_call");
  if (item && !item->arguments_ended) add_arguments(*item, piece);
}

void OpenAiResponsesOutput::add_arguments(Item& item, std::string_view piece) {
  if (!item.part) {
    builder_.count_kept(piece.size());
    item.waiting += piece;
    return;
  }
  if (piece.empty()) return;
  ToolCallPiece more;
  more.index = last_;
  more.numbered = true;
  more.arguments = piece;
  builder_.tool_call(only, more);
}

void OpenAiResponsesOutput::logprobs(Place place, std::string_view raw_array) {
  Item* item = open_item(place.item, "message");
  if (!item || raw_array.size() <= 2) return;
  item->has_logprobs = true;
  builder_.logprobs(only, raw_array);
}

void OpenAiResponsesOutput::citation(Place place, Value annotation) {
  if (Item* item = open_item(place.item, "message")) add_citation(*item, annotation);
}

void OpenAiResponsesOutput::add_citation(Item& item, Value annotation) {
  ++item.citations;
  turn_to(item.part, PartKind::text);
  const JsonFields fields(annotation);
  Citation citation;
  citation.url(std::string(fields.text("url"))).title(std::string(fields.text("title")));
  citation.source(std::string(fields.text("file_id")));
  citation.start(number(fields, "start_index")).end(number(fields, "end_index"));
  if (citation.title().empty()) citation.title(std::string(fields.text("filename")));
  citation.raw(Json(annotation.raw().value_or("{}")));
  builder_.citation(only, std::move(citation));
}

void OpenAiResponsesOutput::finish(Count index, Value value) {
  const JsonFields fields(value);
  if (!index.known() && items_.contains(last_) && items_[last_].done) index = items_.rbegin()->first + 1;
  Item& item = item_at(index, fields.text("type"));
  if (std::exchange(item.done, true)) return;
  item.id = fields.text("id");
  // What it is called at its end counts, unless it said something before.
  const std::string_view type = fields.text("type");
  if (!type.empty() && !item.part && !item.refusal_part) item.type = type;
  if (item.type.empty() && fields.find("content")) item.type = "message";
  const std::string_view raw = value.raw().value_or(std::string_view());
  if (raw.empty())
    builder_.warn("output", "an item that is not valid JSON, or nested too deep, cannot go back as it came");
  if (item.type == "message") {
    finish_message(item, fields);
  } else if (item.type == "reasoning") {
    finish_thoughts(item, fields);
  } else if (is_call(item.type) && finish_call(item, fields)) {
    if (stands_for_several(fields.text("name"))) return;
  } else if (item.type == "image_generation_call" && !fields.text("result").empty()) {
    finish_image(item, fields);
  } else {
    if (!raw.empty()) builder_.unknown(only, provider_, raw, item.type);
    return;
  }
  keep(item, raw);
}

/// The bytes go back in place of the parts. A text and a refusal can be one item: both have its bytes.
void OpenAiResponsesOutput::keep(Item& item, std::string_view raw) {
  if (raw.empty()) return;
  for (const std::optional<std::size_t>& part : {item.part, item.refusal_part}) {
    if (!part) continue;
    builder_.turn_to(only, *part);
    builder_.raw(only, provider_, raw);
  }
}

void OpenAiResponsesOutput::finish_all(Value items) {
  std::int64_t index = 0;
  moved_.clear();
  items.elements([&](Value value) { finish(index++, value); });
}

void OpenAiResponsesOutput::close() {
  for (auto& [index, item] : items_) {
    if (item.done) continue;
    if (!item.part && !item.waiting.empty() && !item.served) {
      builder_.warn("output", "the arguments of a call without a name and an id are left out");
    }
    if (!item.part || !is_call(item.type) || !builder_.calls(only)[item.call].arguments.empty()) continue;
    last_ = index;
    add_arguments(item, item.announced);
  }
}

void OpenAiResponsesOutput::end_text(Place place, std::string_view whole) {
  Item* item = whole.empty() ? nullptr : open_item(place.item, "message");
  if (!item || place.section.value_or(item->text.index) < item->text.index) return;
  if (!enter(item->text, item->part, place.section)) return;
  end_section(*item, item->text, item->part, whole, &OpenAiResponsesOutput::add_text);
}

void OpenAiResponsesOutput::end_refusal(Place place, std::string_view whole) {
  Item* item = whole.empty() ? nullptr : open_item(place.item, "message");
  if (!item || place.section.value_or(item->refusal.index) < item->refusal.index) return;
  if (!enter(item->refusal, item->refusal_part, place.section)) return;
  end_section(*item, item->refusal, item->refusal_part, whole, &OpenAiResponsesOutput::add_refusal);
}

void OpenAiResponsesOutput::end_thought(Place place, std::string_view whole, bool summary) {
  Item* item = whole.empty() ? nullptr : open_item(place.item, "reasoning");
  if (!item || place.section.value_or(item->text.index) < item->text.index) return;
  if (!enter_thought(*item, place.section, summary ? "summary" : "content")) return;
  end_section(*item, item->text, item->part, whole, &OpenAiResponsesOutput::add_thought);
}

void OpenAiResponsesOutput::end_section(Item& item, Section& section, const std::optional<std::size_t>& part,
                                        std::string_view whole, Add add) {
  section.ended = true;
  settle(item, part, section.begin, whole, add);
}

void OpenAiResponsesOutput::end_arguments(Place place, Value event) {
  Item* item = open_item(place.item, "function_call");
  if (!item) return;
  const JsonFields fields(event);
  const auto sent = fields.find(fields.find("arguments") ? "arguments" : "input");
  const std::string_view whole = sent ? read_call_arguments(builder_, arguments_place, *sent) : std::string_view();
  if (whole.empty()) return;
  item->arguments_ended = true;
  begin_call(*item, fields);
  if (item->part) {
    add_arguments(*item, std::exchange(item->waiting, {}));
    return settle_arguments(*item, whole);
  }
  builder_.count_kept(whole.size());
  item->waiting = whole;
}

/// Adds what was not said yet of what begins there; what was said otherwise is corrected.
void OpenAiResponsesOutput::settle(Item& item, const std::optional<std::size_t>& part, std::size_t begin,
                                   std::string_view whole, Add add) {
  const std::string_view all = part ? builder_.part_text(only, *part) : std::string_view();
  const std::string_view said = all.substr(std::min(begin, all.size()));
  if (whole.empty() || whole == said) return;
  if (whole.starts_with(said)) return (this->*add)(item, whole.substr(said.size()));
  builder_.warn("output", says_otherwise);
  const std::string corrected = std::string(all.substr(0, all.size() - said.size())) + std::string(whole);
  builder_.turn_to(only, *part);
  builder_.correct_text(only, corrected);
}

void OpenAiResponsesOutput::settle_arguments(Item& item, std::string_view whole) {
  const std::string& said = builder_.calls(only)[item.call].arguments;
  if (whole.empty() || whole == said) return;
  if (whole.starts_with(said)) return add_arguments(item, whole.substr(said.size()));
  builder_.warn("output", says_otherwise);
  builder_.calls(only)[item.call].arguments = whole;
}

void OpenAiResponsesOutput::finish_message(Item& item, const JsonFields& fields) {
  const auto content = fields.find("content");
  const bool nothing_said = !item.part && !item.refusal_part;
  std::string text, refusal;
  const auto take = [&](std::string_view of_text, std::string_view of_refusal) {
    text += of_text;
    refusal += of_refusal;
    // In their order, when there were no events.
    if (!nothing_said) return;
    add_text(item, of_text);
    add_refusal(item, of_refusal);
  };
  if (content && content->type() == Type::string) take(content->text(), {});
  if (content) {
    content->elements([&](Value part) {
      const JsonFields of(part);
      take(of.text("text"), of.text("refusal"));
    });
  }
  settle(item, item.part, 0, text, &OpenAiResponsesOutput::add_text);
  settle(item, item.refusal_part, 0, refusal, &OpenAiResponsesOutput::add_refusal);
  // An empty message goes back too: what was thought before it must not stand alone.
  if (!item.part && !item.refusal_part) turn_to(item.part, PartKind::text);
  if (content) finish_notes(item, *content);
}

/// Citations and log-probabilities that had no events.
void OpenAiResponsesOutput::finish_notes(Item& item, Value content) {
  const std::size_t told = item.citations;
  const bool has_logprobs = item.has_logprobs;
  std::size_t number = 0;
  content.elements([&](Value part) {
    part.fields([&](std::string_view key, Value field) {
      if (key == "annotations") {
        field.elements([&](Value entry) {
          if (number++ >= told) add_citation(item, entry);
        });
      } else if (key == "logprobs" && !has_logprobs && field.type() == Type::array) {
        if (const auto raw = field.raw()) builder_.logprobs(only, *raw);
      }
    });
  });
}

void OpenAiResponsesOutput::finish_thoughts(Item& item, const JsonFields& fields) {
  const auto whole = [&](std::string_view list) {
    const auto sections = fields.find(list);
    return sections ? joined_sections(*sections) : std::string();
  };
  std::string thoughts = whole(item.list.empty() ? "summary" : item.list);
  if (thoughts.empty() && item.list.empty()) thoughts = whole("content");
  settle(item, item.part, 0, thoughts, &OpenAiResponsesOutput::add_thought);
  // What is sealed is not said at all.
  if (!item.part) turn_to(item.part, PartKind::reasoning);
}

/// False when it does not tell what is called.
bool OpenAiResponsesOutput::finish_call(Item& item, const JsonFields& fields) {
  const std::string_view whole = arguments_of(item, fields);
  if (!item.part) {
    begin_call(item, fields);
    if (!item.part) return false;
    add_arguments(item, whole.empty() ? item.waiting : whole);
  } else {
    settle_arguments(item, whole);
  }
  if (builder_.calls(only)[item.call].arguments.empty()) add_arguments(item, item.announced);
  // They may have been missing at the start.
  ToolCallMerger::Call& call = builder_.calls(only)[item.call];
  if (call.name.empty()) call.name = decode_tool_name(fields.text("name"));
  if (call.id.empty()) call.id = fields.text("call_id");
  return true;
}

void OpenAiResponsesOutput::finish_image(Item& item, const JsonFields& fields) {
  std::string bytes;
  base64::Decoder decoder;
  decoder.feed(fields.text("result"), bytes);
  const std::string_view format = fields.text("output_format");
  builder_.image(only, std::move(bytes), "image/" + std::string(format.empty() ? "png" : format));
  item.part = builder_.part_at_hand(only);
}

}  // namespace antiphon::inline v0::codec
