#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <antiphon/fallback.hpp>

#include "config/cursor.hpp"
#include "config/environment.hpp"

namespace antiphon::inline v0::config {

/// One of the models of a chain, and when it is left.
struct ChainLink {
  Place place;
  std::string model;  ///< a name, or `PROVIDER/MODEL`
  bool has_rules = false;
  std::vector<ErrorKind> leave_on;
  std::vector<ErrorKind> stay_on;
  std::optional<std::chrono::milliseconds> first_content_within;
  std::optional<double> weight;
  std::optional<std::pair<double, double>> price;
  std::optional<std::int64_t> context_window;

  FallbackLink made_of(Provider provider) const;
};

/// A fallback chain, `[models.NAME]` with `fallback`.
struct Chain {
  std::vector<ChainLink> links;
  FallbackConfig settings;  ///< without links
  std::optional<Options> options;
};

Chain read_chain(const Cursor& table, Environment environment);
/// Takes what the table does not say from a chain that is one of its links.
void inherit(FallbackConfig& settings, const Cursor& table, const FallbackConfig& inner);

bool is_chain(const Node& model);
std::vector<std::string> chain_paths();
std::vector<std::string> link_paths();

}  // namespace antiphon::inline v0::config
