// Whatever comes in a list's place is a list of models or a typed error; every model has a name, and the page behind it
// an address.

#include <antiphon/error.hpp>

#include "input.hpp"
#include "providers/codec.hpp"
#include "providers/url_parts.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  Input input(data, size);
  const std::vector<std::string>& protocols = codec::codec_names();
  const std::string& protocol = protocols[input.choice() % protocols.size()];
  try {
    const codec::Codec* list = codec::find_codec(protocol);
    const codec::ModelPage page = list->models(input.rest());
    for (const ModelInfo& model : page.models) require(!model.id().empty());
    const codec::Target target{codec::find_preset("openai"), "m", "http://h/v1"};
    require(codec::split_url(list->list_models(target, page.next).url).has_value());
  } catch (const Error& error) {
    require(error.kind() != ErrorKind::internal);
  }
  return 0;
}
