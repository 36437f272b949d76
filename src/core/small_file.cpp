#include "core/small_file.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <antiphon/error.hpp>

namespace antiphon::inline v0 {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

Error unreadable(const std::string& path, const std::string& why) {
  return Error(ErrorKind::invalid_config, "cannot read " + path + ": " + why);
}

}  // namespace

std::optional<std::string> read_small_file(const std::string& path) {
  // The usual way to say: no such file.
  if (path == "/dev/null") return std::nullopt;
  std::error_code trouble;
  const std::filesystem::file_status status = std::filesystem::status(path, trouble);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  if (trouble) throw unreadable(path, trouble.message());
  if (!std::filesystem::is_regular_file(status)) throw unreadable(path, "it is not an ordinary file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw unreadable(path, "it cannot be opened");
  std::string text(most_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw unreadable(path, "reading failed");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > most_bytes) throw unreadable(path, "it is larger than 1 MiB");
  return text;
}

}  // namespace antiphon::inline v0
