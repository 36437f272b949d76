#include "wire/aws_header.hpp"

#include "wire/big_endian.hpp"

namespace antiphon::inline v0::wire {

std::optional<std::string_view> AwsHeader::text() const {
  if (type != AwsHeaderType::string) return std::nullopt;
  return value;
}

std::optional<std::int64_t> AwsHeader::number() const {
  const std::uint64_t bits = big_endian(value.substr(0, sizeof(std::uint64_t)));
  switch (type) {
    case AwsHeaderType::int8:
      return static_cast<std::int8_t>(bits);
    case AwsHeaderType::int16:
      return static_cast<std::int16_t>(bits);
    case AwsHeaderType::int32:
      return static_cast<std::int32_t>(bits);
    case AwsHeaderType::int64:
    case AwsHeaderType::timestamp:
      return static_cast<std::int64_t>(bits);
    default:
      return std::nullopt;
  }
}

std::optional<AwsHeader> AwsHeaderReader::fail(const char* what) {
  fault_ = what;
  left_ = {};
  return std::nullopt;
}

std::optional<std::string_view> AwsHeaderReader::take(std::size_t size) {
  if (left_.size() < size) return std::nullopt;
  const std::string_view taken = left_.substr(0, size);
  left_.remove_prefix(size);
  return taken;
}

std::optional<std::string_view> AwsHeaderReader::take_value(AwsHeaderType type) {
  switch (type) {
    case AwsHeaderType::true_value:
    case AwsHeaderType::false_value:
      return take(0);
    case AwsHeaderType::int8:
      return take(1);
    case AwsHeaderType::int16:
      return take(2);
    case AwsHeaderType::int32:
      return take(4);
    case AwsHeaderType::int64:
    case AwsHeaderType::timestamp:
      return take(8);
    case AwsHeaderType::uuid:
      return take(16);
    case AwsHeaderType::bytes:
    case AwsHeaderType::string: {
      const auto size = take(2);
      return size ? take(big_endian(*size)) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<AwsHeader> AwsHeaderReader::next() {
  if (left_.empty()) return std::nullopt;
  const std::size_t name_size = big_endian(*take(1));
  if (name_size == 0) return fail("it has no name");
  const auto name = take(name_size);
  if (!name) return fail("its name goes beyond the headers");
  const auto type_byte = take(1);
  if (!type_byte) return fail("it ends behind its name");
  const std::uint64_t type_number = big_endian(*type_byte);
  if (type_number > static_cast<std::uint64_t>(AwsHeaderType::uuid)) return fail("its type is none of those there are");
  const auto type = static_cast<AwsHeaderType>(type_number);
  const auto value = take_value(type);
  if (!value) return fail("its value goes beyond the headers");
  return AwsHeader{*name, type, *value};
}

std::optional<AwsHeader> AwsHeaders::find(std::string_view name) const {
  AwsHeaderReader reader = read();
  while (const auto header = reader.next()) {
    if (header->name == name) return header;
  }
  return std::nullopt;
}

std::string_view AwsHeaders::text(std::string_view name) const {
  const auto header = find(name);
  return header ? header->text().value_or(std::string_view()) : std::string_view();
}

}  // namespace antiphon::inline v0::wire
