#pragma once

#include <string>

#include <antiphon/message.hpp>

namespace antiphon::cli {

/// An image, a recording, a document or a text file as a part of a message. Its first bytes tell what it is, or else
/// its extension. A URL stays one. Throws `UsageError` that names the file when it cannot be
/// read or told.
Part read_attachment(const std::string& path);

}  // namespace antiphon::cli
