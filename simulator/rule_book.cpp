#include "rule_book.hpp"

#include <algorithm>

namespace antiphon::inline v0::simulator {
namespace {

bool fits_path(const std::string& wanted, std::string_view path) {
  if (wanted.empty()) return true;
  if (wanted.back() != '*') return path == wanted;
  return path.substr(0, wanted.size() - 1) == std::string_view(wanted).substr(0, wanted.size() - 1);
}

bool fits_headers(const Match& match, const RecordedRequest& request) {
  const bool present = std::all_of(match.headers.begin(), match.headers.end(), [&](const auto& header) {
    const std::string* value = find_header(request.headers, header.first);
    return value && *value == header.second;
  });
  return present && std::none_of(match.absent_headers.begin(), match.absent_headers.end(),
                                 [&](const auto& name) { return find_header(request.headers, name) != nullptr; });
}

bool fits(const Match& match, const Subject& subject) {
  if (!fits_path(match.path, subject.request.path())) return false;
  if (!match.protocol.empty() && match.protocol != subject.protocol) return false;
  if (!match.model.empty() && !(subject.ask && subject.ask->model == match.model)) return false;
  if (match.stream && !(subject.ask && subject.ask->stream == *match.stream)) return false;
  if (subject.request.body.find(match.body_contains) == std::string::npos) return false;
  return fits_headers(match, subject.request);
}

}  // namespace

RuleBook::RuleBook(std::shared_ptr<const ScenarioData> scenario)
    : scenario_(std::move(scenario)), matched_(scenario_->rules.size()) {}

void RuleBook::restart() { std::fill(matched_.begin(), matched_.end(), 0); }

int RuleBook::pick(const Subject& subject) {
  for (std::size_t i = 0; i < matched_.size(); ++i) {
    const Rule& rule = scenario_->rules[i];
    if (!fits(rule.match, subject)) continue;
    const std::uint64_t number = ++matched_[i];
    if (number >= rule.nth && (!rule.times || number - rule.nth < *rule.times)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace antiphon::inline v0::simulator
