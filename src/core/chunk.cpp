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

/// Of a chunk of usage this is all: some providers send one with each piece of text.
struct Chunk::Details {
  explicit Details(Usage its_usage = Usage()) : usage(its_usage) {}
  Usage usage;
  struct Other;
};

/// Of any other chunk.
struct Chunk::Details::Other : Details {
  explicit Other(Part its_part) : part(std::move(its_part)) {}
  explicit Other(std::string its_audio) : audio(std::move(its_audio)) {}
  explicit Other(Citation its_citation) : citation(std::move(its_citation)) {}
  static const Other* of(const Chunk& chunk) {
    return chunk.kind_ == ChunkKind::usage ? nullptr : static_cast<const Other*>(chunk.details_.get());
  }
  std::optional<Part> part;
  std::string audio;
  std::optional<Citation> citation;
};

const Part* Chunk::part() const {
  const Details::Other* details = Details::Other::of(*this);
  return details && details->part ? &*details->part : nullptr;
}
Usage Chunk::usage() const { return details_ ? details_->usage : Usage(); }
std::string_view Chunk::audio() const {
  const Details::Other* details = Details::Other::of(*this);
  return details ? std::string_view(details->audio) : std::string_view();
}
const Citation* Chunk::citation() const {
  const Details::Other* details = Details::Other::of(*this);
  return details && details->citation ? &*details->citation : nullptr;
}

Chunk Chunk::tool_call_delta(std::size_t choice, std::size_t tool_index, Part call_so_far, std::string arguments) {
  Chunk chunk(ChunkKind::tool_call_delta, std::move(arguments), choice);
  chunk.tool_index_ = tool_index;
  chunk.details_ = std::make_shared<const Details::Other>(std::move(call_so_far));
  return chunk;
}

Chunk Chunk::tool_call(std::size_t choice, std::size_t tool_index, Part call) {
  Chunk chunk(ChunkKind::tool_call, call.arguments(), choice);
  chunk.tool_index_ = tool_index;
  chunk.details_ = std::make_shared<const Details::Other>(std::move(call));
  return chunk;
}

Chunk Chunk::tool_result(std::size_t tool_index, Part result) {
  Chunk chunk(ChunkKind::tool_result, result.text());
  chunk.tool_index_ = tool_index;
  chunk.details_ = std::make_shared<const Details::Other>(std::move(result));
  return chunk;
}

Chunk Chunk::unknown(std::size_t choice, Part part) {
  Chunk chunk(ChunkKind::unknown, part.raw(), choice);
  chunk.details_ = std::make_shared<const Details::Other>(std::move(part));
  return chunk;
}

Chunk Chunk::image(std::size_t choice, Part part) {
  Chunk chunk(ChunkKind::image, std::string(), choice);
  chunk.details_ = std::make_shared<const Details::Other>(std::move(part));
  return chunk;
}

Chunk Chunk::usage(Usage usage) {
  Chunk chunk(ChunkKind::usage, std::string());
  chunk.details_ = std::make_shared<const Details>(usage);
  return chunk;
}

Chunk Chunk::finish(std::size_t choice, FinishReason reason, std::string raw_reason) {
  Chunk chunk(ChunkKind::finish, std::move(raw_reason), choice);
  chunk.finish_reason_ = reason;
  return chunk;
}

Chunk Chunk::audio(std::size_t choice, std::string bytes, std::string transcript) {
  Chunk chunk(ChunkKind::audio, std::move(transcript), choice);
  chunk.details_ = std::make_shared<const Details::Other>(std::move(bytes));
  return chunk;
}

Chunk Chunk::citation(std::size_t choice, Citation citation) {
  Chunk chunk(ChunkKind::citation, citation.cited_text(), choice);
  chunk.details_ = std::make_shared<const Details::Other>(std::move(citation));
  return chunk;
}

Chunk Chunk::raw(std::string event) { return Chunk(ChunkKind::raw, std::move(event)); }

}  // namespace antiphon::inline v0
