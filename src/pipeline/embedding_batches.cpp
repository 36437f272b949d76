#include "pipeline/embedding_batches.hpp"

#include <algorithm>
#include <string_view>

#include "pipeline/link_request.hpp"
#include "providers/embedding_codec.hpp"
#include "providers/request_checks.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// The model itself, without who publishes it and without the tag that means the newest:
/// `openai/text-embedding-3-small` of a router is `text-embedding-3-small`.
std::string_view bare_name(std::string_view model) {
  constexpr std::string_view newest = ":latest";
  model = model.substr(model.rfind('/') + 1);
  if (model.ends_with(newest)) model.remove_suffix(newest.size());
  return model;
}

/// Vectors of different models mean different things: nobody could tell which of them are which.
void require_one_model(const std::vector<Link>& links) {
  for (const Link& link : links) {
    if (bare_name(link.config.model()) == bare_name(links.front().config.model())) continue;
    throw Error(ErrorKind::invalid_config, "vectors of different models cannot be compared: " + links.front().name +
                                               " and " + link.name + " cannot stand in for each other")
        .where("fallback.links");
  }
}

const codec::EmbeddingCodec& codec_of(const Link& link) {
  const codec::EmbeddingCodec* codec = link.model ? nullptr : codec::find_embedding_codec(link.target);
  if (codec) return *codec;
  throw Error(ErrorKind::unsupported, "there are no embeddings by the protocol of this provider")
      .where("provider")
      .provider(link.name);
}

codec::EmbeddingBounds bounds_of(const Call& call) {
  const EmbeddingOptions& options = *call.request.embedding();
  if (options.batch_size() && *options.batch_size() == 0) throw codec::invalid("batch_size", "must be at least 1");
  if (options.concurrency() == 0) throw codec::invalid("concurrency", "must be at least 1");
  codec::EmbeddingBounds bounds{options.batch_size().value_or(call.request.messages().size())};
  for (const Link& link : call.links) {
    const codec::EmbeddingCodec& codec = codec_of(link);
    const LinkRequest request(call.request, link);
    const codec::EmbeddingBounds its = codec.bounds(codec::EmbeddingAsk(*request, *link.target.preset), link.target);
    bounds.texts = std::min(bounds.texts, its.texts);
    bounds.bytes = std::min(bounds.bytes, its.bytes);
  }
  return bounds;
}

std::size_t size_of(const Message& message) { return message.parts().front().text().size(); }

}  // namespace

std::vector<EmbeddingBatch> embedding_batches(const Call& call) {
  require_one_model(call.links);
  const codec::EmbeddingBounds bounds = bounds_of(call);
  std::vector<EmbeddingBatch> batches;
  std::size_t bytes = 0;
  std::size_t index = 0;
  for (const Message& message : call.request.messages()) {
    bytes += size_of(message);
    if (batches.empty() || batches.back().count == bounds.texts || bytes > bounds.bytes) {
      batches.push_back(EmbeddingBatch{index, 0});
      bytes = size_of(message);
    }
    ++batches.back().count;
    ++index;
  }
  return batches;
}

Request part_of(const Request& whole, const EmbeddingBatch& batch) {
  Messages messages;
  for (std::size_t index = batch.first; index < batch.first + batch.count; ++index) {
    messages.add(whole.messages()[index]);
  }
  Request part(std::move(messages), whole.options());
  part.embedding(*whole.embedding());
  return part;
}

std::string texts_of(const EmbeddingBatch& batch) {
  const std::string first = "inputs/" + std::to_string(batch.first);
  return batch.count == 1 ? first : first + "-" + std::to_string(batch.first + batch.count - 1);
}

}  // namespace antiphon::inline v0::pipeline
