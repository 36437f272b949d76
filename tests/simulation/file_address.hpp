#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan.hpp"

namespace antiphon::simulation {

/// Where a file is fetched from: which one of which call, after so many redirects.
struct FileAddress {
  int call;
  int file;
  int hop = 0;
  bool is_private = false;  ///< of no public network
  bool is_secure = false;   ///< by HTTPS
  bool is_bare = false;     ///< without a path
};

/// What a call gives.
inline FileAddress first_address(int call, int file, const FilePlan& plan) {
  return FileAddress{call, file, 0, plan.is_private, plan.is_secure, plan.is_bare};
}

/// In the path of its address, without the slash before it.
std::string path_of(const FileAddress& address);
/// With a secret in its query.
std::string url_of(const FileAddress& address);
/// One that names no host.
inline constexpr const char* url_of_nothing = "http:///picture";
/// Says in a query which hop it is.
inline constexpr std::string_view hop_in_query = "?hop=";
/// Nothing for one that is no file's.
std::optional<FileAddress> file_at(std::string_view url);

/// What stands there: a picture, document or recording that says which one it is.
std::string bytes_of(const FilePlan& plan, const FileAddress& address);

}  // namespace antiphon::simulation
