#include <optional>
#include <string>
#include <utility>

#include <antiphon/error.hpp>
#include <antiphon/message.hpp>

#include "core/file_type.hpp"
#include "core/small_file.hpp"

namespace antiphon::inline v0 {

namespace {

constexpr std::size_t largest_file = std::size_t{256} << 20;
constexpr std::string_view audio_prefix = "audio/";

Error no_attachment(const std::string& name, const std::string& why) {
  return Error(ErrorKind::invalid_request,
               "cannot attach " + (name.empty() ? std::string("the file") : name) + ": " + why);
}

}  // namespace

Part Part::attachment(std::string bytes, const std::string& filename) {
  if (bytes.empty()) throw no_attachment(filename, "it is empty");
  const std::string type(type_of_file(bytes, filename));
  if (type.empty() || type.starts_with("video/")) {
    throw no_attachment(filename, "it is no image, audio, document or text known here");
  }
  if (type.starts_with("image/")) return image(std::move(bytes), type);
  if (type.starts_with(audio_prefix)) return audio(std::move(bytes), type.substr(audio_prefix.size()));
  return document(std::move(bytes), type, filename.substr(filename.find_last_of('/') + 1));
}

Part Part::file(const std::string& path) {
  std::optional<std::string> bytes = read_file(path, largest_file, ErrorKind::invalid_request);
  if (!bytes) throw no_attachment(path, "there is no such file");
  return attachment(std::move(*bytes), path);
}

}  // namespace antiphon::inline v0
