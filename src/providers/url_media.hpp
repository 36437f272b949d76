#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/callbacks.hpp>

#include "providers/codec.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// An image, audio or document of a request that is given by its URL, where its provider takes the bytes alone.
struct UrlMedia {
  PartKind kind;
  std::string url;
  std::string place;  ///< `messages/2/content/1/url`
};

/// All of them in a request, in their order.
std::vector<UrlMedia> find_url_media(const Request& request, const Codec& codec, const Target& target);

/// The request with each of them replaced by what `replacement` gives for it.
Request replace_url_media(const Request& request, const Codec& codec, const Target& target,
                          const std::function<Part(const Part&, const std::string& place)>& replacement);

/// Notes a part that would have to be fetched, and was not: it is left out. `what` says what is taken.
void note_unfetched(RequestNotes& notes, std::string where, std::string what);

}  // namespace antiphon::inline v0::codec
