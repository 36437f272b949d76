#include "config/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <antiphon/error.hpp>

#include "config/bounds.hpp"

namespace antiphon::inline v0::config {

namespace {

constexpr const char* file_name = "antiphon.toml";

Error wrong(const std::string& path, const std::string& what) {
  return Error(ErrorKind::invalid_config, path + ": " + what).where("config");
}

std::string reason() { return std::generic_category().message(errno); }

class Descriptor {
 public:
  /// Not blocking: a pipe of that name must not hold us up.
  explicit Descriptor(const std::string& path) : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

/// One byte more than is allowed is enough to see that it is too much.
std::string read_all(const Descriptor& file, const std::string& path) {
  std::string text;
  std::array<char, 16 * 1024> piece;
  while (text.size() <= most_bytes) {
    const ssize_t count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw wrong(path, "cannot be read: " + reason());
    if (count == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// Its text, when it is there; `owner` hears whose it is.
std::optional<std::string> read_if_there(const std::string& path, uid_t* owner = nullptr) {
  const Descriptor file(path);
  if (!file.open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw wrong(path, "cannot be read: " + reason());
  }
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) throw wrong(path, "cannot be read: " + reason());
  if (!S_ISREG(status.st_mode)) throw wrong(path, "is not a file");
  if (owner) *owner = status.st_uid;
  return read_all(file, path);
}

/// Nothing unless it is an absolute path.
std::optional<std::filesystem::path> folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value || *value != '/') return std::nullopt;
  return std::filesystem::path(value);
}

std::optional<std::string> user_path() {
  if (const auto folder = folder_in("XDG_CONFIG_HOME")) return (*folder / "antiphon" / file_name).string();
  if (const auto home = folder_in("HOME")) return (*home / ".config" / "antiphon" / file_name).string();
  return std::nullopt;
}

bool is_user_file(const std::string& path) {
  const std::optional<std::string> of_user = user_path();
  std::error_code ignored;
  return of_user && std::filesystem::equivalent(path, *of_user, ignored);
}

/// Nothing when it is not there, or must not be read: then `notes` hears why.
std::optional<std::string> read_if_trusted(const std::string& path, std::vector<std::string>& notes) {
  try {
    uid_t owner = 0;
    std::optional<std::string> text = read_if_there(path, &owner);
    if (!text || owner == ::geteuid() || owner == 0) return text;
    notes.push_back(path + ": was not read, because it belongs to another user");
  } catch (const Error& error) {
    // Whoever may put a file into a folder above must not be able to stop us.
    notes.push_back(error.message());
  }
  return std::nullopt;
}

}  // namespace

FoundFile read_named_file(const std::string& path) {
  std::optional<std::string> text = read_if_there(path);
  if (!text) throw wrong(path, "there is no such file");
  return FoundFile{path, std::move(*text)};
}

std::optional<FoundFile> read_user_file() {
  const std::optional<std::string> path = user_path();
  if (!path) return std::nullopt;
  std::optional<std::string> text = read_if_there(*path);
  if (!text) return std::nullopt;
  return FoundFile{*path, std::move(*text)};
}

std::optional<FoundFile> read_project_file(const std::string& directory, std::vector<std::string>& notes) {
  std::error_code fault;
  std::filesystem::path folder = std::filesystem::absolute(directory, fault).lexically_normal();
  if (fault) return std::nullopt;
  if (!folder.has_filename()) folder = folder.parent_path();
  for (;; folder = folder.parent_path()) {
    const std::string path = (folder / file_name).string();
    std::optional<std::string> text = read_if_trusted(path, notes);
    if (text && is_user_file(path)) return std::nullopt;
    if (text) return FoundFile{path, std::move(*text)};
    if (!notes.empty() || folder == folder.parent_path()) return std::nullopt;
  }
}

}  // namespace antiphon::inline v0::config
