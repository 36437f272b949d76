#include "providers/billed_usage.hpp"

#include <string_view>

#include "json/reader.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

Usage billed_usage(const Response& response) {
  for (const auto& [name, value] : response.provider_metadata()) {
    if (name != "usage.billed_units") continue;
    Usage billed;
    json::Reader reader;
    reader.read_copy(value.text(), [&](json::Value units) {
      units.fields([&](std::string_view key, json::Value field) {
        if (key == "input_tokens") billed.input_tokens(read_token_count(field));
        if (key == "output_tokens") billed.output_tokens(read_token_count(field));
      });
    });
    // How many of them came from a cache is not said.
    if (billed.known()) return billed;
  }
  return response.usage();
}

}  // namespace antiphon::inline v0::codec
