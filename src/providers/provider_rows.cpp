#include "providers/provider_rows.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/ascii.hpp"
#include "providers/openai_chat_dialect_row.hpp"
#include "providers/row_file.hpp"
#include "providers/strict_object.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

using detail::ProviderRowBody;
using json::Value;

bool is_variable(std::string_view name) {
  return name.empty() || (!ascii::is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '_';
         }));
}

bool is_header(std::string_view name) { return name.find_first_of(std::string_view(": \r\n\0", 5)) == name.npos; }

class RowReader {
 public:
  RowReader(Value row, std::string place) : row_(row, std::move(place)) {}

  RowBody read(const std::vector<RowBody>& before, const std::vector<RowBody>& known);

 private:
  void start_like(const std::vector<RowBody>& before, const std::vector<RowBody>& known);
  void read_address();
  void read_key();
  void read_key_style();
  void read_headers();
  void read_dialect();
  void read_embeddings();
  void read_labels();

  StrictObject row_;
  std::shared_ptr<ProviderRowBody> body_ = std::make_shared<ProviderRowBody>();
};

RowBody RowReader::read(const std::vector<RowBody>& before, const std::vector<RowBody>& known) {
  start_like(before, known);
  Preset& preset = body_->preset;
  preset.name.clear();
  row_.read("name", preset.name);
  require(is_provider_name(preset.name), row_.at("name"),
          "a name is made of small letters, digits, \"-\", \"_\" and \".\"");
  row_.read("protocol", preset.protocol);
  if (!find_codec(preset.protocol)) {
    std::string names;
    for (const std::string& name : codec_names()) names += (names.empty() ? "" : ", ") + name;
    throw mistake(row_.at("protocol"), "must be one of " + names);
  }
  if (preset.family.empty()) preset.family = preset.name;
  row_.read("family", preset.family);
  row_.read("domain", preset.domain);
  read_address();
  read_key();
  read_headers();
  read_dialect();
  read_embeddings();
  read_labels();
  row_.finish();
  return body_;
}

void RowReader::start_like(const std::vector<RowBody>& before, const std::vector<RowBody>& known) {
  std::string like;
  row_.read("like", like);
  if (like.empty()) return;
  for (const std::vector<RowBody>* rows : {&before, &known}) {
    for (const RowBody& row : *rows) {
      if (row->preset.name != like) continue;
      body_->preset = row->preset;
      return;
    }
  }
  throw mistake(row_.at("like"), "there is no row \"" + like + "\" before this one");
}

void RowReader::read_address() {
  Preset& preset = body_->preset;
  if (row_.find("base_url")) {
    // Another address is not asked for by another one's variable, nor given another one's key.
    preset.url_variable.clear();
    preset.url_path.clear();
    preset.url_port = 0;
    preset.key_variable.clear();
    preset.key_needed = false;
  }
  row_.read("base_url", preset.base_url);
  row_.read("url_variable", preset.url_variable);
  row_.read("url_path", preset.url_path);
  row_.read("url_port", preset.url_port, 0, 65535);
  require(preset.base_url.empty() || web_scheme_length(preset.base_url) > 0, row_.at("base_url"),
          "must begin with http:// or https://");
  require(!preset.base_url.empty() || !preset.url_variable.empty(), row_.at("base_url"),
          "is missing, and so is url_variable");
  require(is_variable(preset.url_variable), row_.at("url_variable"), "is no name of a variable");
  require(preset.url_path.empty() || preset.url_path.starts_with('/'), row_.at("url_path"), "must begin with /");
}

void RowReader::read_key() {
  Preset& preset = body_->preset;
  const std::string before = preset.key_variable;
  row_.read("key_variable", preset.key_variable);
  require(is_variable(preset.key_variable), row_.at("key_variable"), "is no name of a variable");
  if (preset.key_variable != before) preset.key_needed = !preset.key_variable.empty();
  std::string key;
  row_.read("key", key);
  require(key.empty() || key == "required" || key == "optional", row_.at("key"), "must be required or optional");
  if (!key.empty()) preset.key_needed = key == "required";
  read_key_style();
  row_.read("key_header", preset.key_header);
  require(is_header(preset.key_header), row_.at("key_header"), "is no name of a header");
}

void RowReader::read_key_style() {
  std::string style;
  row_.read("key_style", style);
  if (style.empty()) return;
  require(style == "bearer" || style == "aws" || style == "google", row_.at("key_style"),
          "must be bearer, aws or google");
  body_->preset.key_style = style == "aws" ? KeyStyle::aws : style == "google" ? KeyStyle::google : KeyStyle::bearer;
}

void RowReader::read_headers() {
  Preset& preset = body_->preset;
  row_.read("headers", preset.headers);
  for (const auto& [name, value] : preset.headers) {
    const bool good = is_header(name) && value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
    require(good, inside(row_.at("headers"), name), "is no header");
  }
}

void RowReader::read_dialect() {
  Preset& preset = body_->preset;
  const auto value = row_.find("dialect");
  if (!value) return;
  StrictObject dialect(*value, row_.at("dialect"));
  if (preset.protocol == "openai-chat") return read_openai_chat_dialect(dialect, preset.openai_chat);
  if (preset.protocol == "openai-responses") return read_openai_responses_dialect(dialect, preset.openai_chat);
  throw mistake(row_.at("dialect"), "the protocol " + preset.protocol + " has no dialects");
}

void RowReader::read_embeddings() {
  const auto value = row_.find("embeddings");
  if (!value) return;
  const std::string& protocol = body_->preset.protocol;
  require(protocol == "openai-chat" || protocol == "openai-responses", row_.at("embeddings"),
          "only servers of OpenAI's protocols differ in them");
  StrictObject dialect(*value, row_.at("embeddings"));
  read_embeddings_dialect(dialect, body_->preset.embeddings);
}

void RowReader::read_labels() {
  row_.read("title", body_->title);
  row_.read("note", body_->note);
  row_.read("source", body_->source);
  row_.read("date", body_->date);
  require(body_->date.empty() || is_date(body_->date), row_.at("date"), "must be a day such as 2026-11-23");
}

void add_row(Value value, std::string place, const std::vector<RowBody>& known, std::vector<RowBody>& rows) {
  RowBody row = RowReader(value, place).read(rows, known);
  const bool twice = std::any_of(rows.begin(), rows.end(),
                                 [&](const RowBody& other) { return other->preset.name == row->preset.name; });
  require(!twice, inside(place, "name"), "there is another row of that name");
  rows.push_back(std::move(row));
}

std::string_view text_in(Value row, std::string_view name) {
  std::string_view text;
  row.fields([&](std::string_view key, Value value) {
    if (key == name) text = value.string().value_or(std::string_view());
  });
  return text;
}

/// The row of that name, and before it what it is like; null when there is none.
RowBody read_alone(Value rows, std::string_view name) {
  RowBody found;
  rows.elements([&](Value row) {
    if (found || text_in(row, "name") != name) return;
    std::vector<RowBody> known;
    const std::string_view like = text_in(row, "like");
    if (!like.empty()) known.push_back(read_alone(rows, like));
    found = RowReader(row, "").read(known, {});
  });
  return found;
}

}  // namespace

std::vector<RowBody> read_provider_rows(std::string_view text, const std::vector<RowBody>& known) {
  std::vector<RowBody> rows;
  read_row_list(text, "providers", [&](Value row, std::string place) { add_row(row, std::move(place), known, rows); });
  return rows;
}

RowBody read_provider_row_of(std::string_view text, std::string_view name) {
  RowBody found;
  json::Reader reader;
  reader.read_copy(text, [&](Value root) {
    root.fields([&](std::string_view key, Value value) {
      if (key == "providers") found = read_alone(value, name);
    });
  });
  return found;
}

RowBody read_provider_row(std::string_view text, const std::vector<RowBody>& known) {
  std::vector<RowBody> rows;
  read_row_text(text, [&](Value root) { add_row(root, "", known, rows); });
  return rows.front();
}

}  // namespace antiphon::inline v0::codec
