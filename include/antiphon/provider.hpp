#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <antiphon/async.hpp>
#include <antiphon/callbacks.hpp>
#include <antiphon/embedding.hpp>
#include <antiphon/engine.hpp>
#include <antiphon/export.hpp>
#include <antiphon/hidden.hpp>
#include <antiphon/layer.hpp>
#include <antiphon/logger.hpp>
#include <antiphon/message.hpp>
#include <antiphon/model_config.hpp>
#include <antiphon/options.hpp>
#include <antiphon/provider_row.hpp>
#include <antiphon/response.hpp>
#include <antiphon/result.hpp>
#include <antiphon/stream.hpp>

namespace antiphon::inline v0 {

namespace detail {
class ProviderCore;
}

/// A model as a provider lists it.
class ModelInfo {
 public:
  explicit ModelInfo(std::string id) : id_(std::move(id)) {}

  const std::string& id() const { return id_; }
  /// Longest prompt and answer together, in tokens, when the provider says so.
  Count context_window() const { return context_window_; }
  /// The provider's own description, JSON.
  const Json& raw() const { return raw_; }

  ModelInfo& context_window(Count value) { return context_window_ = value, *this; }
  ModelInfo& raw(Json value) { return raw_ = std::move(value), *this; }

 private:
  std::string id_;
  Count context_window_;
  Json raw_;
};

/// Settings of a provider handle.
class ANTIPHON_EXPORT ProviderOptions {
 public:
  /// The engine to run on; it must be alive when a call is made. Default: the shared one.
  ProviderOptions& engine(const Engine& engine);
  /// The engine of another handle: `other.engine()`.
  ProviderOptions& engine(std::shared_ptr<detail::EngineCore> core);
  /// Functions that watch calls; any number of sets.
  ProviderOptions& callbacks(Callbacks value);
  /// A step of yours on the way of every call; any number, entered in the order in which they are given.
  ProviderOptions& layer(std::shared_ptr<Layer> value);
  /// Receives the events of calls; any number.
  ProviderOptions& logger(std::shared_ptr<Logger> value);
  /// Options of every call; what a call sets wins, each option by itself, and these win over `ModelConfig::options`.
  /// As a link of a `FallbackProvider` the handle keeps them for its own attempts; a deadline, `continue_with` and
  /// `tool_loop` then hold for the whole call unless the `FallbackProvider` has its own, of `tool_loop` each value by
  /// itself.
  ProviderOptions& options(Options value);

  const std::shared_ptr<detail::EngineCore>& engine() const;
  const std::vector<Callbacks>& callbacks() const;
  const std::vector<std::shared_ptr<Logger>>& loggers() const;
  const std::vector<std::shared_ptr<Layer>>& layers() const;
  const std::optional<Options>& options() const;

 private:
  struct Body;
  detail::Hidden<Body> body_;
};
extern template class detail::Hidden<ProviderOptions::Body>;

/// A model to talk to: cheap to copy, immutable, safe to use from many threads at once.
///
/// Each call exists as plain (blocks, throws `Error`), `try_…` (blocks, gives `Result`) and `async_…` (`co_await`,
/// `.then`); `stream` gives the answer piece by piece. Blocking calls on the engine's own thread fail with
/// `would_deadlock` instead of hanging. Options with a stop token or a deadline end the call at any point.
class ANTIPHON_EXPORT Provider {
 public:
  explicit Provider(std::shared_ptr<const detail::ProviderCore> core);

  Response chat(const Messages& messages, const Options& options = Options()) const;
  Result<Response> try_chat(const Messages& messages, const Options& options = Options()) const;
  Async<Response> async_chat(Messages messages, Options options = Options()) const;
  Stream stream(Messages messages, Options options = Options()) const;

  /// Vectors of texts, in their order: of `"one text"`, of `Texts("a", "b")`, of a vector of strings. As many requests
  /// as the provider wants for them, several at a time; one that fails in the end fails the call and names its texts
  /// (`Error::where`: `inputs/96-191`). No text, no request. Layers see no embeddings. A `FallbackProvider` embeds when
  /// all its links have the same model; vectors of different ones cannot be compared.
  Embeddings embed(const Texts& texts, const EmbeddingOptions& options = EmbeddingOptions()) const;
  Result<Embeddings> try_embed(const Texts& texts, const EmbeddingOptions& options = EmbeddingOptions()) const;
  Async<Embeddings> async_embed(Texts texts, EmbeddingOptions options = EmbeddingOptions()) const;

  /// The models that the provider has now, asked live: all of them, page by page where it gives them so. Up to 100
  /// pages, and `ModelConfig::max_response_bytes` together: beyond that it fails with `response_too_large`, for a list
  /// that was cut would look like a whole one.
  std::vector<ModelInfo> list_models(const Options& options = Options()) const;
  Result<std::vector<ModelInfo>> try_list_models(const Options& options = Options()) const;
  Async<std::vector<ModelInfo>> async_list_models(Options options = Options()) const;

  /// `provider/model`, for people and logs.
  const std::string& name() const;

  const std::shared_ptr<const detail::ProviderCore>& core() const { return core_; }

 private:
  std::shared_ptr<const detail::ProviderCore> core_;
};

/// Throws `Error{invalid_config}` that names the setting when one is missing or wrong: unknown provider, empty model,
/// bad URL, missing key. Nothing is sent.
ANTIPHON_EXPORT Provider create_provider(ModelConfig config, ProviderOptions options = ProviderOptions());
/// The short form, `ollama/llama3.2`, which reads no file; or a name without a slash, `fast`, of `load_config`, which
/// reads the user's and the project's configuration files anew.
ANTIPHON_EXPORT Provider create_provider(std::string_view name, ProviderOptions options = ProviderOptions());
/// The short form as a `ModelConfig`, to be changed further. Throws like `create_provider`.
ANTIPHON_EXPORT ModelConfig parse_model(std::string_view name);

}  // namespace antiphon::inline v0
