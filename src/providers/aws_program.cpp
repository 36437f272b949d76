#include "providers/aws_program.hpp"

#include <chrono>
#include <utility>

#include "core/ascii.hpp"
#include "core/program_runner.hpp"
#include "json/reader.hpp"
#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"
#include "providers/rfc3339.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::string_view program_place = "aws.profile.credential_process";
// Some ask their user for something. A fetch of credentials may take a minute.
constexpr std::chrono::seconds program_patience{50};

/// Takes a command line apart, one character after the other.
class CommandWords {
 public:
  std::optional<std::vector<std::string>> split(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (quote_ != 0 && c == quote_) {
        quote_ = 0;
      } else if (c == '\\' && takes_as_it_is(text.substr(at + 1))) {
        add(text[++at]);
      } else if (quote_ != 0) {
        add(c);
      } else if (c == '"' || c == '\'') {
        quote_ = c;
        is_word_ = true;
      } else if (ascii::is_blank(c)) {
        end_word();
      } else {
        add(c);
      }
    }
    end_word();
    if (quote_ != 0 || words_.empty() || words_.front().empty()) return std::nullopt;
    return std::move(words_);
  }

 private:
  /// Whether a backslash before `rest` says how its first character is meant.
  bool takes_as_it_is(std::string_view rest) const {
    if (rest.empty() || quote_ == '\'') return false;
    return quote_ == 0 || rest.front() == '"' || rest.front() == '\\';
  }
  void add(char c) {
    word_ += c;
    is_word_ = true;
  }
  void end_word() {
    if (std::exchange(is_word_, false)) words_.push_back(std::exchange(word_, {}));
  }

  std::vector<std::string> words_;
  std::string word_;
  bool is_word_ = false;  ///< also an empty one, in quotes
  char quote_ = 0;
};

struct ProgramWords {
  AwsKeys keys;
  std::string expiration;
  bool is_version_1 = false;
};

std::optional<ProgramWords> read_program_words(std::string_view output) {
  ProgramWords words;
  bool is_object = false;
  json::Reader reader;
  const bool is_json = reader.read_copy(output, [&](json::Value root) {
    is_object = root.fields([&](std::string_view key, json::Value value) {
      if (key == "Version") words.is_version_1 = value.count() == Count(1);
      if (key == "AccessKeyId") words.keys.access_key_id = value.string().value_or("");
      if (key == "SecretAccessKey") words.keys.secret_access_key = value.string().value_or("");
      if (key == "SessionToken") words.keys.session_token = value.string().value_or("");
      if (key == "Expiration") words.expiration = value.string().value_or("");
    });
  });
  if (!is_json || !is_object) return std::nullopt;
  return words;
}

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view text) {
  // What a program is given ends there.
  if (text.find('\0') != text.npos) return std::nullopt;
  return CommandWords().split(text);
}

Result<Fetched<AwsKeys>> read_program_keys(std::string_view output, std::string_view place, std::string_view who) {
  const std::optional<ProgramWords> words = read_program_words(output);
  if (!words) return credential_answer_error(place, who, "it is not a JSON object");
  if (!words->is_version_1) return credential_answer_error(place, who, "its Version is not 1");
  if (!fits_header(words->keys.access_key_id)) return credential_answer_error(place, who, "no AccessKeyId");
  if (words->keys.secret_access_key.empty()) return credential_answer_error(place, who, "no SecretAccessKey");
  if (!words->keys.session_token.empty() && !fits_header(words->keys.session_token)) {
    return credential_answer_error(place, who, "a SessionToken that no header can hold");
  }
  const auto expires = parse_rfc3339(words->expiration);
  if (!words->expiration.empty() && !expires) {
    return credential_answer_error(place, who, "an Expiration that is no time");
  }
  return Fetched<AwsKeys>{words->keys, expires};
}

AwsKeyCache::Fetch keys_from_program(const std::string& profile, const std::vector<std::string>& command) {
  // Its arguments may be secrets.
  const std::string who = "the credential_process of the profile \"" + profile + "\" (" + command.front() + ")";
  return [command, who](Fetcher& fetcher, const HttpRequest&, AwsKeyCache::Gotten gotten) {
    auto* programs = dynamic_cast<ProgramRunner*>(&fetcher);
    if (!programs) throw credential_setting_error(program_place, who + " can only be run by an engine's own fetcher");
    programs->run(command, program_patience, [who, gotten = std::move(gotten)](Result<std::string> output) {
      if (!output) return gotten(credential_fetch_error(program_place, who, output.error()));
      gotten(read_program_keys(*output, program_place, who));
    });
  };
}

}  // namespace antiphon::inline v0::codec
