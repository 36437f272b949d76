#include "config/bounds.hpp"

#include <cstddef>

#include "config/node.hpp"

namespace antiphon::inline v0::config {

namespace {

constexpr int deepest_value = 32;
constexpr int most_key_parts = 16;

/// Goes over the text as far as brackets and dots outside of strings and comments are concerned. Where the text is not
/// TOML this may go wrong, but the parser stops there.
class Scan {
 public:
  Scan(std::string_view text, const std::shared_ptr<const std::string>& file) : text_(text), file_(file) {}

  void run() {
    while (at_ < text_.size()) step();
  }

 private:
  void step() {
    switch (text_[at_]) {
      case '"':
      case '\'':
        return pass_string();
      case '#':
        return pass_comment();
      case '.':
        if (++dots_ >= most_key_parts) refuse_here("a key of more than 16 parts");
        break;
      case '[':
      case '{':
        dots_ = 0;
        if (++depth_ > deepest_value) refuse_here("values nested deeper than 32");
        break;
      case ']':
      case '}':
        dots_ = 0;
        if (depth_ > 0) --depth_;
        break;
      case '\n':
      case '=':
      case ',':
        dots_ = 0;
        break;
      default:
        break;
    }
    ++at_;
  }

  void pass_comment() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }

  void pass_string() {
    const char quote = text_[at_];
    const std::string_view mark = quote == '"' ? "\"\"\"" : "'''";
    const bool several_lines = text_.substr(at_, 3) == mark;
    at_ += several_lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        at_ += 2;
      } else if (several_lines ? text_.substr(at_, 3) == mark : c == quote || c == '\n') {
        at_ += several_lines ? 3 : 1;
        // Up to two quotes may stand before the mark that ends it.
        for (int more = 0; several_lines && more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
        return;
      } else {
        ++at_;
      }
    }
  }

  [[noreturn]] void refuse_here(const char* what) const {
    Place place{file_};
    for (const char c : text_.substr(0, at_)) {
      place.column = c == '\n' ? 1 : place.column + 1;
      if (c == '\n') ++place.line;
    }
    refuse(place, "config", what);
  }

  std::string_view text_;
  const std::shared_ptr<const std::string>& file_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int dots_ = 0;
};

}  // namespace

void check_bounds(std::string_view text, const std::shared_ptr<const std::string>& file) {
  if (text.size() > most_bytes) refuse(Place{file}, "config", "the file is larger than 256 KiB");
  Scan(text, file).run();
}

}  // namespace antiphon::inline v0::config
