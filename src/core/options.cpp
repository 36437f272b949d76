#include <antiphon/error.hpp>
#include <antiphon/options.hpp>

namespace antiphon::inline v0 {

ResponseFormat::ResponseFormat(std::string_view name) {
  if (name == "text") {
    kind_ = Kind::text;
  } else if (name == "json") {
    kind_ = Kind::json;
  } else {
    throw Error(ErrorKind::invalid_config, "unknown form \"" + std::string(name) + "\": use text, json or a JsonSchema")
        .where("response_format");
  }
}

}  // namespace antiphon::inline v0
