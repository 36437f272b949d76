#pragma once

#include <string>
#include <string_view>

#include <antiphon/message.hpp>

namespace antiphon::inline v0::codec {

/// By what the path of a URL or the name of a file ends in; empty when it does not tell.
std::string_view media_type_of_name(std::string_view url);

/// Without `; charset=…`, in small letters.
std::string plain_media_type(std::string_view media_type);

/// Whether a file of that type is words: `text/…`, JSON, XML.
bool is_text_media_type(std::string_view plain);

/// What OpenAI calls the format of a recording of that media type: `mp3`, `wav`. A format stays what it is.
std::string audio_format(std::string_view media_type);

/// What to call a file that has no name: `document.pdf`.
std::string file_name_for(std::string_view plain);

/// What a file is that was fetched for a part of that kind, image, audio or document: its first bytes tell, or what its
/// server says of it, or its name when the server says nothing. Empty when it is no such thing, or claims to be a type
/// that its bytes would show and do not.
std::string media_type_of_file(PartKind kind, std::string_view bytes, std::string_view content_type,
                               std::string_view url);

}  // namespace antiphon::inline v0::codec
