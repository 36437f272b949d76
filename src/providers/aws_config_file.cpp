#include "providers/aws_config_file.hpp"

#include <cstddef>
#include <optional>

#include "core/ascii.hpp"
#include "providers/credential_errors.hpp"

namespace antiphon::inline v0::codec {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// A comment behind a value or a section begins with `#` or `;` that follows a blank.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if ((text[at] == '#' || text[at] == ';') && is_blank(text[at - 1])) return text.substr(0, at);
  }
  return text;
}

std::string with_single_blanks(std::string_view text) {
  std::string out;
  for (const char c : ascii::trim(text)) {
    if (!is_blank(c)) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

class Parser {
 public:
  explicit Parser(const std::string& path) : path_(path) {}

  void line(std::string_view text) {
    ++number_;
    const std::string_view content = ascii::trim(text);
    if (content.empty() || content.front() == '#' || content.front() == ';') return;
    if (is_blank(text.front())) {
      below_a_setting(content);
    } else if (content.front() == '[') {
      section(content);
    } else {
      field(content);
    }
  }
  AwsConfigFile take() { return std::move(file_); }

 private:
  void section(std::string_view text) {
    const auto end = text.find(']');
    if (end == text.npos) fail("a section without its closing bracket");
    const std::string name = with_single_blanks(text.substr(1, end - 1));
    if (name.empty()) fail("a section without a name");
    section_ = &file_[name];
    of_services_ = name.starts_with("services ");
    parent_.clear();
  }
  void field(std::string_view text) {
    if (!section_) fail("a setting outside of any section");
    const auto equals = text.find('=');
    if (equals == text.npos) fail("neither a section nor \"name = value\"");
    const std::string name = ascii::to_lower(ascii::trim(text.substr(0, equals)));
    if (name.empty()) fail("a setting without a name");
    (*section_)[name] = value_behind(text, equals);
    parent_ = name;
  }
  void below_a_setting(std::string_view text) {
    const auto equals = text.find('=');
    if (!of_services_ || parent_.empty() || equals == text.npos) return;
    const std::string name = ascii::to_lower(ascii::trim(text.substr(0, equals)));
    (*section_)[parent_ + "." + name] = value_behind(text, equals);
  }
  static std::string value_behind(std::string_view text, std::size_t equals) {
    // The blank in front makes a value that is all comment empty.
    const std::string value = " " + std::string(text.substr(equals + 1));
    return std::string(ascii::trim(without_comment(value)));
  }
  [[noreturn]] void fail(const char* what) {
    throw credential_setting_error("aws.profile", path_ + ", line " + std::to_string(number_) + ": " + what);
  }

  const std::string& path_;
  std::size_t number_ = 0;
  AwsConfigFile file_;
  AwsSection* section_ = nullptr;
  bool of_services_ = false;
  std::string parent_;  ///< the setting before
};

}  // namespace

AwsConfigFile parse_aws_config(std::string_view text, const std::string& path) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  Parser parser(path);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    parser.line(line);
  }
  return parser.take();
}

}  // namespace antiphon::inline v0::codec
