#pragma once

#include <string>
#include <utility>

#include <antiphon/message.hpp>

#include "providers/data_uri.hpp"
#include "providers/media_type.hpp"

namespace antiphon::inline v0::codec {

/// A document as OpenAI takes one that is not given by its URL: it refuses one without a name.
struct NamedFile {
  std::string name;
  std::string data_uri;
};

/// Of a part that has bytes or a data URI. Throws as `read_data_uri` does.
template <class Place>
NamedFile named_file(const Part& part, const Place& place) {
  NamedFile file{part.filename(), {}};
  std::string type = part.media_type();
  if (part.url().empty()) {
    file.data_uri = data_uri(type, part.bytes());
  } else {
    DataUri uri = read_data_uri(part.url(), place);
    file.data_uri = data_uri(uri);
    type = std::move(uri.media_type);
  }
  if (file.name.empty()) file.name = file_name_for(plain_media_type(type));
  return file;
}

}  // namespace antiphon::inline v0::codec
