// docs/options.md is true: what becomes of every common option and every kind of media, on every protocol and with
// every row of data/providers.json that differs from its protocol.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/serialize.hpp>

#include <antiphon/antiphon.hpp>

#include "fixture.hpp"
#include "providers/codec.hpp"
#include "support/markdown.hpp"
#include "support/source_files.hpp"

namespace antiphon::tests {
namespace {

/// One row of the table: what is asked without the option, and with it.
struct OptionCase {
  std::string name;
  std::function<void(Options&, Message&)> with;
  std::function<void(Options&)> base = [](Options&) {};
};

OptionCase option(
    std::string name, std::function<void(Options&)> set, std::function<void(Options&)> base = [](Options&) {}) {
  return OptionCase{std::move(name), [set = std::move(set)](Options& options, Message&) { set(options); },
                    std::move(base)};
}
OptionCase part(std::string name, Part added) {
  return OptionCase{std::move(name), [added = std::move(added)](Options&, Message& message) { message.add(added); }};
}

Tool weather() { return Tool("weather", "tells the weather"); }
void some_tools(Options& options) { options.tools(weather()); }

const std::string png = std::string("\x89PNG\r\n\x1a\n\0 picture", 16);
const std::string schema = R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],)"
                           R"("additionalProperties":false})";

const std::vector<OptionCase>& option_cases() {
  static const std::vector<OptionCase> all = {
      option("temperature", [](Options& o) { o.temperature(0.5); }),
      option("top_p", [](Options& o) { o.top_p(0.9); }),
      option("top_k", [](Options& o) { o.top_k(40); }),
      option("max_tokens", [](Options& o) { o.max_tokens(77); }),
      option("stop", [](Options& o) { o.stop("END"); }),
      option("seed", [](Options& o) { o.seed(42); }),
      option("presence_penalty", [](Options& o) { o.presence_penalty(0.5); }),
      option("frequency_penalty", [](Options& o) { o.frequency_penalty(0.5); }),
      option("logprobs", [](Options& o) { o.logprobs(2); }),
      option("n", [](Options& o) { o.n(2); }),
      option("user", [](Options& o) { o.user("team-7"); }),
      option("metadata", [](Options& o) { o.metadata("project", "search"); }),
      option("response_format: json", [](Options& o) { o.response_format("json"); }),
      option("response_format: schema", [](Options& o) { o.response_format(JsonSchema(schema)); }),
      option("reasoning_effort", [](Options& o) { o.reasoning_effort("low"); }),
      option("tools", some_tools),
      option(
          "tool_choice: auto", [](Options& o) { o.tool_choice(ToolChoice::Kind::automatic); }, some_tools),
      option(
          "tool_choice: none", [](Options& o) { o.tool_choice(ToolChoice::Kind::none); }, some_tools),
      option(
          "tool_choice: required", [](Options& o) { o.tool_choice(ToolChoice::Kind::required); }, some_tools),
      option(
          "tool_choice: named", [](Options& o) { o.tool_choice(ToolChoice::named("weather")); }, some_tools),
      option(
          "parallel_tool_calls", [](Options& o) { o.parallel_tool_calls(false); }, some_tools),
      option("option", [](Options& o) { o.option("x_own", 1); }),
      option("extra", [](Options& o) { o.extra(R"({"x_extra":1})"); }),
      part("image by URL", Part::image_url("https://pictures.example/a.png")),
      part("image as data URI", Part::image_url("data:image/png;base64,iVBORw0KGgo=")),
      part("image as bytes", Part::image(png, "image/png")),
      part("detail of an image", Part::image_url("data:image/png;base64,iVBORw0KGgo=", "low")),
      part("audio by URL", Part::audio_url("https://tones.example/a.wav")),
      part("audio as data URI", Part::audio_url("data:audio/wav;base64,UklGRi4uLi5XQVZF")),
      part("audio as bytes", Part::audio("RIFF....WAVE", "wav")),
      part("document by URL", Part::document_url("https://papers.example/a.txt")),
      part("document as data URI", Part::document_url("data:application/pdf;base64,JVBERi0xLjc=")),
      part("PDF as bytes", Part::document("%PDF-1.7", "application/pdf", "a.pdf")),
      part("text document as bytes", Part::document("Words.", "text/plain", "a.txt")),
  };
  return all;
}

/// Where something new stands; inside of an object that came with it alone.
std::string place_of_new(std::string place, const boost::json::value& value) {
  const boost::json::value* inner = &value;
  while (inner->is_object() && inner->get_object().size() == 1) {
    place += "/" + std::string(inner->get_object().begin()->key());
    inner = &inner->get_object().begin()->value();
  }
  return place;
}

/// Where two bodies differ: each place that is new, gone or another value, the highest one only.
void differences(const boost::json::value& before, const boost::json::value& after, const std::string& place,
                 std::set<std::string>& places) {
  if (before == after) return;
  if (before.is_object() && after.is_object()) {
    for (const auto& [key, value] : after.get_object()) {
      const std::string inner = place + "/" + std::string(key);
      const boost::json::value* old = before.get_object().if_contains(key);
      if (old) {
        differences(*old, value, inner, places);
      } else {
        places.insert(place_of_new(inner, value));
      }
    }
    for (const auto& [key, value] : before.get_object()) {
      if (!after.get_object().contains(key)) places.insert(place + "/" + std::string(key));
    }
    return;
  }
  if (before.is_array() && after.is_array() && before.get_array().size() <= after.get_array().size()) {
    for (std::size_t i = 0; i < after.get_array().size(); ++i) {
      const std::string inner = place + "/" + std::to_string(i);
      if (i < before.get_array().size()) {
        differences(before.get_array()[i], after.get_array()[i], inner, places);
      } else {
        places.insert(place_of_new(inner, after.get_array()[i]));
      }
    }
    return;
  }
  places.insert(place);
}

ModelConfig config_for(const std::string& provider) {
  ModelConfig config("m-1", ProviderId{provider});
  if (codec::find_preset(provider)->base_url.empty()) config.base_url("https://host.example");
  return config;
}

EncodedRequest request_for(const std::string& provider, const Options& options, Message message) {
  return encode(config_for(provider), Messages().add(std::move(message)), options, false);
}

/// A question of several parts, so that one more does not change its form.
Message question() { return Message(Role::user).add(Part::text("Look.")).add(Part::text("And say.")); }

bool warns_of(const EncodedRequest& request, const OptionCase& row) {
  const std::string name = row.name.substr(0, row.name.find(':'));
  return std::any_of(request.warnings.begin(), request.warnings.end(), [&](const Warning& warning) {
    return warning.where().starts_with(name) || warning.where().starts_with("messages/0/content/2");
  });
}

/// Whether `fetch_urls` has a call fetch what stands there.
bool is_fetched(const std::string& provider, const OptionCase& row) {
  Options options;
  Message message = question();
  row.with(options.fetch_urls(), message);
  try {
    const EncodedRequest request = request_for(provider, options, message);
    return std::any_of(request.warnings.begin(), request.warnings.end(), [](const Warning& warning) {
      return warning.where() == "messages/0/content/2/url" && warning.message().find("fetch") != std::string::npos;
    });
  } catch (const Error&) {
    return false;
  }
}

/// What becomes of an option or a part: `sent: /top_p`, `sent, warned: /top_p`, `warned`, `error`, `default`, `silent`;
/// with `; fetched` when that is what `fetch_urls` makes of it.
std::string fate(const std::string& provider, const OptionCase& row) {
  Options before;
  row.base(before);
  Options after = before;
  Message message = question();
  row.with(after, message);
  std::string result;
  try {
    const EncodedRequest plain = request_for(provider, before, question());
    const EncodedRequest request = request_for(provider, after, message);
    std::set<std::string> places;
    differences(parse_json(plain.http.body), parse_json(request.http.body), "", places);
    const bool warned = warns_of(request, row);
    // Nothing has to be said for what a provider does anyway.
    const char* unsaid = row.name == "tool_choice: auto" ? "default" : "silent";
    result = places.empty() ? (warned ? "warned" : unsaid) : (warned ? "sent, warned:" : "sent:");
    for (const std::string& place : places) result += " " + place;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported) << provider << ", " << row.name << ": " << error.what();
    result = "error";
  }
  if (row.name.ends_with("by URL") && is_fetched(provider, row)) result += "; fetched";
  return result;
}

/// The same, read from a cell of the document: `native: `/top_p``, `adapted, warned: … `/effort``, `warned`, `error`.
std::string read_cell(const std::string& cell) {
  const std::string word = cell.substr(0, cell.find(':'));
  std::string result = word;
  if (word.starts_with("native") || word.starts_with("adapted")) {
    result = word.find("warned") == word.npos ? "sent:" : "sent, warned:";
    std::set<std::string> places;
    for (std::size_t at = 0; (at = cell.find("`/", at)) != cell.npos;) {
      const std::size_t end = cell.find('`', at + 1);
      places.insert(cell.substr(at + 1, end - at - 1));
      at = end + 1;
    }
    for (const std::string& place : places) result += " " + place;
  } else {
    result = word.substr(0, word.find(';'));
  }
  return cell.find("; fetched") == cell.npos ? result : result + "; fetched";
}

/// How the cell would have to begin.
std::string as_cell(std::string fate) {
  std::string cell;
  std::istringstream words(fate);
  for (std::string word; words >> word;) {
    const std::string end = word.ends_with(';') ? ";" : "";
    word.resize(word.size() - end.size());
    cell += cell.empty() ? "" : " ";
    cell += (word.starts_with('/') ? "`" + word + "`" : word) + end;
  }
  return cell;
}

/// The rows of the table that stands behind a mark of that name.
std::vector<std::vector<std::string>> table(const std::string& name) {
  return test::markdown_table("docs/options.md", "<!-- table: " + name + " -->").rows;
}

/// A provider that has nothing beside its protocol.
std::string plain_provider(const std::string& protocol) { return protocol == "openai-chat" ? "openrouter" : protocol; }

TEST(OptionTable, TellsWhatBecomesOfEveryOptionOnEveryProtocol) {
  const std::vector<std::vector<std::string>> rows = table("protocols");
  const std::vector<std::string>& head = rows.front();
  const std::set<std::string> protocols(head.begin() + 1, head.end());
  EXPECT_EQ(protocols, std::set<std::string>(codec::codec_names().begin(), codec::codec_names().end()));
  std::map<std::string, std::vector<std::string>> documented;
  for (std::size_t i = 1; i < rows.size(); ++i) documented[rows[i].at(0)] = rows[i];
  std::string all;
  bool differs = documented.size() != option_cases().size();
  for (const OptionCase& row : option_cases()) {
    all += "| " + row.name + " |";
    for (std::size_t column = 1; column < head.size(); ++column) {
      const std::string expected = fate(plain_provider(head[column]), row);
      EXPECT_FALSE(expected.starts_with("silent")) << head[column] << " drops " << row.name << " and says nothing";
      all += " " + as_cell(expected) + " |";
      const std::vector<std::string>& cells = documented[row.name];
      if (cells.size() <= column || read_cell(cells[column]) != expected) {
        differs = true;
        ADD_FAILURE() << row.name << " on " << head[column] << " is " << as_cell(expected) << ", not "
                      << (cells.size() <= column ? "unnamed" : cells[column]);
      }
    }
    all += "\n";
  }
  EXPECT_FALSE(differs) << "docs/options.md should say, with native or adapted for sent:\n" << all;
}

/// What stands in a request for an option that is sent as it is, as JSON.
const std::map<std::string, std::string> plain_values = {{"temperature", "0.5"},
                                                         {"top_p", "0.9"},
                                                         {"top_k", "40"},
                                                         {"max_tokens", "77"},
                                                         {"stop", R"("END")"},
                                                         {"seed", "42"},
                                                         {"presence_penalty", "0.5"},
                                                         {"user", R"("team")"},
                                                         {"frequency_penalty", "0.5"},
                                                         {"metadata", R"("search")"},
                                                         {"n", "2"},
                                                         {"reasoning_effort", R"("low")"}};

/// A number itself, a text anywhere inside.
bool is_at(const boost::json::value& body, const std::string& place, const boost::json::value& wanted) {
  boost::system::error_code none;
  const boost::json::value* found = body.find_pointer(place, none);
  if (!found) return false;
  if (wanted.is_number()) return found->is_number() && found->to_number<double>() == wanted.to_number<double>();
  return boost::json::serialize(*found).find(std::string(wanted.as_string())) != std::string::npos;
}

TEST(OptionTable, NativeMeansThatTheValueItselfIsSentAndAdaptedThatMoreHappens) {
  const std::vector<std::vector<std::string>> rows = table("protocols");
  std::size_t native = 0;
  for (const OptionCase& row : option_cases()) {
    const auto value = plain_values.find(row.name);
    const auto cells = std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.at(0) == row.name; });
    if (value == plain_values.end() || cells == rows.end()) continue;
    for (std::size_t column = 1; column < cells->size(); ++column) {
      const std::string& cell = (*cells)[column];
      if (!cell.starts_with("native") && !cell.starts_with("adapted")) continue;
      Options options;
      Message message = question();
      row.with(options, message);
      const EncodedRequest request = request_for(plain_provider(rows[0].at(column)), options, message);
      const boost::json::value body = parse_json(request.http.body);
      const boost::json::value wanted = parse_json(value->second);
      std::istringstream words(read_cell(cell));
      std::size_t places = 0;
      bool there = false;
      for (std::string word; words >> word;) {
        if (!word.starts_with('/')) continue;
        ++places;
        there = there || is_at(body, word, wanted);
      }
      EXPECT_EQ(there && places == 1, cell.starts_with("native"))
          << row.name << " on " << rows[0].at(column) << " is said to be " << cell << ": " << request.http.body;
      native += cell.starts_with("native") ? 1 : 0;
    }
  }
  EXPECT_GT(native, 40U);
}

TEST(OptionTable, TellsWhichProvidersDiffer) {
  std::set<std::string> documented;
  for (const std::vector<std::string>& cells : table("providers")) {
    if (cells.at(0) == "provider") continue;
    EXPECT_TRUE(documented.insert(cells.at(0) + " | " + cells.at(1) + " | " + read_cell(cells.at(2))).second);
  }
  std::set<std::string> expected;
  std::string all;
  for (const std::string& provider : codec::preset_names()) {
    const std::string plain = plain_provider(codec::find_preset(provider)->protocol);
    for (const OptionCase& row : option_cases()) {
      const std::string its = fate(provider, row);
      EXPECT_FALSE(its.starts_with("silent")) << provider << " drops " << row.name << " and says nothing";
      if (its == fate(plain, row)) continue;
      expected.insert(provider + " | " + row.name + " | " + its);
      all += "| " + provider + " | " + row.name + " | " + as_cell(its) + " |\n";
    }
  }
  EXPECT_EQ(documented, expected) << "docs/options.md should say, with native or adapted for sent:\n" << all;
}

TEST(OptionTable, HeadersQueryAndFieldsByPointerGoEverywhere) {
  for (const std::string& protocol : codec::codec_names()) {
    const Options options = Options().header("X-Call", "eight").query("trace", "on").extra("/deep/field", Json("1.0"));
    const EncodedRequest request = request_for(plain_provider(protocol), options, question());
    EXPECT_EQ(request.http.headers.get("x-call"), "eight") << protocol;
    EXPECT_NE(request.http.url.find("trace=on"), std::string::npos) << protocol;
    EXPECT_NE(request.http.body.find(R"("deep":{"field":1.0})"), std::string::npos) << request.http.body;
  }
}

/// Names of the setters of the `Options` of a header.
std::set<std::string> setters(const std::string& header) {
  const std::string begin = "  Options& ";
  std::set<std::string> names;
  bool is_public = false;
  for (const std::string& line : test::source_lines("include/antiphon/" + header)) {
    if (line.starts_with("class ")) is_public = true;
    if (line == " private:") is_public = false;
    if (is_public && line.starts_with(begin)) {
      names.insert(line.substr(begin.size(), line.find('(') - begin.size()));
    }
  }
  return names;
}

TEST(OptionTable, NoOptionIsForgotten) {
  std::set<std::string> named;
  for (const OptionCase& row : option_cases()) named.insert(row.name.substr(0, row.name.find(':')));
  for (const std::vector<std::string>& cells : table("ours")) {
    named.insert(test::code_in(cells.at(0)));
  }
  const std::set<std::string> ours = setters("options.hpp");
  for (const std::string& setter : ours) EXPECT_TRUE(named.contains(setter)) << setter;
  EXPECT_GT(ours.size(), 25U);
}

TEST(OptionTable, TypedOptionsStandOnThePagesOfTheirProviders) {
  for (const std::string family : {"anthropic", "bedrock", "cohere", "gemini", "ollama", "openai"}) {
    const std::string page = test::source_text("docs/providers/" + family + ".md");
    const std::set<std::string> typed = setters(family + ".hpp");
    EXPECT_GE(typed.size(), 8U) << family;
    for (const std::string& setter : typed) {
      EXPECT_TRUE(std::regex_search(page, std::regex("\\b" + setter + "\\b"))) << family << ": " << setter;
    }
  }
}

}  // namespace
}  // namespace antiphon::tests
