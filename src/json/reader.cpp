#include "json/reader.hpp"

#include "core/utf8.hpp"
#include "json/number.hpp"

namespace antiphon::inline v0::json {

Type Value::literal_type(Value value) {
  const Name literal = value.document_->bytes(value.token_);
  if (literal == "null") return Type::null;
  if (literal == "true" || literal == "false") return Type::boolean;
  value.document_->fail(value.token_, "not a value");
  return Type::null;
}

std::string_view Value::no_text(Value value) {
  value.type();  // notices what is no value at all
  return {};
}

// By itself: most numbers are plain integers, and are read without it.
[[gnu::noinline]] std::string_view Value::digits() const {
  const Type found = type();
  if (found == Type::string) {
    const std::string_view text = document_->string(token_);
    return is_number(text) ? text : std::string_view();
  }
  if (found != Type::number) return {};
  const std::string_view text = document_->bytes(token_);
  if (is_number(text)) return text;
  document_->fail(token_, "not a number");
  return {};
}

Count Value::count(Value value) {
  if (const Count plain = plain_integer(value.document_->bytes(value.token_)); plain.known()) return plain;
  const std::string_view text = value.digits();
  return text.empty() ? Count() : to_count(text);
}

std::optional<double> Value::number() const {
  const std::string_view text = digits();
  return text.empty() ? std::nullopt : to_double(text);
}

std::optional<bool> Value::boolean() const {
  if (type() != Type::boolean) return std::nullopt;
  return first_ == 't';
}

std::string_view Value::span() const {
  if (!opens(first_)) return document_->bytes(token_);
  const Document::Token behind = document_->behind(token_, first_, depth_);
  return document_->failed() ? std::string_view() : document_->span(token_, behind);
}

std::optional<std::string_view> Value::raw() const {
  const std::string_view text = span();
  if (document_->failed() || find_fault(text)) return std::nullopt;
  return text;
}

bool Reader::begin(TokenIndex& index, std::string_view padded_text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::size_t mark = padded_text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  std::string_view text = padded_text.substr(mark);
  auto outcome = index.find(text);
  repaired_ = outcome == TokenIndex::Outcome::not_utf8;
  if (repaired_) {
    text = keep(utf8::repair(text));
    outcome = index.find(text);
  }
  if (outcome != TokenIndex::Outcome::found) {
    document_.begin_failed(find_fault(text, greatest_depth).value_or(Fault{0, "too large"}), mark);
    return false;
  }
  document_.begin(text, mark, index.tokens(), index.count());
  return opens(document_.first(0)) || document_.fail(0, "expected an object or an array");
}

bool Reader::finish() {
  const Document::Token end = document_.behind_root();
  if (end < document_.count()) document_.fail(end, "text after the end");
  return !failed();
}

std::string_view Reader::keep(std::string_view text) {
  copy_.assign(text).append(json_padding, ' ');
  return std::string_view(copy_).substr(0, text.size());
}

}  // namespace antiphon::inline v0::json
