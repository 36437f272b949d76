#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "core/attempts_cost.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0 {

namespace {

using json::Writer;

std::int64_t in_ms(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

void write_text(Writer& writer, std::string_view name, std::string_view text) {
  if (!text.empty()) writer.key(name).string(text);
}

void write_count(Writer& writer, std::string_view name, Count count) {
  if (count.known()) writer.key(name).integer(count.at_least());
}

void write_usage(Writer& writer, const Usage& usage) {
  writer.begin_object();
  write_count(writer, "input_tokens", usage.input_tokens());
  write_count(writer, "cached_input_tokens", usage.cached_input_tokens());
  write_count(writer, "cache_write_tokens", usage.cache_write_tokens());
  write_count(writer, "output_tokens", usage.output_tokens());
  write_count(writer, "reasoning_tokens", usage.reasoning_tokens());
  write_count(writer, "total_tokens", usage.total_tokens());
  writer.end_object();
}

void write_call(Writer& writer, const Part& call) {
  writer.key("id").string(call.id()).key("name").string(call.name());
}

std::string joined(const Message& message, PartKind kind) {
  std::string text;
  for (const Part& part : message.parts()) {
    if (part.kind() == kind) text += part.text();
  }
  return text;
}

void write_tool_calls(Writer& writer, const Message& message) {
  bool any = false;
  for (const Part& part : message.parts()) {
    if (part.kind() != PartKind::tool_call) continue;
    if (!any) writer.key("tool_calls").begin_array();
    any = true;
    writer.begin_object();
    write_call(writer, part);
    writer.key("arguments").string(part.arguments()).end_object();
  }
  if (any) writer.end_array();
}

void write_result(Writer& writer, const Part& result) {
  write_call(writer, result);
  writer.key("result").string(result.text());
  if (result.is_error()) writer.key("is_error").boolean(true);
}

/// The tools that were run for this answer: calls and what they gave.
void write_tool_runs(Writer& writer, const Messages& history) {
  if (history.empty()) return;
  std::vector<const Part*> calls;
  writer.key("tool_runs").begin_array();
  for (const Message& message : history) {
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call) calls.push_back(&part);
      if (part.kind() != PartKind::tool_result) continue;
      writer.begin_object();
      write_result(writer, part);
      const auto call =
          std::find_if(calls.rbegin(), calls.rend(), [&](const Part* one) { return one->id() == part.id(); });
      if (call != calls.rend()) writer.key("arguments").string((*call)->arguments());
      writer.end_object();
    }
  }
  writer.end_array();
}

void write_audio(Writer& writer, const Message& message) {
  bool any = false;
  for (const Part& part : message.parts()) {
    if (part.kind() != PartKind::audio) continue;
    if (!any) writer.key("audio").begin_array();
    any = true;
    writer.begin_object();
    write_text(writer, "id", part.id());
    write_text(writer, "format", part.media_type());
    write_text(writer, "transcript", part.text());
    writer.key("bytes").integer(static_cast<std::int64_t>(part.bytes().size())).end_object();
  }
  if (any) writer.end_array();
}

void write_citation(Writer& writer, const Citation& citation) {
  writer.begin_object();
  write_text(writer, "url", citation.url());
  write_text(writer, "title", citation.title());
  write_text(writer, "source", citation.source());
  write_text(writer, "cited_text", citation.cited_text());
  if (citation.start()) writer.key("start").integer(*citation.start());
  if (citation.end()) writer.key("end").integer(*citation.end());
  writer.end_object();
}

void write_citations(Writer& writer, const Message& message) {
  bool any = false;
  for (const Part& part : message.parts()) {
    for (const Citation& citation : part.citations()) {
      if (!any) writer.key("citations").begin_array();
      any = true;
      write_citation(writer, citation);
    }
  }
  if (any) writer.end_array();
}

void write_said(Writer& writer, const Message& message) {
  writer.key("text").string(joined(message, PartKind::text));
  write_text(writer, "reasoning", joined(message, PartKind::reasoning));
  write_text(writer, "refusal", joined(message, PartKind::refusal));
  write_tool_calls(writer, message);
  write_audio(writer, message);
  write_citations(writer, message);
}

void write_finish(Writer& writer, FinishReason reason, std::string_view raw_reason) {
  if (reason != FinishReason::none) writer.key("finish_reason").string(to_string(reason));
  write_text(writer, "raw_finish_reason", raw_reason);
}

/// All answers, when more than one was asked for: the first one stands in the result itself.
void write_choices(Writer& writer, const std::vector<Choice>& choices) {
  if (choices.size() < 2) return;
  writer.key("choices").begin_array();
  for (const Choice& choice : choices) {
    writer.begin_object();
    write_finish(writer, choice.finish_reason(), choice.raw_finish_reason());
    write_said(writer, choice.message());
    writer.end_object();
  }
  writer.end_array();
}

void write_warnings(Writer& writer, const std::vector<Warning>& warnings) {
  writer.key("warnings").begin_array();
  for (const Warning& warning : warnings) {
    writer.begin_object().key("where").string(warning.where()).key("message").string(warning.message()).end_object();
  }
  writer.end_array();
}

/// As a number with all its digits; one that is not known is left out.
void write_cost(Writer& writer, Money cost) {
  if (cost.known()) writer.key("cost").raw(cost.digits());
}

void write_attempts(Writer& writer, const std::vector<Attempt>& attempts) {
  if (attempts.empty()) return;
  writer.key("attempts").begin_array();
  for (const Attempt& attempt : attempts) {
    writer.begin_object().key("provider").string(attempt.provider()).key("model").string(attempt.model());
    writer.key("status").integer(attempt.status()).key("error");
    if (attempt.error()) {
      writer.string(to_string(*attempt.error()));
    } else {
      writer.null();
    }
    writer.key("waited_ms").integer(attempt.waited().count());
    if (attempt.usage().known()) {
      writer.key("usage");
      write_usage(writer, attempt.usage());
    }
    write_cost(writer, attempt.cost());
    writer.end_object();
  }
  writer.end_array();
  write_cost(writer, cost_of(attempts));
}

void write_answer(Writer& writer, const Response& response, const std::vector<Warning>& warnings) {
  write_finish(writer, response.finish_reason(), response.raw_finish_reason());
  write_text(writer, "id", response.id());
  write_text(writer, "model", response.model());
  write_said(writer, response.message());
  write_choices(writer, response.choices());
  write_tool_runs(writer, response.history());
  if (response.usage() != Usage()) {
    writer.key("usage");
    write_usage(writer, response.usage());
  }
  write_warnings(writer, warnings);
}

void write_times(Writer& writer, const Response& response) {
  if (response.duration().count() > 0) writer.key("duration_ms").integer(in_ms(response.duration()));
  if (response.first_content_after()) writer.key("first_chunk_ms").integer(in_ms(*response.first_content_after()));
}

void write_error(Writer& writer, const Error& error) {
  writer.begin_object().key("kind").string(to_string(error.kind()));
  write_text(writer, "where", error.where());
  writer.key("message").string(error.message());
  if (error.http_status() != 0) writer.key("status").integer(error.http_status());
  write_text(writer, "code", error.provider_code());
  write_text(writer, "provider_message", error.provider_message());
  write_text(writer, "request_id", error.request_id());
  if (error.retry_after()) writer.key("retry_after_ms").integer(error.retry_after()->count());
  writer.end_object();
}

void write_chunk(Writer& writer, const Chunk& chunk) {
  switch (chunk.kind()) {
    case ChunkKind::tool_call_delta:
    case ChunkKind::tool_call:
      writer.key("index").integer(static_cast<std::int64_t>(chunk.tool_index()));
      write_call(writer, *chunk.part());
      writer.key("arguments").string(chunk.text());
      return;
    case ChunkKind::tool_result:
      writer.key("index").integer(static_cast<std::int64_t>(chunk.tool_index()));
      return write_result(writer, *chunk.part());
    case ChunkKind::audio:
      write_text(writer, "transcript", chunk.text());
      writer.key("bytes").integer(static_cast<std::int64_t>(chunk.audio().size()));
      return;
    case ChunkKind::image:
      write_text(writer, "media_type", chunk.part()->media_type());
      writer.key("bytes").integer(static_cast<std::int64_t>(chunk.part()->bytes().size()));
      return;
    case ChunkKind::citation:
      writer.key("citation");
      write_citation(writer, *chunk.citation());
      return;
    case ChunkKind::unknown:
      writer.key("block").raw(chunk.text());
      return;
    case ChunkKind::usage:
      writer.key("usage");
      write_usage(writer, chunk.usage());
      return;
    case ChunkKind::finish:
      return write_finish(writer, chunk.finish_reason(), chunk.text());
    case ChunkKind::raw:
      writer.key("event").string(chunk.text());
      return;
    case ChunkKind::joint:
      writer.key("provider").string(chunk.text());
      return;
    case ChunkKind::content:
    case ChunkKind::reasoning:
    case ChunkKind::refusal:
      writer.key("text").string(chunk.text());
  }
}

void write_vector(Writer& writer, const Embeddings::Vector& vector) {
  writer.begin_array();
  for (const float number : vector) {
    char text[32];
    writer.raw(std::string_view(text, std::to_chars(text, text + sizeof text, number).ptr));
  }
  writer.end_array();
}

/// A block of the provider's own may be written over several lines; JSON strings never hold a line end themselves.
std::string on_one_line(std::string json) {
  for (char& c : json) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return json;
}

}  // namespace

std::string to_json(const Response& response) {
  std::string out;
  Writer writer(out);
  writer.begin_object().key("terminal").string("finished");
  write_answer(writer, response, response.warnings());
  writer.key("error").null();
  write_attempts(writer, response.attempts());
  write_times(writer, response);
  writer.end_object();
  return out;
}

std::string to_json(const Error& error) {
  const Response nothing;
  const Response& partial = error.partial() ? *error.partial() : nothing;
  std::string out;
  Writer writer(out);
  writer.begin_object().key("terminal").string(error.kind() == ErrorKind::cancelled ? "cancelled" : "failed");
  // Those of the call hold those of what arrived; an error that comes from no call has none of its own.
  write_answer(writer, partial, error.warnings().empty() ? partial.warnings() : error.warnings());
  writer.key("error");
  write_error(writer, error);
  write_attempts(writer, error.attempts());
  write_times(writer, partial);
  writer.end_object();
  return out;
}

std::string to_json(const Chunk& chunk) {
  std::string out;
  Writer writer(out);
  writer.begin_object().key("kind").string(to_string(chunk.kind()));
  writer.key("choice").integer(static_cast<std::int64_t>(chunk.choice()));
  write_chunk(writer, chunk);
  writer.end_object();
  return on_one_line(std::move(out));
}

std::string to_json(const Embeddings& embeddings) {
  std::string out;
  Writer writer(out);
  writer.begin_object().key("terminal").string("finished");
  write_text(writer, "model", embeddings.model());
  writer.key("dimensions").integer(static_cast<std::int64_t>(embeddings.dimensions()));
  writer.key("embeddings").begin_array();
  for (const Embeddings::Vector& vector : embeddings.vectors()) write_vector(writer, vector);
  writer.end_array();
  if (embeddings.usage() != Usage()) {
    writer.key("usage");
    write_usage(writer, embeddings.usage());
  }
  write_warnings(writer, embeddings.warnings());
  writer.key("error").null();
  write_attempts(writer, embeddings.attempts());
  if (embeddings.duration().count() > 0) writer.key("duration_ms").integer(in_ms(embeddings.duration()));
  writer.end_object();
  return out;
}

}  // namespace antiphon::inline v0
