#include "core/small_file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace antiphon::inline v0 {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// A file may be longer than it said, and some say nothing.
std::string read_at_most(std::ifstream& file, std::size_t most_bytes) {
  std::string bytes;
  while (file && bytes.size() <= most_bytes) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min(most_bytes + 1, std::max(2 * before, mebibyte)));
    file.read(bytes.data() + before, static_cast<std::streamsize>(bytes.size() - before));
    bytes.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  return bytes;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path, std::size_t most_bytes, ErrorKind kind) {
  const auto unreadable = [&](const std::string& why) { return Error(kind, "cannot read " + path + ": " + why); };
  std::error_code trouble;
  const std::filesystem::file_status status = std::filesystem::status(path, trouble);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  if (trouble) throw unreadable(trouble.message());
  if (!std::filesystem::is_regular_file(status)) throw unreadable("it is not an ordinary file");
  const auto too_large = [&] {
    return unreadable("it is larger than " + std::to_string(most_bytes / mebibyte) + " MiB");
  };
  const std::uintmax_t size = std::filesystem::file_size(path, trouble);
  if (!trouble && size > most_bytes) throw too_large();
  std::ifstream file(path, std::ios::binary);
  if (!file) throw unreadable("it cannot be opened");
  std::string bytes = read_at_most(file, most_bytes);
  if (file.bad()) throw unreadable("reading failed");
  if (bytes.size() > most_bytes) throw too_large();
  return bytes;
}

std::optional<std::string> read_small_file(const std::string& path) {
  // The usual way to say: no such file.
  if (path == "/dev/null") return std::nullopt;
  return read_file(path, mebibyte, ErrorKind::invalid_config);
}

}  // namespace antiphon::inline v0
