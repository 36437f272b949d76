#include "pipeline/embed_attempt.hpp"

#include <utility>

#include "pipeline/endpoint.hpp"
#include "pipeline/whole_exchange.hpp"
#include "providers/embedding_codec.hpp"

namespace antiphon::inline v0::pipeline {

Task<Outcome> embed_attempt(Call& call, const Link& link, Track& track, AttemptContext context, std::size_t first,
                            std::vector<Embeddings::Vector>& vectors) {
  try {
    const codec::EmbeddingCodec& codec = *codec::find_embedding_codec(link.target);
    const codec::EmbeddingAsk ask(*track.request, *link.target.preset, first);
    EncodedRequest encoded = codec.encode(ask, link.target);
    if (context.first) {
      for (Warning& warning : encoded.warnings) call.warnings.push_back(std::move(warning));
    }
    const ReadAnswer read = [&codec, &ask, &link, &vectors](const HttpResponse& answer) {
      codec::EmbeddingAnswer got = codec.decode(answer.body, ask, link.target);
      vectors = std::move(got.vectors);
      Response response;
      response.model(std::move(got.model)).usage(got.usage);
      return response;
    };
    Outcome outcome = co_await whole_exchange(call, link, track, context, std::move(encoded.http), read);
    if (outcome) {
      const auto took = call.scheduler.steady_now() - track.authorized_at;
      link.endpoint->latencies.of(link.config.model(), false).add(took);
    }
    co_return outcome;
  } catch (Error& error) {
    co_return error.provider(link.name);
  }
}

}  // namespace antiphon::inline v0::pipeline
