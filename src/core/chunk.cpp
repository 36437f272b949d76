#include <antiphon/chunk.hpp>

#include <optional>

namespace antiphon::inline v0 {

std::string_view to_string(ChunkKind kind) {
  switch (kind) {
    case ChunkKind::content: return "content";
    case ChunkKind::reasoning: return "reasoning";
    case ChunkKind::refusal: return "refusal";
    case ChunkKind::tool_call_delta: return "tool_call_delta";
    case ChunkKind::tool_call: return "tool_call";
    case ChunkKind::tool_result: return "tool_result";
    case ChunkKind::audio: return "audio";
    case ChunkKind::image: return "image";
    case ChunkKind::citation: return "citation";
    case ChunkKind::unknown: return "unknown";
    case ChunkKind::usage: return "usage";
    case ChunkKind::finish: return "finish";
    case ChunkKind::joint: return "joint";
    case ChunkKind::raw: return "raw";
  }
  return "raw";
}

struct Chunk::Details {
  Details(std::optional<Part> p, Usage u, std::string a) : part(std::move(p)), usage(u), audio(std::move(a)) {}
  std::optional<Part> part;
  Usage usage;
  std::string audio;
  std::optional<Citation> citation = std::nullopt;
};

const Part* Chunk::part() const { return details_ && details_->part ? &*details_->part : nullptr; }
Usage Chunk::usage() const { return details_ ? details_->usage : Usage(); }
std::string_view Chunk::audio() const { return details_ ? std::string_view(details_->audio) : std::string_view(); }
const Citation* Chunk::citation() const { return details_ && details_->citation ? &*details_->citation : nullptr; }

Chunk Chunk::tool_call_delta(std::size_t choice, std::size_t tool_index, Part call_so_far, std::string arguments) {
  Chunk chunk(ChunkKind::tool_call_delta, std::move(arguments), choice);
  chunk.tool_index_ = tool_index;
  chunk.details_ = std::make_shared<const Details>(std::move(call_so_far), Usage(), std::string());
  return chunk;
}

Chunk Chunk::tool_call(std::size_t choice, std::size_t tool_index, Part call) {
  Chunk chunk(ChunkKind::tool_call, call.arguments(), choice);
  chunk.tool_index_ = tool_index;
  chunk.details_ = std::make_shared<const Details>(std::move(call), Usage(), std::string());
  return chunk;
}

Chunk Chunk::tool_result(std::size_t tool_index, Part result) {
  Chunk chunk(ChunkKind::tool_result, result.text());
  chunk.tool_index_ = tool_index;
  chunk.details_ = std::make_shared<const Details>(std::move(result), Usage(), std::string());
  return chunk;
}

Chunk Chunk::unknown(std::size_t choice, Part part) {
  Chunk chunk(ChunkKind::unknown, part.raw(), choice);
  chunk.details_ = std::make_shared<const Details>(std::move(part), Usage(), std::string());
  return chunk;
}

Chunk Chunk::image(std::size_t choice, Part part) {
  Chunk chunk(ChunkKind::image, std::string(), choice);
  chunk.details_ = std::make_shared<const Details>(std::move(part), Usage(), std::string());
  return chunk;
}

Chunk Chunk::usage(Usage usage) {
  Chunk chunk(ChunkKind::usage, std::string());
  chunk.details_ = std::make_shared<const Details>(std::nullopt, usage, std::string());
  return chunk;
}

Chunk Chunk::finish(std::size_t choice, FinishReason reason, std::string raw_reason) {
  Chunk chunk(ChunkKind::finish, std::move(raw_reason), choice);
  chunk.finish_reason_ = reason;
  return chunk;
}

Chunk Chunk::audio(std::size_t choice, std::string bytes, std::string transcript) {
  Chunk chunk(ChunkKind::audio, std::move(transcript), choice);
  chunk.details_ = std::make_shared<const Details>(std::nullopt, Usage(), std::move(bytes));
  return chunk;
}

Chunk Chunk::citation(std::size_t choice, Citation citation) {
  Chunk chunk(ChunkKind::citation, citation.cited_text(), choice);
  auto details = std::make_shared<Details>(std::nullopt, Usage(), std::string());
  details->citation = std::move(citation);
  chunk.details_ = std::move(details);
  return chunk;
}

Chunk Chunk::raw(std::string event) { return Chunk(ChunkKind::raw, std::move(event)); }

}  // namespace antiphon::inline v0
