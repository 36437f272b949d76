#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace antiphon::inline v0::codec {

/// An id that every provider takes (providers.md, trap 71): letters, digits, `_` and `-`, at most `most` of them. One
/// that is so already is kept; any other gets a stand-in, always the same, so that call and result stay a pair.
std::string plain_tool_id(std::string_view id, std::size_t most = 64);

/// The same for those that take `.` and `:` too.
std::string dotted_tool_id(std::string_view id, std::size_t most = 64);

/// The same for those that take `length` letters and digits, no more and no less.
std::string exact_tool_id(std::string_view id, std::size_t length);

/// A tool's name in the letters that providers take (trap 77): what is no letter, digit, `_` or `-` is written as its
/// bytes, `a.b` as `a_x2e_b`; so is a first character that is no letter where the provider needs one.
enum class FirstLetter { any, needed };
std::string encode_tool_name(std::string_view name, FirstLetter first = FirstLetter::any);
// How many letters a tool's name may have (providers.md §1.4, §3.4, §4.4, §6.13).
inline constexpr std::size_t longest_openai_name = 64;
inline constexpr std::size_t longest_anthropic_name = 128;
inline constexpr std::size_t longest_gemini_name = 128;
inline constexpr std::size_t longest_bedrock_name = 64;

/// The same for a tool that a request offers at `place`, where `provider` takes `most` letters. Throws
/// `Error{invalid_request}` at `place/name` for a name that is longer then: answers name the tool, so that nothing can
/// stand for it.
std::string offered_tool_name(std::string_view name, std::size_t most, const std::string& place,
                              std::string_view provider, FirstLetter first = FirstLetter::any);
/// The name that `encode_tool_name` was given; names that it did not make are kept.
std::string decode_tool_name(std::string_view name);

}  // namespace antiphon::inline v0::codec
