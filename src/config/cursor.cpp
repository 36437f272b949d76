#include "config/cursor.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace antiphon::inline v0::config {

namespace {

/// As it can be shown in one line.
std::string shown(std::string_view key) {
  constexpr std::size_t longest = 64;
  std::string text;
  for (const char c : key.substr(0, longest)) text += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? '?' : c;
  if (key.size() > longest) text += "…";
  const bool bare = !text.empty() && text.find_first_of(" .\"'[]=") == std::string::npos;
  return bare ? text : "\"" + text + "\"";
}

/// Names that settings have in code, and in files.
constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"fallback.links", "fallback"}, {"fallback.", ""},     {"retry_config", "retry"},
    {"api_key", "api_key_env"},     {"header", "headers"},
};

std::string name_in_file(std::string path) {
  for (const auto& [in_code, in_file] : other_names) {
    const char next = path.size() > in_code.size() ? path[in_code.size()] : '\0';
    const bool whole = in_code.ends_with('.') || next == '\0' || next == '.' || next == '[' || next == '/';
    if (path.starts_with(in_code) && whole) return path.replace(0, in_code.size(), in_file);
  }
  return path;
}

/// The first step of a path, taken from it: `retry`, `1`.
std::string take_step(std::string& path) {
  path.erase(0, std::min(path.find_first_not_of(".[/"), path.size()));
  const std::size_t end = std::min(path.find_first_of(".[]/"), path.size());
  std::string step = path.substr(0, end);
  path.erase(0, end);
  if (path.starts_with(']')) path.erase(0, 1);
  return step;
}

const Node* inside(const Node& node, const std::string& step) {
  if (const Entry* entry = node.find(step)) return &entry->value;
  const Array* array = node.as<Array>();
  std::size_t index = 0;
  const auto [end, fault] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (!array || fault != std::errc() || end != step.data() + step.size() || index >= array->size()) return nullptr;
  return &(*array)[index];
}

}  // namespace

std::string Cursor::shown_key() const { return shown(key_); }

std::string Cursor::path() const {
  if (!parent_) return {};
  const std::string above = parent_->path();
  if (!key_place_) return above + "[" + std::to_string(index_) + "]";
  return above + (above.empty() ? "" : ".") + shown(key_);
}

Error Cursor::placed(const Error& error) const {
  std::string left = name_in_file(error.where());
  const std::string where = path() + (left.empty() ? "" : ".") + left;
  const Node* at = &node_;
  while (!left.empty()) {
    const Node* next = inside(*at, take_step(left));
    if (!next) break;
    at = next;
  }
  return Error(ErrorKind::invalid_config, at->place.text() + ": " + error.message()).where(where);
}

}  // namespace antiphon::inline v0::config
