#include "providers/xml_leaves.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "core/utf8.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::size_t most_depth = 32;

std::optional<char32_t> character(std::string_view number) {
  const bool hexadecimal = number.starts_with('x');
  if (hexadecimal) number.remove_prefix(1);
  std::uint32_t value = 0;
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, value, hexadecimal ? 16 : 10);
  const bool is_one = error == std::errc() && stop == end && value != 0 && value <= 0x10FFFF;
  if (!is_one || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
  return value;
}

/// Adds what `&name;` stands for. False for one that is not known.
bool add_entity(std::string& text, std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> known = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [word, meaning] : known) {
    if (name == word) return text += meaning, true;
  }
  if (!name.starts_with('#')) return false;
  const std::optional<char32_t> meant = character(name.substr(1));
  if (meant) utf8::append(text, *meant);
  return meant.has_value();
}

class XmlReader {
 public:
  using Leaf = std::function<void(std::string_view, std::string_view)>;

  XmlReader(std::string_view document, const Leaf& leaf) : rest_(document), leaf_(leaf) {}

  bool read() {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
    while (!rest_.empty()) {
      if (!(rest_.front() == '<' ? markup() : words())) return false;
    }
    return begun_ && open_.empty();
  }

 private:
  struct Open {
    std::size_t path_size;  ///< before its name was added
    std::string_view name;  ///< with its prefix
  };

  bool markup() {
    if (rest_.starts_with("<!--")) return skip("-->");
    if (rest_.starts_with("<?")) return skip("?>");
    if (rest_.starts_with("<![CDATA[")) return raw_words();
    if (rest_.starts_with("<!")) return false;
    return rest_.starts_with("</") ? close() : open();
  }

  bool skip(std::string_view end) {
    const auto at = rest_.find(end);
    if (at != rest_.npos) rest_.remove_prefix(at + end.size());
    return at != rest_.npos;
  }

  /// Text up to the next markup.
  bool words() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(text.size());
    if (open_.empty()) return ascii::is_blank(text);
    for (std::size_t at = 0; at < text.size();) {
      const auto ampersand = std::min(text.find('&', at), text.size());
      text_.append(text.substr(at, ampersand - at));
      if (ampersand == text.size()) break;
      const auto end = text.find(';', ampersand);
      if (end == text.npos || !add_entity(text_, text.substr(ampersand + 1, end - ampersand - 1))) return false;
      at = end + 1;
    }
    return true;
  }

  bool raw_words() {
    constexpr std::string_view begin = "<![CDATA[";
    const auto end = rest_.find("]]>");
    if (open_.empty() || end == rest_.npos) return false;
    text_.append(rest_.substr(begin.size(), end - begin.size()));
    rest_.remove_prefix(end + 3);
    return true;
  }

  bool open() {
    const std::string_view name = rest_.substr(1, rest_.find_first_of(" \t\r\n/>") - 1);
    const std::optional<std::size_t> end = end_of_tag();
    if (name.empty() || !end || open_.size() == most_depth || (open_.empty() && begun_)) return false;
    begun_ = true;
    const bool empty = rest_[*end - 1] == '/';
    rest_.remove_prefix(*end + 1);
    open_.push_back({path_.size(), name});
    if (!path_.empty()) path_ += '/';
    path_ += name.substr(name.find(':') + 1);
    text_.clear();
    is_leaf_ = true;
    return !empty || end_element();
  }

  /// Where the tag ends that begins here; a value of an attribute may hold the same character.
  std::optional<std::size_t> end_of_tag() const {
    char quote = 0;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return at;
      } else if (c == '<') {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool close() {
    const auto end = rest_.find('>');
    if (end == rest_.npos || open_.empty()) return false;
    if (ascii::trim(rest_.substr(2, end - 2)) != open_.back().name) return false;
    rest_.remove_prefix(end + 1);
    return end_element();
  }

  bool end_element() {
    if (is_leaf_) leaf_(path_, text_);
    path_.resize(open_.back().path_size);
    open_.pop_back();
    text_.clear();
    is_leaf_ = false;
    return true;
  }

  std::string_view rest_;
  const Leaf& leaf_;
  std::vector<Open> open_;
  std::string path_;
  std::string text_;  ///< of the element that was opened last
  bool is_leaf_ = false;
  bool begun_ = false;
};

}  // namespace

bool read_xml_leaves(std::string_view document,
                     const std::function<void(std::string_view path, std::string_view text)>& leaf) {
  return XmlReader(document, leaf).read();
}

}  // namespace antiphon::inline v0::codec
