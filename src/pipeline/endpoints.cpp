#include "pipeline/endpoints.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace antiphon::inline v0::pipeline {

Endpoints::Found Endpoints::find(const EndpointKey& key) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(key.name);
  if (known != entries_.end() && !known->second.is_dead()) {
    known->second.unused_since.reset();
    return {known->second.endpoint};
  }
  Entry entry{std::make_shared<Endpoint>()};
  if (key.object) entry.object = key.object;
  Found found{entry.endpoint, !std::exchange(sweep_is_due_, true)};
  entries_.insert_or_assign(key.name, std::move(entry));
  return found;
}

void Endpoints::sweep(Time now) {
  const std::lock_guard lock(mutex_);
  sweep_is_due_ = false;
  for (auto& [name, entry] : entries_) {
    if (entry.is_used()) {
      entry.unused_since.reset();
    } else if (!entry.unused_since) {
      entry.unused_since = now;
    }
  }
  std::erase_if(entries_, [now](const auto& named) {
    const Entry& entry = named.second;
    if (!entry.unused_since) return false;
    return entry.is_dead() || (now - *entry.unused_since >= kept && entry.endpoint->at_rest(now));
  });
  drop_surplus();
}

void Endpoints::drop_surplus() {
  std::vector<std::map<std::string, Entry>::iterator> unused;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->second.unused_since) unused.push_back(entry);
  }
  if (unused.size() <= most_unused) return;
  std::stable_sort(unused.begin(), unused.end(), [](const auto& one, const auto& other) {
    return *one->second.unused_since < *other->second.unused_since;
  });
  unused.resize(unused.size() - most_unused);
  for (const auto& entry : unused) entries_.erase(entry);
}

std::size_t Endpoints::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace antiphon::inline v0::pipeline
