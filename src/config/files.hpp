#pragma once

#include <optional>
#include <string>
#include <vector>

namespace antiphon::inline v0::config {

/// A file as it was found.
struct FoundFile {
  std::string path;
  std::string text;
};

/// The file of that path, which must be there. Throws `Error{invalid_config}` that names it.
FoundFile read_named_file(const std::string& path);
/// The user's file, when there is one.
std::optional<FoundFile> read_user_file();
/// The nearest `antiphon.toml` in `directory` or above, unless it is the user's; `notes` hears why one is not read.
std::optional<FoundFile> read_project_file(const std::string& directory, std::vector<std::string>& notes);

}  // namespace antiphon::inline v0::config
