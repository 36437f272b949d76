#include "file_address.hpp"

#include <algorithm>

#include "leading_number.hpp"
#include "reply.hpp"

namespace antiphon::simulation {

namespace {

constexpr std::string_view public_host = "://files.example";
constexpr std::string_view private_host = "://10.1.2.3";
/// Says in a query what stands in the path else.
constexpr std::string_view path_in_query = "?path=";

/// The number that a path begins with; drops it and the slash behind it.
std::optional<int> take_step(std::string_view& path) {
  const std::optional<int> value = take_number(path);
  if (value && path.starts_with('/')) path.remove_prefix(1);
  return value;
}

}  // namespace

std::string path_of(const FileAddress& address) {
  return std::to_string(address.call) + "/" + std::to_string(address.file) + "/" + std::to_string(address.hop);
}

std::string url_of(const FileAddress& address) {
  std::string url = address.is_secure ? "https" : "http";
  url.append(address.is_private ? private_host : public_host).append(address.is_bare ? path_in_query : "/");
  return url + path_of(address) + (address.is_bare ? "&" : "?") + "token=" + secret_key;
}

std::optional<FileAddress> file_at(std::string_view url) {
  if (!url.starts_with("http")) return std::nullopt;
  url.remove_prefix(4);
  const bool is_secure = url.starts_with('s');
  if (is_secure) url.remove_prefix(1);
  const bool is_private = url.starts_with(private_host);
  if (!is_private && !url.starts_with(public_host)) return std::nullopt;
  url.remove_prefix((is_private ? private_host : public_host).size());
  const bool is_bare = url.starts_with(path_in_query);
  url.remove_prefix(is_bare ? path_in_query.size() : std::min<std::size_t>(url.size(), 1));
  const auto call = take_step(url);
  const auto file = take_step(url);
  auto hop = take_step(url);
  // One that was sent on by a query alone.
  if (url.starts_with(hop_in_query)) {
    url.remove_prefix(hop_in_query.size());
    hop = take_step(url);
  }
  if (!call || !file || !hop) return std::nullopt;
  return FileAddress{*call, *file, *hop, is_private, is_secure, is_bare};
}

std::string bytes_of(const FilePlan& plan, const FileAddress& address) {
  std::string bytes = plan.kind == PartKind::image   ? "\x89PNG\r\n\x1a\n"
                      : plan.kind == PartKind::audio ? "RIFF....WAVE "
                                                     : "%PDF-1.7 ";
  bytes += "file " + std::to_string(address.file) + " of call " + std::to_string(address.call) + " ";
  return bytes.append(static_cast<std::size_t>(plan.bytes), '.');
}

}  // namespace antiphon::simulation
