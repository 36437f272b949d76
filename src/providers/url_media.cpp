#include "providers/url_media.hpp"

#include <optional>
#include <utility>

#include "providers/request_checks.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// Where the parts of a list stand, by their index; in words only when one is wanted.
using Places = std::function<std::string(std::size_t)>;

class Media {
 public:
  Media(const Codec& codec, const Target& target) : codec_(codec), target_(target) {}

  bool is_wanted(const Part& part, Role role) const {
    const PartKind kind = part.kind();
    if (kind != PartKind::image && kind != PartKind::audio && kind != PartKind::document) return false;
    // What is wrong with such an address is said when it is fetched.
    return web_scheme_length(part.url()) > 0 && codec_.needs_bytes(part, role, target_);
  }

  /// Calls `visit(part, place)` for each that is wanted in a list of parts, and in the tool results of it.
  template <class Visit>
  void each(const std::vector<Part>& parts, Role role, const Places& place, const Visit& visit) const {
    for (std::size_t index = 0; index < parts.size(); ++index) {
      if (is_wanted(parts[index], role)) visit(parts[index], place(index) + "/url");
      if (parts[index].parts().empty()) continue;
      each(
          parts[index].parts(), Role::tool,
          [&](std::size_t inner) { return place(index) + "/parts/" + std::to_string(inner); }, visit);
    }
  }

  /// The list with each that is wanted replaced; nothing when there is none.
  template <class Replacement>
  std::optional<std::vector<Part>> replaced(const std::vector<Part>& parts, Role role, const Places& place,
                                            const Replacement& replacement) const {
    std::optional<std::vector<Part>> changed;
    const auto change = [&](std::size_t index, Part part) {
      if (!changed) changed = parts;
      (*changed)[index] = std::move(part);
    };
    for (std::size_t index = 0; index < parts.size(); ++index) {
      if (is_wanted(parts[index], role)) change(index, replacement(parts[index], place(index) + "/url"));
      if (parts[index].parts().empty()) continue;
      const auto inner = replaced(
          parts[index].parts(), Role::tool,
          [&](std::size_t at) { return place(index) + "/parts/" + std::to_string(at); }, replacement);
      if (inner) change(index, parts[index].with_parts(*inner));
    }
    return changed;
  }

 private:
  const Codec& codec_;
  const Target& target_;
};

/// In a message, or among the attachments for `PartPlace::no_message`.
Places places_in(std::size_t message) {
  return [message](std::size_t part) { return PartPlace{message, part}(); };
}

}  // namespace

std::vector<UrlMedia> find_url_media(const Request& request, const Codec& codec, const Target& target) {
  std::vector<UrlMedia> found;
  const Media media(codec, target);
  const auto keep = [&](const Part& part, std::string place) {
    found.push_back(UrlMedia{part.kind(), part.url(), std::move(place)});
  };
  const Messages& messages = request.messages();
  for (std::size_t index = 0; index < messages.size(); ++index) {
    media.each(messages[index].parts(), messages[index].role(), places_in(index), keep);
  }
  media.each(request.options().attachments(), Role::user, places_in(PartPlace::no_message), keep);
  return found;
}

Request replace_url_media(const Request& request, const Codec& codec, const Target& target,
                          const std::function<Part(const Part&, const std::string& place)>& replacement) {
  Request changed = request;
  const Media media(codec, target);
  for (std::size_t index = 0; index < request.messages().size(); ++index) {
    const Message& message = request.messages()[index];
    auto parts = media.replaced(message.parts(), message.role(), places_in(index), replacement);
    if (parts) changed.messages()[index] = message.with_parts(std::move(*parts));
  }
  const std::vector<Part>& attachments = request.options().attachments();
  auto parts = media.replaced(attachments, Role::user, places_in(PartPlace::no_message), replacement);
  if (parts) changed.options().attachments(std::move(*parts));
  return changed;
}

void note_unfetched(RequestNotes& notes, std::string where, std::string what) {
  notes.cannot_carry(std::move(where),
                     std::move(what) + ": it is left out; with fetch_urls (--fetch-urls) it is fetched");
}

}  // namespace antiphon::inline v0::codec
