#include "transport/told_names.hpp"

#include <utility>

namespace antiphon::inline v0::transport {

namespace {

std::string resolve_entry(const std::string& name, const Resolver::Addresses& addresses) {
  std::string entry = name + ":";
  for (const std::string& address : addresses) {
    if (entry.back() != ':') entry += ',';
    entry += address.find(':') == std::string::npos ? address : "[" + address + "]";
  }
  return entry;
}

}  // namespace

std::vector<std::string> ToldNames::take(const std::string& name, const Resolver::Addresses& addresses) {
  std::vector<std::string> lines;
  Entry& entry = names_[name];
  ++entry.transfers;
  if (entry.addresses != addresses) lines.push_back(resolve_entry(name, addresses));
  while (names_.size() > most_kept) {
    const auto oldest = oldest_unneeded();
    if (oldest == names_.end()) break;
    lines.push_back("-" + oldest->first);
    names_.erase(oldest);
  }
  return lines;
}

void ToldNames::has_read(const std::string& name, Resolver::Addresses addresses) {
  names_[name].addresses = std::move(addresses);
}

void ToldNames::give_back(const std::string& name) {
  Entry& entry = names_[name];
  --entry.transfers;
  entry.given_back = ++times_given_back_;
}

ToldNames::Names::iterator ToldNames::oldest_unneeded() {
  auto oldest = names_.end();
  for (auto it = names_.begin(); it != names_.end(); ++it) {
    if (it->second.transfers != 0) continue;
    if (oldest == names_.end() || it->second.given_back < oldest->second.given_back) oldest = it;
  }
  return oldest;
}

}  // namespace antiphon::inline v0::transport
