#include "request_view.hpp"

#include <map>

#include "json_object.hpp"

namespace antiphon::cli {

std::string request_as_json(const EncodedRequest& request) {
  // HTTP lets a name stand twice, a JSON object does not.
  JsonObject headers;
  std::map<std::string, std::string> by_name;
  for (const auto& [name, value] : mask_secrets(request.http.headers)) {
    std::string& joined = by_name[name];
    joined += joined.empty() ? value : ", " + value;
  }
  for (const auto& [name, value] : by_name) headers.text(name, value);

  JsonArray warnings;
  for (const Warning& warning : request.warnings) {
    warnings.add(JsonObject().text("where", warning.where()).text("message", warning.message()).build());
  }
  const Json body = request.http.body.empty() ? Json("null") : Json(request.http.body);
  return JsonObject()
      .text("method", request.http.method)
      .text("url", mask_secrets(request.http.url))
      .json("headers", headers.build())
      .json("body", body)
      .json("warnings", warnings.build())
      .build()
      .text();
}

std::string request_as_text(const EncodedRequest& request) {
  std::string text = request.http.method + " " + mask_secrets(request.http.url) + "\n";
  for (const auto& [name, value] : mask_secrets(request.http.headers)) text += name + ": " + value + "\n";
  return text + "\n" + request.http.body + "\n";
}

}  // namespace antiphon::cli
