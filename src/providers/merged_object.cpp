#include "providers/merged_object.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// What stands between the brackets of a list.
std::string_view elements_of(std::string_view raw_array) {
  return ascii::trim(raw_array.substr(1, raw_array.size() - 2));
}

/// Whether the elements of `list` begin with all of those of `first`.
bool begins_with(std::string_view list, std::string_view first) {
  if (!list.starts_with(first)) return false;
  const std::string_view rest = ascii::trim(list.substr(first.size()));
  return rest.empty() || rest.front() == ',';
}

}  // namespace

std::size_t MergedObject::add(std::string_view raw) {
  if (raw == last_ && lists_ == Lists::may_repeat) return 0;
  if (!last_.empty()) {
    if (!std::exchange(merged_, true)) merge(last_);
    merge(raw);
  }
  last_ = raw;
  return raw.size();
}

/// Null when there are too many.
MergedObject::Member* MergedObject::member(std::string_view name) {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const Member& entry) { return entry.name == name; });
  if (found != members_.end()) return &*found;
  complete_ = complete_ && members_.size() < most_members;
  return complete_ ? &members_.emplace_back(Member{std::string(name), {}, false}) : nullptr;
}

void MergedObject::merge_list(Member& known, std::string_view more) const {
  const bool repeats = lists_ == Lists::may_repeat;
  if (!known.is_list || known.json.empty() || (repeats && begins_with(more, known.json))) {
    known.json = more;
  } else if (!more.empty() && !(repeats && begins_with(known.json, more))) {
    known.json.append(",").append(more);
  }
  known.is_list = true;
}

void MergedObject::merge(std::string_view raw) {
  json::Reader reader;
  reader.read_copy(raw, [&](json::Value root) {
    root.fields([&](std::string_view name, json::Value value) {
      Member* known = member(name);
      const auto json = value.raw();
      if (!known || !json) return;
      if (value.type() == json::Type::array) return merge_list(*known, elements_of(*json));
      known->json = *json;
      known->is_list = false;
    });
  });
}

std::string MergedObject::json() const {
  if (!merged_) return last_;
  std::string text = "{";
  for (const Member& entry : members_) {
    if (text.size() > 1) text += ',';
    json::append_string(text, entry.name);
    text += entry.is_list ? ":[" + entry.json + "]" : ":" + entry.json;
  }
  return text + "}";
}

}  // namespace antiphon::inline v0::codec
