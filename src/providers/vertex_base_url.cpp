#include <algorithm>

#include <antiphon/error.hpp>
#include <antiphon/vertex.hpp>

namespace antiphon::inline v0::vertex {

std::string base_url(std::string_view project, std::string_view location) {
  const auto check = [](std::string_view name, std::string_view where) {
    const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
             c == ':';
    });
    if (!good) {
      throw Error(ErrorKind::invalid_config,
                  "\"" + std::string(name) + "\" is no " + std::string(where) + " of Google Cloud")
          .where(std::string(where));
    }
  };
  check(project, "project");
  check(location, "location");
  const std::string place(location);
  std::string host = place + "-aiplatform.googleapis.com";
  if (place == "global") host = "aiplatform.googleapis.com";
  if (place == "us" || place == "eu") host = "aiplatform." + place + ".rep.googleapis.com";
  return "https://" + host + "/v1/projects/" + std::string(project) + "/locations/" + place;
}

}  // namespace antiphon::inline v0::vertex
