#include "providers/gemini_partial_args.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "json/writer.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// A step of a path: a name, or a place in a list.
struct Step {
  std::string_view name;
  std::optional<std::size_t> index = std::nullopt;
};

/// Takes the next step off the path; nothing at its end, or when it is no path.
std::optional<Step> next_step(std::string_view& path) {
  if (path.starts_with('.')) {
    path.remove_prefix(1);
    const std::string_view name = path.substr(0, path.find_first_of(".["));
    path.remove_prefix(name.size());
    return name.empty() ? std::nullopt : std::optional(Step{name});
  }
  const std::size_t end = path.find(']');
  if (!path.starts_with('[') || end == path.npos) return std::nullopt;
  std::string_view inner = path.substr(1, end - 1);
  path.remove_prefix(end + 1);
  if (inner.size() >= 2 && (inner.front() == '\'' || inner.front() == '"')) {
    return Step{inner.substr(1, inner.size() - 2)};
  }
  std::size_t index = 0;
  const auto [stop, fault] = std::from_chars(inner.data(), inner.data() + inner.size(), index);
  if (fault != std::errc() || stop != inner.data() + inner.size()) return std::nullopt;
  return Step{{}, index};
}

}  // namespace

/// The field of that name, new or not; null when there are too many.
GeminiPartialArgs::Node* GeminiPartialArgs::child(Node& parent, std::string_view name) {
  // Values come in order: the field at hand is the last one, mostly.
  const auto found = std::find_if(parent.children.rbegin(), parent.children.rend(),
                                  [&](const Node& node) { return node.name == name; });
  if (found != parent.children.rend()) return &*found;
  if (nodes_ == most_nodes) return nullptr;
  ++nodes_;
  return &parent.children.emplace_back(Node{std::string(name), {}});
}

GeminiPartialArgs::Node* GeminiPartialArgs::element(Node& parent, std::size_t index) {
  // An element without values of its own may be left out; no more than that.
  if (index > parent.children.size() + most_gap) return nullptr;
  const std::size_t wanted = std::max(index + 1, parent.children.size());
  const std::size_t added = wanted - parent.children.size();
  if (added > most_nodes - nodes_) return nullptr;
  nodes_ += added;
  parent.is_array = true;
  parent.children.resize(wanted);
  return &parent.children[index];
}

GeminiPartialArgs::Node* GeminiPartialArgs::place(std::string_view path) {
  if (!path.starts_with('$')) return nullptr;
  path.remove_prefix(1);
  Node* node = &root_;
  for (std::size_t depth = 0; node && !path.empty(); ++depth) {
    const std::optional<Step> step = next_step(path);
    if (!step || depth == most_depth) return nullptr;
    node = step->index ? element(*node, *step->index) : child(*node, step->name);
  }
  return node;
}

bool GeminiPartialArgs::add(json::Value entry) {
  if (put(entry)) return true;
  const std::string_view told = entry.span();
  if (left_out_.size() < most_left_out) left_out_.append(" ").append(told.size() < most_left_out ? told : "?");
  return false;
}

bool GeminiPartialArgs::put(json::Value entry) {
  std::string path;
  std::optional<json::Value> text;
  std::string other;
  entry.fields([&](std::string_view key, json::Value value) {
    if (key == "jsonPath") path = value.string().value_or("");
    if (key == "stringValue") text = value;
    if (key == "numberValue" || key == "boolValue") other = value.raw().value_or("");
    if (key == "nullValue") other = "null";
  });
  Node* node = text || !other.empty() ? place(path) : nullptr;
  // The arguments themselves are an object.
  if (!node || node == &root_) return false;
  if (text) {
    node->is_string = true;
    node->value += text->string().value_or("");
  } else {
    node->value = std::move(other);
  }
  return true;
}

void GeminiPartialArgs::write(const Node& node, std::string& out) {
  if (node.is_string) {
    json::append_string(out, node.value);
  } else if (!node.value.empty()) {
    out += node.value;
  } else if (node.is_array) {
    out += '[';
    for (const Node& element : node.children) {
      if (&element != &node.children.front()) out += ',';
      write(element, out);
    }
    out += ']';
  } else {
    out += '{';
    for (const Node& field : node.children) {
      if (&field != &node.children.front()) out += ',';
      json::append_string(out, field.name);
      out += ':';
      write(field, out);
    }
    out += '}';
  }
}

std::string GeminiPartialArgs::take() {
  std::string arguments;
  write(root_, arguments);
  if (!left_out_.empty()) arguments += std::exchange(left_out_, {});
  root_ = Node();
  nodes_ = 0;
  return arguments;
}

}  // namespace antiphon::inline v0::codec
