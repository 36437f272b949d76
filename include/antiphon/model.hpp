#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <antiphon/callbacks.hpp>
#include <antiphon/error.hpp>
#include <antiphon/export.hpp>
#include <antiphon/provider.hpp>
#include <antiphon/response.hpp>
#include <antiphon/usage.hpp>

namespace antiphon::inline v0 {

/// Takes the answer of a model of yours, piece by piece. Every function may be called from any thread; copies speak
/// for the same answer. When the last copy goes and nothing ended the answer, it fails as `truncated`.
class ANTIPHON_EXPORT ModelAnswer {
 public:
  ModelAnswer& content(std::string text);
  ModelAnswer& reasoning(std::string text);
  /// A whole tool call; `arguments` is JSON text.
  ModelAnswer& tool_call(std::string id, std::string name, std::string arguments);
  ModelAnswer& usage(Usage usage);
  /// Ends the answer well.
  void finish(FinishReason reason = FinishReason::stop);
  /// Ends it with an error; retry and fallback judge it by its kind.
  void fail(Error error);
  /// Nobody wants the answer any more: the call was cancelled or ran into a timeout. What comes later is dropped.
  bool cancelled() const;
  /// Whether the reader of the stream is behind; a model that waits while this holds keeps the memory bounded.
  bool full() const;

  class State;
  explicit ModelAnswer(std::shared_ptr<State> state);

 private:
  std::shared_ptr<State> state_;
};

/// A model of your own, in your process or behind a protocol of your own: with it comes a `Provider` that has retry,
/// fallback, limits, timeouts, conversations and all the rest.
class ANTIPHON_EXPORT Model {
 public:
  virtual ~Model();
  /// Called on the engine's thread for each attempt, where it must not block: a model that computes does so on a
  /// thread of its own. What this throws fails the attempt. `request` lives until this returns.
  virtual void answer(const Request& request, ModelAnswer answer) = 0;
};

/// A provider with your model behind it. Of the configuration count name, retry, limits, timeouts; `base_url`, key and
/// headers mean nothing here.
ANTIPHON_EXPORT Provider create_provider(std::shared_ptr<Model> model, ModelConfig config,
                                         ProviderOptions options = ProviderOptions());

}  // namespace antiphon::inline v0
