#include "openai_responses_answer.hpp"

#include "blocks.hpp"
#include "openai_hosted.hpp"
#include "openai_item_id.hpp"
#include "openai_items.hpp"
#include "openai_response_object.hpp"

namespace antiphon::inline v0::simulator {
namespace {

using Kind = Block::Kind;
using ItemKind = OutputItem::Kind;

/// Longer texts are not said again at their end.
constexpr std::size_t most_repeated = std::size_t{16} << 20;

std::string member_number(std::string_view name, std::uint64_t number) {
  return ",\"" + std::string(name) + "\":" + std::to_string(number);
}

/// Names of the events of one kind of block.
struct Names {
  std::string text;        ///< of its deltas, without `.delta`
  std::string whole;       ///< field of its `done` event
  std::string part;        ///< of the part around it; empty: none
  std::string part_index;  ///< empty: none
};

Names names_of(const Block& block, bool is_custom_call) {
  switch (block.kind) {
    case Kind::refusal:
      return {"response.refusal", "refusal", "response.content_part", "content_index"};
    case Kind::reasoning:
    case Kind::hidden_reasoning:
      if (block.is_raw) return {"response.reasoning_text", "text", "", "content_index"};
      return {"response.reasoning_summary_text", "text", "response.reasoning_summary_part", "summary_index"};
    case Kind::call:
      if (is_custom_call) return {"response.custom_tool_call_input", "input", "", ""};
      return {"response.function_call_arguments", "arguments", "", ""};
    case Kind::text:
    case Kind::extra:
      break;
  }
  return {"response.output_text", "text", "response.content_part", "content_index"};
}

class ResponseSource : public BlockSource {
 public:
  ResponseSource(const Ask& ask, const Answer& answer, const ResponseOutput& output)
      : BlockSource(output.blocks()), ask_(ask), answer_(answer), output_(output), random_(hash(answer.id, 1)) {}

  /// Numbers are given with the events: what is thrown away has none.
  bool next(Event& event) override {
    if (!BlockSource::next(event)) return false;
    number(event);
    return true;
  }

  std::vector<Event> fail(const Failure& failure) override {
    std::string fields = R"({"type":)";
    const std::string type = failure.type.empty() ? "server_error" : failure.type;
    append_quoted(fields, type);
    fields += R"(,"code":)" + text_or_null(failure.code);
    append_member(fields, "message", failure.message);
    fields += R"(,"param":)" + text_or_null(failure.param) + '}';
    const std::string flat = "," + fields.substr(fields.find("\"code\""));
    std::vector<Event> events(2);
    events[0] = {Event::Kind::failure,
                 R"({"type":"error")" + (answer_.flat_errors ? flat : R"(,"error":)" + fields + '}')};
    events[1] = {Event::Kind::failure, R"({"type":"response.failed")" + response({"failed", "", failure}, done_) + '}'};
    for (Event& event : events) number(event);
    return events;
  }

 protected:
  void begin() override {
    const std::string status = ask_.runs_in_background ? "queued" : "in_progress";
    give(Event::Kind::start, R"({"type":"response.created")" + response({status, "", std::nullopt}, "") + '}');
    if (ask_.runs_in_background) emit("response.queued", response({status, "", std::nullopt}, ""));
    emit("response.in_progress", response({"in_progress", "", std::nullopt}, ""));
  }

  void open(std::size_t index) override {
    text_.clear();
    is_long_ = false;
    item_ = output_.item_of(index);
    const OutputItem& item = output_.items()[item_];
    if (index == item.blocks.front()) {
      const std::string id = next_id();
      item_is_long_ = false;
      emit("response.output_item.added", place() + R"(,"item":)" + output_.item(item_, id, ItemState::begun));
    }
    if (item.kind == ItemKind::hosted) return give_progress(index);
    names_ = names_of(blocks()[index], item.kind == ItemKind::custom_call);
    part_ = output_.part_of(index);
    if (has_part(index)) emit_part(names_.part + ".added", output_.part(index, false));
  }

  void piece(std::size_t index, const std::string& text) override {
    is_long_ |= text_.size() + text.size() > most_repeated;
    if (!is_long_) text_ += text;
    std::string fields = located();
    fields.reserve(fields.size() + text.size() + 128);
    append_member(fields, "delta", text);
    if (blocks()[index].kind == Kind::text) fields += R"(,"logprobs":)" + output_.logprobs({text});
    if (ask_.obfuscates) append_member(fields, "obfuscation", random_name(random_, 1 + (text.size() * 7) % 16));
    give(Event::Kind::content, R"({"type":")" + names_.text + ".delta\"" + fields + '}');
  }

  void close(std::size_t index) override {
    const Block& block = blocks()[index];
    const OutputItem& item = output_.items()[item_];
    repeats_ &= !is_long_;
    if (item.kind != ItemKind::hosted) give_citations(block);
    const bool says_again = !is_long_ && !answer_.without_part_ends && item.kind != ItemKind::hosted;
    if (says_again && has_text(index)) {
      std::string fields = located();
      append_member(fields, names_.whole, text_);
      if (block.kind == Kind::text) fields += R"(,"logprobs":)" + output_.logprobs(block.pieces);
      emit(names_.text + ".done", fields);
    }
    if (says_again && has_part(index)) emit_part(names_.part + ".done", filled(output_.part(index, true)));
    item_is_long_ |= is_long_;
    if (index == item.blocks.back() && !item_is_long_) give_item();
  }

  void end() override {
    const ResponseStatus status = status_of(answer_);
    const std::string type = status.status == "failed"       ? "response.failed"
                             : status.status == "incomplete" ? "response.incomplete"
                                                             : "response.completed";
    give(Event::Kind::finish, R"({"type":")" + type + '"' + response(status, repeats_ ? done_ : "") + '}');
  }

 private:
  static std::string text_or_null(const std::string& text) {
    std::string out;
    append_quoted(out, text);
    return text.empty() ? "null" : out;
  }

  void number(Event& event) {
    const std::size_t end = event.data.find('"', std::string_view(R"({"type":")").size()) + 1;
    event.data.insert(end, member_number("sequence_number", number_++));
  }

  void emit(const std::string& type, const std::string& fields) {
    give(Event::Kind::other, R"({"type":")" + type + '"' + fields + '}');
  }

  void emit_part(const std::string& type, const std::string& part) { emit(type, located() + R"(,"part":)" + part); }

  std::string response(const ResponseStatus& status, const std::string& output) const {
    return R"(,"response":)" + response_object(ask_, answer_, status, output);
  }

  /// The id of the item; some gateways give it a new one in each event.
  std::string next_id() {
    const OutputItem& item = output_.items()[item_];
    if (item.kind == ItemKind::hosted) return hosted_id();
    if (!answer_.changing_item_ids) return item.id;
    return make_item_id(item.id.substr(0, item.id.find('_') + 1), random_.next(), false);
  }

  std::string hosted_id() const {
    const json::value item = parse_json(blocks()[output_.items()[item_].blocks.front()].extra);
    return text_member(item.get_object(), "id");
  }

  std::string place() const { return member_number("output_index", item_); }

  std::string located() {
    std::string out = ',' + quoted_member("item_id", next_id()) + place();
    if (!names_.part_index.empty()) out += member_number(names_.part_index, part_);
    return out;
  }

  /// Reasoning that is hidden has no events of its own.
  bool has_text(std::size_t index) const {
    const Block& block = blocks()[index];
    const bool is_thought = block.kind == Kind::reasoning || block.kind == Kind::hidden_reasoning;
    return !is_thought || !block.pieces.empty();
  }

  bool has_part(std::size_t index) const { return !names_.part.empty() && has_text(index); }

  void give_progress(std::size_t index) {
    const json::value item = parse_json(blocks()[index].extra);
    for (const HostedEvent& event : hosted_events(item.get_object())) {
      const std::string id = event.names_item ? ',' + quoted_member("item_id", next_id()) : "";
      emit(event.type, id + place() + event.fields);
    }
  }

  void give_citations(const Block& block) {
    std::uint64_t number = 0;
    for (const json::value& citation : block.citations) {
      emit("response.output_text.annotation.added",
           located() + member_number("annotation_index", number++) + R"(,"annotation":)" + json::serialize(citation));
    }
  }

  void give_item() {
    const bool is_last = item_ + 1 == output_.items().size();
    const bool is_cut = is_last && status_of(answer_).status == "incomplete";
    const std::string item = filled(output_.item(item_, next_id(), is_cut ? ItemState::cut : ItemState::complete));
    done_ += (done_.empty() ? "" : ",") + item;
    emit("response.output_item.done", place() + R"(,"item":)" + item);
  }

  /// What was generated, in the place where its mark stands.
  std::string filled(std::string text) const {
    const auto mark = text.find(generated_mark);
    if (mark != std::string::npos) text.replace(mark, generated_mark.size(), text_);
    return text;
  }

  Ask ask_;
  Answer answer_;
  ResponseOutput output_;
  Random random_;
  Names names_;
  std::size_t item_ = 0;
  std::size_t part_ = 0;
  std::uint64_t number_ = 0;
  std::string text_;
  std::string done_;
  bool is_long_ = false;
  bool item_is_long_ = false;
  bool repeats_ = true;
};

}  // namespace

std::string responses_body(const Ask& ask, const Answer& answer) {
  if (ask.runs_in_background) return response_object(ask, answer, {"queued", "", std::nullopt}, "");
  const ResponseOutput output(ask, answer);
  const ResponseStatus status = status_of(answer);
  std::string items;
  for (std::size_t i = 0; i < output.items().size(); ++i) {
    const bool is_cut = i + 1 == output.items().size() && status.status == "incomplete";
    items += (i > 0 ? "," : "");
    items += output.item(i, output.items()[i].id, is_cut ? ItemState::cut : ItemState::complete);
  }
  return response_object(ask, answer, status, items);
}

std::unique_ptr<EventSource> responses_events(const Ask& ask, const Answer& answer) {
  return std::make_unique<ResponseSource>(ask, answer, ResponseOutput(ask, answer));
}

}  // namespace antiphon::inline v0::simulator
