#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/authenticator.hpp>
#include <antiphon/callbacks.hpp>
#include <antiphon/fallback.hpp>
#include <antiphon/layer.hpp>
#include <antiphon/logger.hpp>
#include <antiphon/model.hpp>
#include <antiphon/model_config.hpp>

#include "catalogue/known_model.hpp"
#include "providers/codec.hpp"

namespace antiphon::inline v0::pipeline {

class Endpoint;

/// Takes the events of calls and hands them to loggers, without delaying anybody.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void log(LogRecord record) = 0;
};

/// Those who watch calls.
struct Observers {
  std::vector<Callbacks> callbacks;
  std::shared_ptr<LogSink> log;  ///< null when nobody listens
};

/// A way to one model: everything that belongs to the provider and not to the handle.
struct Link {
  std::string name;  ///< `provider/model`
  ModelConfig config;
  codec::Target target;
  const codec::Codec* codec;  ///< null for a model of the user's own
  std::shared_ptr<Authenticator> authenticator;
  std::shared_ptr<Model> model = nullptr;  ///< null for one that is reached over HTTP
  catalogue::KnownModel known = {};        ///< what the catalogue says of the model
  std::shared_ptr<Endpoint> endpoint = nullptr;
  std::shared_ptr<const void> origin = std::make_shared<char>();  ///< the same for all copies
  // As one of several:
  std::optional<FallbackLink> rules = std::nullopt;
  Observers observers = {};  ///< of the provider that became this link
  std::vector<std::shared_ptr<Layer>> layers = {};
  std::shared_ptr<const Options> options = nullptr;  ///< complete those of the call; null for none
};

/// What a handle adds to every call made through it.
struct HandleSettings {
  Observers observers;
  std::vector<std::shared_ptr<Layer>> layers;
  std::shared_ptr<const Options> options;  ///< complete those of every call; null for none
  std::optional<FallbackConfig> fallback;  ///< without its links
};

}  // namespace antiphon::inline v0::pipeline
