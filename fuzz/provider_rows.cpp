// A file of providers is refused with the place named, or a request can be written for each of its rows.

#include <string>

#include <antiphon/codec.hpp>
#include <antiphon/error.hpp>
#include <antiphon/provider_row.hpp>

#include "input.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

void use(const ProviderRow& row) {
  require(!row.name().empty() && !(row.base_url().empty() && row.url_variable().empty()));
  ModelConfig config("m", row);
  config.base_url("http://h/v1");
  try {
    const EncodedRequest request = encode(config, Messages().system("s").user("u"), Options().max_tokens(9), true);
    require(Json(request.http.body).check().empty());
  } catch (const Error& error) {
    require(error.kind() != ErrorKind::internal && !error.where().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    for (const ProviderRow& row : parse_providers(input.rest())) use(row);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_config && !error.message().empty());
  }
  return 0;
}
