#include "wire/aws_header.hpp"

#include <array>
#include <limits>

#include "wire/big_endian.hpp"

namespace antiphon::inline v0::wire {

namespace {

constexpr std::size_t size_size = sizeof(std::uint16_t);
constexpr std::size_t says_its_size = std::numeric_limits<std::size_t>::max();
/// Of the values of each type, by its number.
constexpr std::array<std::size_t, 10> value_sizes = {0, 0, 1, 2, 4, 8, says_its_size, says_its_size, 8, 16};

}  // namespace

std::optional<std::string_view> AwsHeader::text() const {
  if (type != AwsHeaderType::string) return std::nullopt;
  return value;
}

std::optional<std::int64_t> AwsHeader::number() const {
  switch (type) {
    case AwsHeaderType::int8:
      return big_endian<std::int8_t>(value);
    case AwsHeaderType::int16:
      return big_endian<std::int16_t>(value);
    case AwsHeaderType::int32:
      return big_endian<std::int32_t>(value);
    case AwsHeaderType::int64:
    case AwsHeaderType::timestamp:
      return big_endian<std::int64_t>(value);
    default:
      return std::nullopt;
  }
}

std::optional<AwsHeader> AwsHeaderReader::fail(const char* what) {
  fault_ = what;
  left_ = {};
  return std::nullopt;
}

std::optional<AwsHeader> AwsHeaderReader::next() {
  if (left_.empty()) return std::nullopt;
  const std::size_t name_size = big_endian<std::uint8_t>(left_);
  if (name_size == 0) return fail("it has no name");
  std::string_view rest = left_.substr(1);
  if (rest.size() < name_size) return fail("its name goes beyond the headers");
  const std::string_view name = rest.substr(0, name_size);
  rest.remove_prefix(name_size);
  if (rest.empty()) return fail("it ends behind its name");
  const std::size_t type = big_endian<std::uint8_t>(rest);
  rest.remove_prefix(1);
  if (type >= value_sizes.size()) return fail("its type is none of those there are");
  std::size_t size = value_sizes[type];
  if (size == says_its_size && rest.size() >= size_size) {
    size = big_endian<std::uint16_t>(rest);
    rest.remove_prefix(size_size);
  }
  if (rest.size() < size) return fail("its value goes beyond the headers");
  left_ = rest.substr(size);
  return AwsHeader{name, static_cast<AwsHeaderType>(type), rest.substr(0, size)};
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
