#pragma once

#include <memory>
#include <optional>

#include <antiphon/antiphon.hpp>

#include "world.hpp"

namespace antiphon::simulation {

/// What users of the library bring along: layers, credentials, models, and predicates, good ones and bad ones.
std::shared_ptr<Layer> make_layer(World& world, Meddling meddling, std::uint64_t which);
std::shared_ptr<Authenticator> make_credentials(World& world, const LinkPlan& plan, std::size_t link);
std::shared_ptr<Model> make_model(World& world, const LinkPlan& plan, std::size_t link);
std::function<bool(const Response&)> make_predicate(World& world);

/// Number of the call that a request belongs to.
int call_of(const Request& request);
int call_of(const HttpHeaders& headers);

}  // namespace antiphon::simulation
