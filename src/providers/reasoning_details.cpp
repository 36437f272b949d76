#include "providers/reasoning_details.hpp"

#include <algorithm>
#include <utility>

#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

namespace {

// Entries are looked for one by one, from the newest: a piece belongs to one that began not long ago.
constexpr std::size_t most_looked_at = 64;
// About what an entry takes beside its bytes.
constexpr std::size_t overhead = 256;

bool grows(std::string_view name) {
  return name == "text" || name == "summary" || name == "data" || name == "signature";
}

}  // namespace

ReasoningDetails::Entry ReasoningDetails::read(json::Value value) {
  Entry entry;
  entry.raw = value.raw().value_or("");
  value.fields([&](std::string_view name, json::Value field) {
    if (name == "index" && field.count().known()) entry.index = field.count().at_least();
    if (name == "type") entry.type = field.string().value_or("");
    if (grows(name) && field.type() == json::Type::string) {
      entry.fields.push_back(Field{std::string(name), {}, std::string(field.text())});
    } else if (const auto raw = field.raw(); raw && !field.is_null()) {
      entry.fields.push_back(Field{std::string(name), std::string(*raw), {}});
    }
  });
  return entry;
}

ReasoningDetails::Entry* ReasoningDetails::find(const Entry& piece) {
  if (!piece.index) return nullptr;
  const std::size_t looked_at = std::min(entries_.size(), most_looked_at);
  const auto last = entries_.rbegin() + static_cast<std::ptrdiff_t>(looked_at);
  const auto found = std::find_if(entries_.rbegin(), last, [&](const Entry& entry) {
    return entry.index == piece.index && (entry.type == piece.type || piece.type.empty());
  });
  return found == last ? nullptr : &*found;
}

void ReasoningDetails::join(Entry& entry, Entry piece) {
  entry.raw.clear();
  for (Field& field : piece.fields) {
    const auto known = std::find_if(entry.fields.begin(), entry.fields.end(),
                                    [&](const Field& other) { return other.name == field.name; });
    if (known == entry.fields.end()) {
      entry.fields.push_back(std::move(field));
    } else if (known->raw.empty() && field.raw.empty()) {
      known->text += field.text;
    }
  }
}

std::size_t ReasoningDetails::add(json::Value array) {
  std::size_t kept = 0;
  array.elements([&](json::Value value) {
    if (value.type() != json::Type::object) return;
    Entry piece = read(value);
    kept += overhead + 2 * piece.raw.size();
    if (Entry* entry = find(piece)) {
      join(*entry, std::move(piece));
    } else if (!piece.raw.empty()) {
      entries_.push_back(std::move(piece));
    }
  });
  return kept;
}

Json ReasoningDetails::as_array() const {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const Entry& entry : entries_) {
    if (!entry.raw.empty()) {
      writer.raw(entry.raw);
      continue;
    }
    writer.begin_object();
    for (const Field& field : entry.fields) {
      writer.key_text(field.name);
      if (field.raw.empty()) {
        writer.string(field.text);
      } else {
        writer.raw(field.raw);
      }
    }
    writer.end_object();
  }
  writer.end_array();
  return Json(std::move(out));
}

}  // namespace antiphon::inline v0::codec
