#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/error.hpp>
#include <antiphon/fetcher.hpp>

namespace antiphon::inline v0::codec {

/// Something is missing or wrong, found before anything was sent. `place` is a setting, a variable or a file's part.
Error credential_setting_error(std::string_view place, std::string message);

/// The server of credentials `who` could not be asked: what happened on the way, at `place`.
Error credential_fetch_error(std::string_view place, std::string_view who, const Error& why);

/// It was asked and refused. `code` and `words` are its own, from which everything in `secrets` is taken out.
Error credential_refusal(std::string_view place, std::string_view who, int status, std::string code, std::string words,
                         const std::vector<std::string>& secrets);

/// Its answer is not what it should be.
Error credential_answer_error(std::string_view place, std::string_view who, const std::string& what);

}  // namespace antiphon::inline v0::codec
