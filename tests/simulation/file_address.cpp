#include "file_address.hpp"

#include "leading_number.hpp"
#include "reply.hpp"

namespace antiphon::simulation {

namespace {

constexpr std::string_view public_host = "://files.example/";
constexpr std::string_view private_host = "://10.1.2.3/";

/// The number that a path begins with; drops it and the slash behind it.
std::optional<int> take_step(std::string_view& path) {
  const std::optional<int> value = take_number(path);
  if (value && path.starts_with('/')) path.remove_prefix(1);
  return value;
}

}  // namespace

std::string url_of(const FileAddress& address) {
  return (address.is_secure ? "https" : "http") + std::string(address.is_private ? private_host : public_host) +
         std::to_string(address.call) + "/" + std::to_string(address.file) + "/" + std::to_string(address.hop) +
         "?token=" + secret_key;
}

std::optional<FileAddress> file_at(std::string_view url) {
  if (!url.starts_with("http")) return std::nullopt;
  url.remove_prefix(4);
  const bool is_secure = url.starts_with('s');
  if (is_secure) url.remove_prefix(1);
  const bool is_private = url.starts_with(private_host);
  if (!is_private && !url.starts_with(public_host)) return std::nullopt;
  url.remove_prefix((is_private ? private_host : public_host).size());
  const auto call = take_step(url);
  const auto file = take_step(url);
  auto hop = take_step(url);
  // One that was sent on by a query alone.
  if (url.starts_with(hop_in_query)) {
    url.remove_prefix(hop_in_query.size());
    hop = take_step(url);
  }
  if (!call || !file || !hop) return std::nullopt;
  return FileAddress{*call, *file, *hop, is_private, is_secure};
}

std::string bytes_of(const FilePlan& plan, const FileAddress& address) {
  std::string bytes = plan.is_document ? "%PDF-1.7 " : "\x89PNG\r\n\x1a\n";
  bytes += "file " + std::to_string(address.file) + " of call " + std::to_string(address.call) + " ";
  return bytes.append(static_cast<std::size_t>(plan.bytes), '.');
}

}  // namespace antiphon::simulation
