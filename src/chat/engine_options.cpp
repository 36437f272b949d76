#include <antiphon/engine.hpp>

#include "core/hidden.hpp"

namespace antiphon::inline v0 {

struct EngineOptions::Body {
  TransportFactory transport;
  Scheduler* scheduler = nullptr;
  SocketScheduler* socket_scheduler = nullptr;
  Resolver resolver;
  Executor run_tools_on;
  std::optional<std::uint64_t> random_seed;
};

template class detail::Hidden<EngineOptions::Body>;

EngineOptions& EngineOptions::transport(TransportFactory factory) {
  return body_.edit().transport = std::move(factory), *this;
}

EngineOptions& EngineOptions::scheduler(Scheduler& scheduler) {
  body_.edit().scheduler = &scheduler;
  body_.edit().socket_scheduler = nullptr;
  return *this;
}

EngineOptions& EngineOptions::scheduler(SocketScheduler& scheduler) {
  body_.edit().scheduler = body_.edit().socket_scheduler = &scheduler;
  return *this;
}

EngineOptions& EngineOptions::resolver(Resolver function) { return body_.edit().resolver = std::move(function), *this; }

EngineOptions& EngineOptions::run_tools_on(Executor value) {
  return body_.edit().run_tools_on = std::move(value), *this;
}

EngineOptions& EngineOptions::random_seed(std::uint64_t value) { return body_.edit().random_seed = value, *this; }
const EngineOptions::TransportFactory& EngineOptions::transport() const { return body_.read().transport; }
Scheduler* EngineOptions::scheduler() const { return body_.read().scheduler; }
SocketScheduler* EngineOptions::socket_scheduler() const { return body_.read().socket_scheduler; }
const EngineOptions::Resolver& EngineOptions::resolver() const { return body_.read().resolver; }
const Executor& EngineOptions::run_tools_on() const { return body_.read().run_tools_on; }
const std::optional<std::uint64_t>& EngineOptions::random_seed() const { return body_.read().random_seed; }

}  // namespace antiphon::inline v0
