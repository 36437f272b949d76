#include "config/chain_section.hpp"

#include "config/option_section.hpp"
#include "config/reading.hpp"
#include "config/settings.hpp"

namespace antiphon::inline v0::config {

namespace {

using Price = std::pair<double, double>;

constexpr Key<Price> price_keys[] = {
    {"input", [](Price& p, const Cursor& v) { p.first = number_of(v); }},
    {"output", [](Price& p, const Cursor& v) { p.second = number_of(v); }},
};

std::vector<std::string> price_paths() { return key_paths<Price>(price_keys); }

Price read_price(const Cursor& table) {
  Price price;
  read_table<Price>(table, price_keys, price);
  for (const char* side : {"input", "output"}) {
    if (!table.node().find(side)) table.refuse(std::string(side) + " is missing");
  }
  return price;
}

constexpr Key<ChainLink> link_keys[] = {
    {"model", [](ChainLink& l, const Cursor& v) { l.model = name_of(v); }},
    {"leave_on", [](ChainLink& l, const Cursor& v) { l.leave_on = read_kinds(v); }},
    {"stay_on", [](ChainLink& l, const Cursor& v) { l.stay_on = read_kinds(v); }},
    {"first_content_within", [](ChainLink& l, const Cursor& v) { l.first_content_within = milliseconds_of(v); }},
    {"weight", [](ChainLink& l, const Cursor& v) { l.weight = number_of(v); }},
    {"price", [](ChainLink& l, const Cursor& v) { l.price = read_price(v); }, price_paths},
    {"context_window", [](ChainLink& l, const Cursor& v) { l.context_window = integer_of(v); }},
};

ChainLink read_link(const Cursor& value) {
  ChainLink link;
  link.place = value.place();
  if (!value.node().as<Table>()) {
    link.model = name_of(value);
    return link;
  }
  read_table<ChainLink>(value, link_keys, link);
  if (link.model.empty()) value.refuse("model is missing");
  link.has_rules = value.node().as<Table>()->size() > 1;
  return link;
}

void read_links(Chain& chain, const Cursor& list) {
  if (array_of(list).empty()) list.refuse("the list is empty: there is no model to ask");
  for_each_element(list, [&](const Cursor& element) { chain.links.push_back(read_link(element)); });
}

constexpr std::pair<std::string_view, FallbackStrategy> strategies[] = {
    {"ordered", FallbackStrategy::ordered},
    {"weighted", FallbackStrategy::weighted},
    {"lowest_latency", FallbackStrategy::lowest_latency},
    {"cheapest", FallbackStrategy::cheapest},
};

constexpr Key<CircuitBreakerConfig> breaker_keys[] = {
    {"failures", [](CircuitBreakerConfig& b, const Cursor& v) { b.failures(count_of(v)); }},
    {"rest", [](CircuitBreakerConfig& b, const Cursor& v) { b.rest(milliseconds_of(v)); }},
    {"max_rest", [](CircuitBreakerConfig& b, const Cursor& v) { b.max_rest(milliseconds_of(v)); }},
};

std::vector<std::string> breaker_paths() { return key_paths<CircuitBreakerConfig>(breaker_keys); }

CircuitBreakerConfig read_breaker(const Cursor& table) {
  CircuitBreakerConfig breaker;
  read_table<CircuitBreakerConfig>(table, breaker_keys, breaker);
  return breaker;
}

constexpr Key<HedgeConfig> hedge_keys[] = {
    {"delay", [](HedgeConfig& h, const Cursor& v) { h.delay(milliseconds_of(v)); }},
};

std::vector<std::string> hedge_paths() { return key_paths<HedgeConfig>(hedge_keys); }

HedgeConfig read_hedge(const Cursor& table) {
  HedgeConfig hedge;
  read_table<HedgeConfig>(table, hedge_keys, hedge);
  return hedge;
}

struct ChainDraft {
  Chain chain;
  Environment environment;
};

constexpr Key<ChainDraft> chain_keys[] = {
    {"fallback", [](ChainDraft& d, const Cursor& v) { read_links(d.chain, v); }},
    {"strategy",
     [](ChainDraft& d, const Cursor& v) { d.chain.settings.strategy(one_of<FallbackStrategy>(v, strategies)); }},
    {"max_wait", [](ChainDraft& d, const Cursor& v) { d.chain.settings.max_wait(milliseconds_of(v)); }},
    {"circuit_breaker", [](ChainDraft& d, const Cursor& v) { d.chain.settings.circuit_breaker(read_breaker(v)); },
     breaker_paths},
    {"hedge", [](ChainDraft& d, const Cursor& v) { d.chain.settings.hedge(read_hedge(v)); }, hedge_paths},
    {"options", [](ChainDraft& d, const Cursor& v) { d.chain.options = read_options(v, d.environment); }, option_paths},
};

}  // namespace

FallbackLink ChainLink::made_of(Provider provider) const {
  FallbackLink link(std::move(provider));
  for (const ErrorKind kind : leave_on) link.leave_on(kind);
  for (const ErrorKind kind : stay_on) link.stay_on(kind);
  if (first_content_within) link.first_content_within(*first_content_within);
  if (weight) link.weight(*weight);
  if (price) link.price(price->first, price->second);
  if (context_window) link.context_window(*context_window);
  return link;
}

Chain read_chain(const Cursor& table, Environment environment) {
  ChainDraft draft{Chain(), environment};
  read_table<ChainDraft>(table, chain_keys, draft,
                         "a chain has no connection of its own: such settings stand in the models that it names");
  return std::move(draft.chain);
}

void inherit(FallbackConfig& settings, const Cursor& table, const FallbackConfig& inner) {
  if (!table.node().find("strategy")) settings.strategy(inner.strategy());
  if (!table.node().find("max_wait")) settings.max_wait(inner.max_wait());
  if (!table.node().find("circuit_breaker")) settings.circuit_breaker(inner.circuit_breaker());
}

bool is_chain(const Node& model) { return model.find("fallback") != nullptr; }

std::vector<std::string> chain_paths() { return key_paths<ChainDraft>(chain_keys); }
std::vector<std::string> link_paths() { return key_paths<ChainLink>(link_keys); }

}  // namespace antiphon::inline v0::config
