#include "verbose.hpp"

#include <unistd.h>

#include <string>

#include "output.hpp"
#include "terminal.hpp"

namespace antiphon::cli {

void VerboseLogger::log(const LogRecord& record) {
  std::string line = "* " + record.event();
  for (const auto& [name, value] : record.fields()) {
    if (!value.empty()) line += " " + name + "=" + value;
  }
  say(Style(STDERR_FILENO).dim(one_line(line)) + "\n");
}

void say_request(const EncodedRequest& request) {
  const Style style(STDERR_FILENO);
  const HttpRequest& http = request.http;
  std::string text = style.dim("> " + http.method + " " + one_line(mask_secrets(http.url))) + "\n";
  for (const auto& [name, value] : mask_secrets(http.headers)) {
    text += style.dim("> " + name + ": " + one_line(value)) + "\n";
  }
  say(text + style.dim("> body of " + std::to_string(http.body.size()) + " bytes") + "\n");
}

}  // namespace antiphon::cli
