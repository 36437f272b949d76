#include "providers/error_words.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/ascii.hpp"
#include "providers/retry_after.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// A scalar as text; of anything else its JSON.
std::string as_text(json::Value value) {
  if (value.is_null()) return {};
  if (const auto text = value.string()) return std::string(*text);
  return std::string(value.raw().value_or(std::string_view()));
}

void add_label(ErrorWords& words, std::string text) {
  if (!text.empty()) words.labels.push_back(ascii::to_lower(text));
}

void set_once(std::string& target, std::string text) {
  if (target.empty()) target = std::move(text);
}

/// `{"loc": ["body", "model"], "msg": "field required"}` in words; some have the words in `error`.
std::string complaint(json::Value value) {
  std::string place;
  std::string message;
  const bool object = value.fields([&](std::string_view key, json::Value field) {
    if (key == "msg" || key == "message" || key == "error") message = as_text(field);
    if (key != "loc") return;
    field.elements([&](json::Value step) { place += (place.empty() ? "" : ".") + as_text(step); });
  });
  if (!object || message.empty()) return as_text(value);
  return place.empty() ? message : place + ": " + message;
}

std::string detail_text(json::Value value) {
  if (value.type() != json::Type::array) return complaint(value);
  std::string text;
  value.elements([&](json::Value entry) { text += (text.empty() ? "" : "; ") + complaint(entry); });
  return text;
}

/// Google's `details` and OpenRouter's `metadata`: what else tells the kind, and how long to wait. A text stands for
/// itself.
void read_background(json::Value value, ErrorWords& words) {
  if (value.type() == json::Type::string) {
    set_once(words.background, as_text(value));
    return;
  }
  if (value.type() == json::Type::array) {
    value.elements([&](json::Value entry) { read_background(entry, words); });
    return;
  }
  value.fields([&](std::string_view key, json::Value field) {
    if (key == "retryDelay" || key == "retry_delay") words.wait = parse_duration(field.string().value_or(""));
    if (key == "retry_after") {
      const double seconds = field.number().value_or(0);
      if (seconds > 0 && seconds < 1e7) words.wait = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
    }
    if (key == "error_type" || key == "error_code" || key == "code" || key == "reason") {
      add_label(words, as_text(field));
    }
    // Google's name of a limit; that of a day is not worth waiting for (providers.md, 4.7).
    if (key == "violations") read_background(field, words);
    if (key == "quotaId" && field.string().value_or("").find("PerDay") != std::string_view::npos) {
      add_label(words, "quota_per_day");
    }
    if (key == "flagged_input") add_label(words, std::string(key));
    if (key == "retryable") words.should_retry = field.boolean();
    if (key == "availability" || key == "raw") read_background(field, words);
  });
}

void read_status(json::Value value, ErrorWords& words) {
  const Count number = value.count();
  if (number.known() && number.at_least() >= 400 && number.at_least() < 600) {
    words.status = static_cast<int>(number.at_least());
  }
}

void read_code(json::Value value, ErrorWords& words, std::string& code) {
  read_status(value, words);
  set_once(code, as_text(value));
  add_label(words, as_text(value));
}

struct Found {
  std::string code;
  std::string type;
  std::string title;
  std::string status;  ///< Google's word for what the code is a number for
};

/// The fields of an error, be it nested or the body itself.
void read_field(std::string_view key, json::Value value, ErrorWords& words, Found& found) {
  if (value.is_null()) return;
  if (key == "code" || key == "status_code" || key == "statusCode") {
    read_code(value, words, found.code);
  } else if (key == "type" || key == "error_type" || key == "status") {
    if (key == "status") read_status(value, words);
    if (value.type() != json::Type::string) return;
    if (key == "status") found.status = as_text(value);
    set_once(found.type, as_text(value));
    add_label(words, as_text(value));
  } else if (key == "message" || key == "Message" || key == "status_msg" || key == "msg") {
    if (value.type() == json::Type::object) {
      value.fields([&](std::string_view inner, json::Value field) { read_field(inner, field, words, found); });
      set_once(words.message, as_text(value));
    } else {
      set_once(words.message, as_text(value));
    }
  } else if (key == "detail" || key == "errors" || key == "error_description") {
    set_once(words.message, detail_text(value));
  } else if (key == "title") {
    found.title = as_text(value);
  } else if (key == "contentFilter") {
    add_label(words, std::string(key));
  } else if (key == "param") {
    if (value.type() == json::Type::string) set_once(words.param, as_text(value));
  } else if (key == "request_id" || key == "requestId") {
    set_once(words.request_id, as_text(value));
  } else if (key == "innererror" || key == "details" || key == "metadata") {
    read_background(value, words);
  }
}

void read_error(json::Value error, ErrorWords& words, Found& found) {
  if (error.type() == json::Type::object) {
    error.fields([&](std::string_view key, json::Value value) { read_field(key, value, words, found); });
    if (words.message.empty() && found.code.empty() && found.type.empty()) words.message = as_text(error);
  } else {
    words.message = detail_text(error);
  }
}

void read_body(json::Value root, ErrorWords& words, Found& found) {
  std::optional<json::Value> error;
  std::optional<json::Value> base_resp;
  root.fields([&](std::string_view key, json::Value value) {
    if (key == "error" && tells_error(value)) error = value;
    if (key == "base_resp") base_resp = value;
  });
  if (error) read_error(*error, words, found);
  if (base_resp && !error) {
    read_error(*base_resp, words, found);
    // MiniMax counts its errors as nobody else does.
    add_label(words, "base_resp/" + found.code);
  }
  // Beside a nested error, the body's own message is something else, an answer perhaps.
  constexpr std::string_view beside[] = {"code", "error_type", "request_id", "contentFilter"};
  const bool nested = error || base_resp;
  root.fields([&](std::string_view key, json::Value value) {
    const bool counts = !nested || std::find(std::begin(beside), std::end(beside), key) != std::end(beside);
    if (counts) read_field(key, value, words, found);
    if (nested && key == "status_code") read_status(value, words);
  });
}

}  // namespace

bool tells_error(json::Value value) {
  switch (value.type()) {
    case json::Type::null:
      return false;
    case json::Type::boolean:
      return value.boolean().value_or(false);
    case json::Type::string:
      return !value.string().value_or("").empty();
    case json::Type::number:
      return value.number().value_or(1) != 0;
    case json::Type::array:
    case json::Type::object:
      break;
  }
  const std::string_view raw = value.raw().value_or("{}");
  return !ascii::trim(raw.substr(1, raw.size() - 2)).empty();
}

ErrorWords read_error_words(json::Value root) {
  ErrorWords words;
  Found found;
  if (root.type() == json::Type::array) {
    root.elements([&](json::Value entry) {
      if (words.empty()) words = read_error_words(entry);
    });
    return words;
  }
  read_body(root, words, found);
  const bool bare_number = words.status != 0 && found.code == std::to_string(words.status);
  if (bare_number && !found.status.empty()) found.code = std::move(found.status);
  words.code = found.code.empty() ? std::move(found.type) : std::move(found.code);
  set_once(words.message, std::move(found.title));
  if (!words.wait) words.wait = find_wait_in_text(words.message);
  if (!words.wait) words.wait = find_wait_in_text(words.background);
  return words;
}

}  // namespace antiphon::inline v0::codec
