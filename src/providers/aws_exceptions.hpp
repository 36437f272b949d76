#pragma once

#include <optional>
#include <string_view>

#include <antiphon/http.hpp>

#include "providers/errors.hpp"
#include "wire/aws_event_stream.hpp"

namespace antiphon::inline v0::codec {

/// What AWS calls a failure, `ThrottlingException` for example, and what that is (providers.md §6.13). In frames the
/// name begins with a small letter; what stands before a `#` or behind a `:` is no part of it.
ErrorName aws_error_name(std::string_view exception);

/// The same from the header of an answer, else from the body.
ErrorName aws_error_name(const HttpHeaders& headers, std::string_view body);

/// The failure that a frame tells of; nothing for an event.
std::optional<Error> aws_frame_error(const wire::AwsFrame& frame);

}  // namespace antiphon::inline v0::codec
