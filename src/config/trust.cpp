#include "config/trust.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "config/cursor.hpp"
#include "core/ascii.hpp"

namespace antiphon::inline v0::config {

namespace {

constexpr const char* only_named =
    " in a project's file that was found: name the file with --config or ANTIPHON_CONFIG when you trust it";

/// `127.0.0.1`, `[::1]` or `localhost`, behind a scheme, before a port.
bool is_this_machine(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos) return false;
  if (host.starts_with("[::1]")) return host.size() == 5 || host[5] == ':';
  host = host.substr(0, host.find(':'));
  if (ascii::equal_ignoring_case(host, "localhost")) return true;
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

void refuse_key(const Cursor& table, const char* key) {
  if (const Entry* entry = table.node().find(key)) {
    Cursor(table, *entry).refuse_key(std::string(key) + " must not stand" + only_named);
  }
}

/// Behind a shared front, the header Host chooses who gets the request.
void refuse_host_header(const Cursor& table) {
  const Entry* headers = table.node().find("headers");
  if (!headers || !headers->value.as<Table>()) return;
  const Cursor in_headers(table, *headers);
  for (const Entry& entry : *headers->value.as<Table>()) {
    if (!ascii::equal_ignoring_case(entry.key, "host")) continue;
    Cursor(in_headers, entry).refuse_key(std::string("this header must not stand") + only_named);
  }
}

void restrict_settings(const Cursor& table) {
  refuse_key(table, "proxy");
  refuse_key(table, "tls");
  refuse_host_header(table);
  if (const Entry* options = table.node().find("options")) {
    refuse_host_header(Cursor(table, *options));
    refuse_key(Cursor(table, *options), "fetch_urls");
  }
}

void restrict_model(const Cursor& table, Node& node) {
  restrict_settings(table);
  const Entry* base_url = node.find("base_url");
  if (!base_url) return;
  const std::string* url = base_url->value.as<std::string>();
  if (url && !is_this_machine(*url)) {
    Cursor(table, *base_url).refuse(std::string("an address of another machine must not stand") + only_named);
  }
  if (const Entry* credentials = node.find("credentials")) {
    Cursor(table, *credentials)
        .refuse_key(std::string("credentials for an address of yours must not stand") + only_named);
  }
  const Place place = base_url->place;
  Table& entries = std::get<Table>(node.value);
  // What a file below says of these must not come here.
  entries.push_back(Entry{"credentials", place, Node{place, std::string()}});
  if (node.find("api_key_env")) return;
  entries.push_back(Entry{"api_key_env", place, Node{place, std::string()}});
}

}  // namespace

void restrict_found_file(Node& root) {
  const Cursor file(root);
  for (Entry& section : std::get<Table>(root.value)) {
    const Cursor table(file, section);
    if (section.key == "defaults") restrict_settings(table);
    Table* models = section.key == "models" ? std::get_if<Table>(&section.value.value) : nullptr;
    if (!models) continue;
    for (Entry& model : *models) {
      if (model.value.as<Table>()) restrict_model(Cursor(table, model), model.value);
    }
  }
}

}  // namespace antiphon::inline v0::config
