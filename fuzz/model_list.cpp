// Whatever comes in a list's place is a list of models or a typed error, and every model has a name.

#include <antiphon/error.hpp>

#include "input.hpp"
#include "providers/codec.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  Input input(data, size);
  const std::vector<std::string>& protocols = codec::codec_names();
  const std::string& protocol = protocols[input.choice() % protocols.size()];
  try {
    for (const ModelInfo& model : codec::find_codec(protocol)->models(input.rest())) require(!model.id().empty());
  } catch (const Error& error) {
    require(error.kind() != ErrorKind::internal);
  }
  return 0;
}
