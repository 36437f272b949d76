#include "prices.hpp"

#include <map>
#include <string>
#include <utility>

namespace antiphon::simulation {

namespace {

/// The same for the same prices.
std::string name_of(const PricePlan& plan) {
  return "costs-" + std::to_string(plan.input.value_or(0)) + "-" + std::to_string(plan.output.value_or(0)) + "-" +
         std::to_string(plan.context_window.value_or(0)) + (plan.only_embeds ? "-embeddings" : "-chat");
}

std::string row_of(const PricePlan& plan) {
  std::string row = R"({"format":1,"models":[{"provider":"p","model":")" + name_of(plan) + R"(","prices":{)";
  if (plan.input) row += R"("input":)" + std::to_string(*plan.input);
  if (plan.input && plan.output) row += ",";
  if (plan.output) row += R"("output":)" + std::to_string(*plan.output);
  row += "}";
  if (plan.context_window) row += R"(,"context_window":)" + std::to_string(*plan.context_window);
  // One with a known window can do both.
  const char* abilities = plan.only_embeds      ? R"("embeddings")"
                          : plan.context_window ? R"("chat","embeddings")"
                                                : R"("chat")";
  return row + R"(,"abilities":[)" + abilities + "]}]}";
}

}  // namespace

catalogue::KnownModel known_model(const std::optional<PricePlan>& prices) {
  if (!prices) return {};
  // There are few of them in all runs together.
  static std::map<std::string, catalogue::KnownModel> known;
  const std::string name = name_of(*prices);
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  const Catalogue catalogue(parse_models(row_of(*prices)));
  return known.emplace(name, catalogue::KnownModel(catalogue, "p", name)).first->second;
}

}  // namespace antiphon::simulation
