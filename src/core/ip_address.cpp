#include "core/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "core/ascii.hpp"

namespace antiphon::inline v0::ip {

namespace {

struct Network4 {
  std::uint32_t address;
  int bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24 | b << 16 | c << 8 | d; }

// IANA's registry of special addresses (RFC 6890), and groups.
constexpr Network4 special4[] = {
    {v4(0, 0, 0, 0), 8},      {v4(10, 0, 0, 0), 8},     {v4(100, 64, 0, 0), 10}, {v4(127, 0, 0, 0), 8},
    {v4(169, 254, 0, 0), 16}, {v4(172, 16, 0, 0), 12},  {v4(192, 0, 0, 0), 24},  {v4(192, 0, 2, 0), 24},
    {v4(192, 88, 99, 0), 24}, {v4(192, 168, 0, 0), 16}, {v4(198, 18, 0, 0), 15}, {v4(198, 51, 100, 0), 24},
    {v4(203, 0, 113, 0), 24}, {v4(224, 0, 0, 0), 3},
};

bool is_public4(std::uint32_t address) {
  return std::none_of(std::begin(special4), std::end(special4), [&](const Network4& network) {
    return ((address ^ network.address) >> (32 - network.bits)) == 0;
  });
}

using Address6 = std::array<unsigned char, 16>;

std::uint32_t four_bytes(const Address6& address, std::size_t at) {
  return v4(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool is_public6(const Address6& address) {
  const std::uint32_t first = four_bytes(address, 0);
  const bool is_mapped = first == 0 && four_bytes(address, 4) == 0 && four_bytes(address, 8) == 0xffff;
  const bool is_translated = first == 0x0064ff9b && four_bytes(address, 4) == 0 && four_bytes(address, 8) == 0;
  if (is_mapped || is_translated) return is_public4(four_bytes(address, 12));
  if (first >> 16 == 0x2002) return is_public4(four_bytes(address, 2));
  const bool is_unicast = first >> 29 == 1;
  const bool is_special = first >> 9 == 0x20010000U >> 9 || first == 0x20010db8 || first >> 12 == 0x3fff0;
  return is_unicast && !is_special;
}

/// Whether a program may take the host for a number.
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return false;
  return std::all_of(last.begin(), last.end(), ascii::is_digit) ||
         (last.size() > 1 && last[0] == '0' && last[1] == 'x');
}

}  // namespace

bool is_public_address(std::string_view text) {
  const std::string address(text);
  std::uint32_t four = 0;
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return is_public4(ntohl(four));
  Address6 six;
  return inet_pton(AF_INET6, address.c_str(), six.data()) == 1 && is_public6(six);
}

bool may_be_public(std::string_view host) {
  std::string name = ascii::to_lower(host);
  while (name.ends_with('.')) name.pop_back();
  if (name.find(':') != name.npos || ends_in_number(name)) return is_public_address(name);
  return !name.empty() && name.find('%') == name.npos && name != "localhost" && !name.ends_with(".localhost");
}

}  // namespace antiphon::inline v0::ip
