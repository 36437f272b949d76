#include "core/answer_builder.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"

namespace antiphon::inline v0 {

namespace {

// What is bounded by number, because a hostile answer could have very many of them.
constexpr std::size_t most_warnings = 100;
constexpr std::size_t most_metadata = 64;
// About what a part, a call or an entry takes beside its text.
constexpr std::size_t overhead = 256;

/// Appends the elements of one JSON array to another that is not closed yet.
void append_elements(std::string& list, std::string_view raw_array) {
  std::string_view inner = ascii::trim(raw_array);
  if (inner.size() < 2 || inner.front() != '[') return;
  inner = ascii::trim(inner.substr(1, inner.size() - 2));
  if (inner.empty()) return;
  list += list.empty() ? '[' : ',';
  list += inner;
}

Count greatest(Count a, Count b) {
  if (!a.known() || !b.known()) return a.known() ? a : b;
  return std::max(a.at_least(), b.at_least());
}

std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return (hash ^ 0xff) * 0x100000001b3;
}

std::string hex(std::uint64_t value) {
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4) *digit = "0123456789abcdef"[value & 15];
  return text;
}

std::size_t size_of(const OwnOptions& own) {
  std::size_t size = overhead;
  for (const auto& [name, value] : own.fields()) size += overhead + name.size() + value.text().size();
  return size;
}

FinishReason judged(FinishReason reason, bool has_calls) {
  if (has_calls && reason == FinishReason::stop) return FinishReason::tool_calls;
  if (!has_calls && reason == FinishReason::tool_calls) return FinishReason::stop;
  return reason;
}

}  // namespace

void AnswerBuilder::id(std::string_view id) {
  if (id_.empty()) id_ = id;
}

void AnswerBuilder::model(std::string_view model) {
  if (model_.empty()) model_ = model;
}

AnswerBuilder::Metadata* AnswerBuilder::find_metadata(std::string_view name, bool list) {
  const auto found =
      std::find_if(metadata_.begin(), metadata_.end(), [&](const Metadata& entry) { return entry.name == name; });
  if (found != metadata_.end()) return &*found;
  if (metadata_.size() == most_metadata) {
    warn("provider_metadata", "more than 64 kinds; the rest is left out");
    return nullptr;
  }
  kept_ += overhead + name.size();
  metadata_.push_back(Metadata{std::string(name), {}, list});
  return &metadata_.back();
}

void AnswerBuilder::metadata(std::string_view name, std::string_view json) {
  Metadata* entry = find_metadata(name, false);
  if (!entry || entry->json == json) return;
  kept_ += json.size();
  kept_ -= entry->json.size();
  entry->json = json;
}

bool AnswerBuilder::has_metadata(std::string_view name, std::string_view json) const {
  for (const Metadata& entry : metadata_) {
    if (entry.name == name) return !entry.open_list && entry.json == json;
  }
  return false;
}

void AnswerBuilder::metadata_list(std::string_view name, std::string_view raw_array) {
  Metadata* entry = find_metadata(name, true);
  if (!entry || !entry->open_list) return;
  kept_ += raw_array.size();
  append_elements(entry->json, raw_array);
}

void AnswerBuilder::warn(std::string_view where, std::string_view message) {
  if (warnings_.size() == most_warnings) return;
  Warning warning{std::string(where), std::string(message)};
  if (std::find(warnings_.begin(), warnings_.end(), warning) != warnings_.end()) return;
  warnings_.push_back(std::move(warning));
}

/// Until there is content somebody keeps it; from then on readers hold the sender back.
void AnswerBuilder::push_beside_content(Chunk chunk, std::size_t bytes) {
  if (!sink_) return;
  constexpr std::size_t size_of_chunk = 512;
  if (!has_content_) kept_ += size_of_chunk + bytes;
  sink_->push(std::move(chunk));
}

void AnswerBuilder::raw_event(std::string_view event) {
  if (sink_) push_beside_content(Chunk::raw(std::string(event)), event.size());
}

// Not where it is used: that is done for each chunk, this for hardly any.
[[gnu::noinline]] void AnswerBuilder::add_choices(std::size_t choice) { choices_.resize(choice + 1); }

AnswerBuilder::OpenPart& AnswerBuilder::open(std::size_t choice, PartKind kind) {
  ChoiceState& state = at(choice);
  if (state.parts.empty() || state.parts[state.at_hand].kind != kind) begin_part(choice, kind);
  return state.parts[state.at_hand];
}

AnswerBuilder::OpenPart& AnswerBuilder::at_hand(std::size_t choice) {
  if (at(choice).parts.empty()) begin_part(choice, PartKind::reasoning);
  return choices_[choice].parts[choices_[choice].at_hand];
}

void AnswerBuilder::begin_part(std::size_t choice, PartKind kind) {
  ChoiceState& state = at(choice);
  state.parts.emplace_back(kind);
  state.at_hand = state.parts.size() - 1;
  kept_ += overhead;
  has_content_ = true;
}

void AnswerBuilder::turn_to(std::size_t choice, std::size_t part) {
  ChoiceState& state = at(choice);
  if (part < state.parts.size()) state.at_hand = part;
}

std::string_view AnswerBuilder::part_text(std::size_t choice, std::size_t part) const {
  if (choice >= choices_.size() || part >= choices_[choice].parts.size()) return {};
  return choices_[choice].parts[part].text;
}

void AnswerBuilder::correct_text(std::size_t choice, std::string_view text) {
  OpenPart& part = at_hand(choice);
  kept_ += text.size();
  kept_ -= part.text.size();
  part.text = text;
}

void AnswerBuilder::signature(std::size_t choice, std::string_view provider, std::string_view piece) {
  if (piece.empty()) return;
  OpenPart& part = at_hand(choice);
  part.provider = provider;
  part.signature += piece;
  kept_ += piece.size();
}

void AnswerBuilder::raw(std::size_t choice, std::string_view provider, std::string_view bytes) {
  OpenPart& part = at_hand(choice);
  part.provider = provider;
  part.raw = bytes;
  kept_ += bytes.size();
}

void AnswerBuilder::citation(std::size_t choice, Citation citation) {
  add_citation(choice, at_hand(choice), std::move(citation));
}

void AnswerBuilder::text_citation(std::size_t choice, Citation citation) {
  OpenParts& parts = at(choice).parts;
  const auto said = std::find_if(parts.rbegin(), parts.rend(), [](const OpenPart& part) {
    return part.kind == PartKind::text && !part.text.empty();
  });
  add_citation(choice, said == parts.rend() ? at_hand(choice) : *said, std::move(citation));
}

void AnswerBuilder::add_citation(std::size_t choice, OpenPart& part, Citation citation) {
  kept_ += overhead + citation.raw().text().size() + citation.cited_text().size();
  if (sink_) sink_->push(Chunk::citation(choice, citation));
  part.citations.push_back(std::move(citation));
}

void AnswerBuilder::reasoning_own(std::size_t choice, OwnOptions own) {
  OpenParts& parts = at(choice).parts;
  const auto is_reasoning = [](const OpenPart& part) { return part.kind == PartKind::reasoning; };
  const auto last = std::find_if(parts.rbegin(), parts.rend(), is_reasoning);
  const bool none = last == parts.rend();
  const auto position = none ? 0 : parts.rend() - last - 1;
  // It may all be sealed, without a word that could be read.
  if (none) {
    choices_[choice].at_hand += parts.empty() ? 0 : 1;
    parts.insert(parts.begin(), OpenPart(PartKind::reasoning));
  }
  has_content_ = true;
  kept_ += size_of(own);
  parts[static_cast<std::size_t>(position)].own.push_back(std::move(own));
}

void AnswerBuilder::text_was_reasoning(std::size_t choice) {
  bool any = false;
  for (OpenPart& part : at(choice).parts) {
    if (part.kind != PartKind::text) continue;
    part.kind = PartKind::reasoning;
    any = true;
  }
  if (!any) return;
  warn("reasoning", "its opening tag was missing: what was handed out as text before its closing tag is reasoning");
}

void AnswerBuilder::append(std::size_t choice, PartKind kind, ChunkKind chunk_kind, std::string_view piece) {
  if (piece.empty()) return;
  open(choice, kind).text += piece;
  kept_ += piece.size();
  if (sink_) sink_->push(Chunk(chunk_kind, std::string(piece), choice));
}

void AnswerBuilder::text(std::size_t choice, std::string_view piece) {
  append(choice, PartKind::text, ChunkKind::content, piece);
}

void AnswerBuilder::reasoning(std::size_t choice, std::string_view piece) {
  append(choice, PartKind::reasoning, ChunkKind::reasoning, piece);
}

void AnswerBuilder::refusal(std::size_t choice, std::string_view piece) {
  append(choice, PartKind::refusal, ChunkKind::refusal, piece);
}

void AnswerBuilder::audio(std::size_t choice, std::string_view bytes, std::string_view transcript) {
  if (bytes.empty() && transcript.empty()) return;
  OpenPart& part = open(choice, PartKind::audio);
  part.bytes += bytes;
  part.text += transcript;
  kept_ += bytes.size() + transcript.size();
  if (sink_) sink_->push(Chunk::audio(choice, std::string(bytes), std::string(transcript)));
}

void AnswerBuilder::audio_format(std::size_t choice, std::string_view format) {
  OpenPart& part = open(choice, PartKind::audio);
  if (part.type.empty()) part.type = format;
}

void AnswerBuilder::audio_id(std::size_t choice, std::string_view id) {
  if (id.empty()) return;
  OpenPart& part = open(choice, PartKind::audio);
  if (part.id.empty()) part.id = id;
}

void AnswerBuilder::image(std::size_t choice, std::string bytes, std::string media_type) {
  begin_part(choice, PartKind::image);
  OpenPart& part = at_hand(choice);
  kept_ += bytes.size();
  if (sink_) sink_->push(Chunk::image(choice, Part::image(bytes, media_type)));
  part.bytes = std::move(bytes);
  part.type = std::move(media_type);
}

void AnswerBuilder::unknown(std::size_t choice, std::string_view provider, std::string_view raw,
                            std::string_view type) {
  begin_part(choice, PartKind::unknown);
  this->raw(choice, provider, raw);
  at_hand(choice).type = type;
  if (sink_) sink_->push(Chunk::unknown(choice, Part::unknown(std::string(provider), Json(raw), std::string(type))));
}

void AnswerBuilder::tool_call(std::size_t choice, const ToolCallPiece& piece) {
  if (piece.id.empty() && piece.name.empty() && piece.arguments.empty()) return;
  ChoiceState& state = at(choice);
  const ToolCallMerger::Place place = state.calls.add(piece);
  if (place.began) {
    begin_part(choice, PartKind::tool_call);
    state.parts.back().call = place.position;
    kept_ += overhead + piece.id.size() + piece.name.size();
  }
  kept_ += piece.arguments.size() + (piece.own ? size_of(*piece.own) : 0);
  if (sink_ && (place.labelled || !piece.arguments.empty())) push_call_delta(choice, place.position, piece.arguments);
}

void AnswerBuilder::push_call_delta(std::size_t choice, std::size_t position, std::string_view arguments) {
  ToolCallMerger::Call& call = choices_[choice].calls.calls()[position];
  if (!call.label) call.label = Part::tool_call(call.id, call.name, {});
  sink_->push(Chunk::tool_call_delta(choice, position, *call.label, std::string(arguments)));
}

void AnswerBuilder::insert_call(std::size_t choice, std::size_t position, ToolCallMerger::Call call) {
  ChoiceState& state = at(choice);
  const std::size_t added = state.calls.calls().size();
  state.calls.calls().push_back(std::move(call));
  const auto before = std::find_if(state.parts.begin(), state.parts.end(), [&](const OpenPart& part) {
    return part.kind == PartKind::tool_call && part.call == position;
  });
  OpenPart part(PartKind::tool_call);
  part.call = added;
  const auto inserted = state.parts.insert(before == state.parts.end() ? before : before + 1, std::move(part));
  const auto place = static_cast<std::size_t>(inserted - state.parts.begin());
  if (state.parts.size() > 1 && place <= state.at_hand) ++state.at_hand;
}

void AnswerBuilder::logprobs(std::size_t choice, std::string_view raw_array) {
  append_elements(at(choice).logprobs, raw_array);
  kept_ += raw_array.size();
}

void AnswerBuilder::restart() {
  choices_.clear();
  usage_ = Usage();
}

void AnswerBuilder::usage(const Usage& sent) {
  Usage merged;
  merged.input_tokens(greatest(usage_.input_tokens(), sent.input_tokens()))
      .cached_input_tokens(greatest(usage_.cached_input_tokens(), sent.cached_input_tokens()))
      .cache_write_tokens(greatest(usage_.cache_write_tokens(), sent.cache_write_tokens()))
      .output_tokens(greatest(usage_.output_tokens(), sent.output_tokens()))
      .reasoning_tokens(greatest(usage_.reasoning_tokens(), sent.reasoning_tokens()));
  corrected_usage(merged);
}

void AnswerBuilder::corrected_usage(const Usage& usage) {
  if (usage == usage_) return;
  usage_ = usage;
  if (sink_) push_beside_content(Chunk::usage(usage_), 0);
}

void AnswerBuilder::finish(std::size_t choice, FinishReason reason, std::string_view raw_reason) {
  ChoiceState& state = at(choice);
  if (state.reason != FinishReason::none) return;
  state.reason = reason;
  state.raw_reason = raw_reason;
}

bool AnswerBuilder::finished(std::size_t choice) const {
  return choice < choices_.size() && choices_[choice].reason != FinishReason::none;
}

bool AnswerBuilder::all_finished() const {
  bool any = false;
  for (const ChoiceState& state : choices_) {
    if (!state.began) continue;
    if (state.reason == FinishReason::none) return false;
    any = true;
  }
  return any;
}

std::string AnswerBuilder::make_id(std::size_t choice, std::size_t position, const ToolCallMerger::Call& call) const {
  std::uint64_t hash = 0xcbf29ce484222325;
  hash = fnv1a(hash, id_seed_);
  hash = fnv1a(hash, id_);
  hash = fnv1a(hash, std::to_string(choice) + "/" + std::to_string(position));
  hash = fnv1a(hash, call.name);
  return "call_" + hex(fnv1a(hash, call.arguments));
}

void AnswerBuilder::close_calls(std::size_t choice) {
  std::size_t position = 0;
  for (ToolCallMerger::Call& call : choices_[choice].calls.calls()) {
    if (ascii::trim(call.arguments).empty()) call.arguments = "{}";
    if (call.id.empty()) call.id = make_id(choice, position, call);
    ++position;
  }
  if (!sink_) return;
  for (const OpenPart& part : choices_[choice].parts) {
    if (part.kind != PartKind::tool_call) continue;
    OpenPart copy = part;
    sink_->push(Chunk::tool_call(choice, part.call, make_part(choices_[choice], copy)));
  }
}

void AnswerBuilder::close() {
  if (std::exchange(closed_, true)) return;
  for (std::size_t choice = 0; choice < choices_.size(); ++choice) close_calls(choice);
  for (std::size_t choice = 0; choice < choices_.size(); ++choice) {
    ChoiceState& state = choices_[choice];
    if (!state.began) continue;
    state.reason = judged(state.reason, !state.calls.empty());
    if (sink_) sink_->push(Chunk::finish(choice, state.reason, state.raw_reason));
  }
}

Part AnswerBuilder::make_bare_part(ChoiceState& state, OpenPart& part) {
  switch (part.kind) {
    case PartKind::tool_call: {
      const ToolCallMerger::Call& call = state.calls.calls()[part.call];
      const Part made = Part::tool_call(call.id, call.name, call.arguments);
      return call.own ? made.with(*call.own) : made;
    }
    case PartKind::reasoning:
      return Part::reasoning(std::move(part.text));
    case PartKind::refusal:
      return Part::refusal(std::move(part.text));
    case PartKind::audio:
      return Part::audio(std::move(part.bytes), std::move(part.type), std::move(part.text), std::move(part.id));
    case PartKind::image:
      return Part::image(std::move(part.bytes), std::move(part.type));
    case PartKind::unknown:
      return Part::unknown(std::move(part.provider), Json(std::move(part.raw)), std::move(part.type));
    default:
      return Part::text(std::move(part.text));
  }
}

Part AnswerBuilder::make_part(ChoiceState& state, OpenPart& part) {
  Part made = make_bare_part(state, part);
  if (part.kind == PartKind::unknown) return made;
  const bool is_marked = !part.signature.empty() || (part.raw.empty() && !part.provider.empty());
  if (is_marked) made = made.with_signature(part.provider, std::move(part.signature));
  if (!part.raw.empty()) made = made.with_raw(part.provider, Json(std::move(part.raw)));
  if (!part.citations.empty()) made = made.with_citations(std::move(part.citations));
  for (OwnOptions& own : part.own) made = made.with(std::move(own));
  return made;
}

Response AnswerBuilder::take() {
  Response response;
  response.id(std::move(id_)).model(std::move(model_)).usage(usage_);
  for (Warning& warning : warnings_) response.warn(std::move(warning));
  for (Metadata& entry : metadata_) {
    if (entry.open_list) entry.json = entry.json.empty() ? "[]" : std::move(entry.json) + "]";
    response.metadata(std::move(entry.name), Json(std::move(entry.json)));
  }
  for (std::size_t index = 0; index < choices_.size(); ++index) {
    ChoiceState& state = choices_[index];
    Choice& choice = response.choice(index);
    for (OpenPart& part : state.parts) {
      const bool is_of_origin = part.kind == PartKind::audio || part.kind == PartKind::reasoning;
      if (is_of_origin && part.provider.empty()) part.provider = origin_;
      choice.message().add(make_part(state, part));
    }
    choice.finish_reason(state.reason).raw_finish_reason(std::move(state.raw_reason));
    if (!state.logprobs.empty()) choice.logprobs(Json(std::move(state.logprobs) + "]"));
  }
  return response;
}

}  // namespace antiphon::inline v0
