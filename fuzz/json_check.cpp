// `json::check` accepts what simdjson's DOM accepts, and what it says is wrong is within the text.

#include "json/check.hpp"

#include "core/utf8.hpp"
#include "input.hpp"
#include "json/writer.hpp"
#include "oracle.hpp"

using namespace antiphon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Oracle oracle;
  const PaddedText padded(Input(data, size).rest(), '}');
  const std::string_view text = padded.text();

  const auto fault = json::find_fault(text, json::greatest_depth);
  if (fault) {
    require(fault->at <= text.size());
    require(oracle.parse(text).error() != simdjson::SUCCESS);
  } else {
    require(!utf8::find_invalid(text));
    oracle.agree_that_it_is_json(text);
  }

  const std::string quoted = json::quoted(text);
  require(!json::find_fault(quoted));
  oracle.agree_that_it_is_json(quoted);
  return 0;
}
