// Rows of data: those that come with the library, and how a mistake in a file of one's own is named.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <antiphon/codec.hpp>
#include <antiphon/provider.hpp>

#include "fixture.hpp"
#include "providers/embedded_rows.hpp"
#include "providers/provider_rows.hpp"
#include "support/source_files.hpp"

namespace antiphon::tests {
namespace {

/// A file of rows that is gone with the test.
class RowFile {
 public:
  explicit RowFile(const std::string& text) {
    path_ = std::filesystem::temp_directory_path() / ("antiphon-rows-" + std::to_string(::getpid()) + ".json");
    std::ofstream(path_) << text;
  }
  ~RowFile() { std::filesystem::remove(path_); }
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// A variable of the environment that is gone with the test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::string rows(const std::string& list) { return R"({"format": 1, "providers": [)" + list + "]}"; }

std::string row_mistake(const std::string& text) {
  try {
    parse_providers(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config) << error.what();
    return error.where();
  }
  ADD_FAILURE() << "accepted: " << text;
  return "";
}

std::string mistake_in_row(const std::string& fields) {
  return row_mistake(rows(R"({"name": "a", "protocol": "openai-chat", "base_url": "http://a")" + fields + "}"));
}

ProviderRow row(const std::string& fields) {
  return ProviderRow(
      Json(R"({"name": "lab", "protocol": "openai-chat", "base_url": "http://lab:1/v1")" + fields + "}"));
}

HttpRequest request_to(const ModelConfig& config) { return encode(config, "hi", Options(), false).http; }

TEST(BuiltInRows, AreManyAndSayWhereTheyComeFrom) {
  const auto& built_in = codec::built_in_rows();
  EXPECT_GE(built_in.size(), 20u);
  for (const codec::RowBody& body : built_in) {
    EXPECT_FALSE(body->title.empty()) << body->preset.name;
    EXPECT_FALSE(body->source.empty()) << body->preset.name;
    EXPECT_FALSE(body->date.empty()) << body->preset.name;
    EXPECT_FALSE(body->preset.family.empty()) << body->preset.name;
  }
}

TEST(BuiltInRows, OneReadAloneSaysTheSame) {
  for (const codec::RowBody& row : codec::built_in_rows()) {
    const codec::RowBody alone = codec::read_provider_row_of(codec::embedded_rows, row->preset.name);
    ASSERT_TRUE(alone) << row->preset.name;
    EXPECT_EQ(alone->title, row->title);
    EXPECT_EQ(alone->source, row->source);
    EXPECT_EQ(alone->preset.name, row->preset.name);
    EXPECT_EQ(alone->preset.protocol, row->preset.protocol) << row->preset.name;
    EXPECT_EQ(alone->preset.base_url, row->preset.base_url) << row->preset.name;
    EXPECT_EQ(alone->preset.key_variable, row->preset.key_variable) << row->preset.name;
    EXPECT_EQ(alone->preset.family, row->preset.family) << row->preset.name;
    EXPECT_EQ(alone->preset.headers, row->preset.headers) << row->preset.name;
    EXPECT_EQ(alone->preset.openai_chat.refused, row->preset.openai_chat.refused) << row->preset.name;
  }
  EXPECT_FALSE(codec::read_provider_row_of(codec::embedded_rows, "nobody"));
}

TEST(BuiltInRows, AProtocolIsReadAsItsOwnerSpeaksIt) {
  for (const auto& [protocol, name] : {std::pair("openai-chat", "openai"), std::pair("ollama", "ollama")}) {
    const auto& all = codec::built_in_rows();
    const auto first = std::find_if(all.begin(), all.end(),
                                    [&](const codec::RowBody& body) { return body->preset.protocol == protocol; });
    ASSERT_NE(first, all.end());
    EXPECT_EQ((*first)->preset.name, name);
  }
}

TEST(BuiltInRows, EachHasARequest) {
  for (const ProviderRow& known : known_providers()) {
    ModelConfig config("m", known);
    if (known.base_url().empty()) config.base_url("https://x.example");
    const HttpRequest request = request_to(config);
    EXPECT_EQ(request.url.find(known.base_url()), 0u) << known.name();
    EXPECT_FALSE(request.body.empty()) << known.name();
  }
}

TEST(BuiltInRows, TheDocumentationListsThemAll) {
  const std::string text = test::source_text("docs/providers.md");
  for (const codec::RowBody& body : codec::built_in_rows()) {
    const codec::Preset& preset = body->preset;
    const std::string address = preset.base_url.empty() ? "$" + preset.url_variable : preset.base_url;
    const std::string key = preset.key_variable.empty() ? "" : "`" + preset.key_variable + "`";
    const std::string line = "| `" + preset.name + "` | " + preset.protocol + " | `" + address + "` | " + key + " |";
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST(Rows, OfOnesOwn) {
  const auto own = parse_providers(rows(R"(
    {"name": "lab", "protocol": "openai-chat", "base_url": "http://gpu:8000/v1/", "key_variable": "LAB_KEY", "key": "optional",
     "headers": {"X-Team": "blue"}, "title": "The lab", "note": "n", "source": "us", "date": "2026-11-23",
     "dialect": {"renamed": {"max_tokens": "limit"}, "refused": ["seed"]}},
    {"name": "lab2", "like": "lab", "base_url": "http://gpu2:8000/v1", "dialect": {"json_word": true}},
    {"name": "mine", "like": "mistral"})"));
  ASSERT_EQ(own.size(), 3u);
  EXPECT_EQ(own[0].name(), "lab");
  EXPECT_EQ(own[0].title(), "The lab");
  EXPECT_EQ(own[0].source(), "us");
  EXPECT_EQ(own[0].date(), "2026-11-23");
  EXPECT_EQ(own[0].note(), "n");
  EXPECT_EQ(own[1].protocol(), "openai-chat");
  EXPECT_EQ(own[1].title(), "") << "what one row is called says nothing of another";
  EXPECT_EQ(own[1].key_variable(), "") << "another address does not get this one's key";
  EXPECT_EQ(own[2].base_url(), "https://api.mistral.ai/v1");
  EXPECT_EQ(own[2].key_variable(), "MISTRAL_API_KEY");

  const HttpRequest request = request_to(ModelConfig("m", own[0]).api_key("secret"));
  EXPECT_EQ(request.url, "http://gpu:8000/v1/chat/completions");
  EXPECT_EQ(request.headers.get("x-team"), "blue");
  EXPECT_EQ(request.headers.get("authorization"), "Bearer secret");
  EXPECT_EQ(request_to(ModelConfig("m", own[0]).header("x-team", "red")).headers.get("X-Team"), "red");
  const EncodedRequest encoded =
      encode(ModelConfig("m", own[1]), "hi", Options().max_tokens(5).seed(1).response_format("json"), false);
  EXPECT_NE(encoded.http.body.find(R"("limit":5)"), std::string::npos) << encoded.http.body;
  ASSERT_EQ(encoded.warnings.size(), 2u);
  EXPECT_EQ(encoded.warnings[0].where(), "seed");
  EXPECT_EQ(encoded.warnings[1].where(), "response_format");
}

TEST(Rows, AnotherHeaderForTheKey) {
  const ModelConfig config = ModelConfig("m", row(R"(, "key_header": "x-key")")).api_key("secret");
  EXPECT_EQ(request_to(config).headers.get("X-Key"), "secret");
  EXPECT_EQ(request_to(config).headers.find("authorization"), nullptr);
  EXPECT_EQ(request_to(ModelConfig("m", providers::openai).provider_row(row(""))).url,
            "http://lab:1/v1/chat/completions");
}

TEST(Rows, AMissingKeyIsAnErrorWhereOneIsNeeded) {
  const auto created = [](const ModelConfig& config) {
    try {
      create_provider(config);
      return std::string("created");
    } catch (const Error& error) {
      return error.where();
    }
  };
  ::unsetenv("LAB_KEY");
  EXPECT_EQ(created(ModelConfig("m", row(R"(, "key_variable": "LAB_KEY")"))), "api_key");
  EXPECT_EQ(created(ModelConfig("m", row(R"(, "key_variable": "LAB_KEY", "key": "optional")"))), "created");
  EXPECT_EQ(created(ModelConfig("m", row(""))), "created");
  const Variable key("LAB_KEY", "secret");
  EXPECT_EQ(created(ModelConfig("m", row(R"(, "key_variable": "LAB_KEY")"))), "created");
  EXPECT_EQ(request_to(ModelConfig("m", row(R"(, "key_variable": "LAB_KEY", "key": "optional")")))
                .headers.get("authorization"),
            "Bearer secret");
}

TEST(Rows, MistakesAreNamed) {
  EXPECT_EQ(row_mistake(""), "");
  EXPECT_EQ(row_mistake("{"), "");
  EXPECT_EQ(row_mistake("[]"), "");
  EXPECT_EQ(row_mistake("7"), "");
  EXPECT_EQ(row_mistake(R"({"providers": []})"), "format");
  EXPECT_EQ(row_mistake(R"({"format": 2, "providers": []})"), "format");
  EXPECT_EQ(row_mistake(R"({"format": 1})"), "providers");
  EXPECT_EQ(row_mistake(R"({"format": 1, "providers": {}})"), "providers");
  EXPECT_EQ(row_mistake(R"({"format": 1, "providers": [], "more": 1})"), "more");
  EXPECT_EQ(row_mistake(rows("7")), "providers/0");
  EXPECT_EQ(row_mistake(rows("{}")), "providers/0/name");
  EXPECT_EQ(row_mistake(rows(R"({"name": "A b"})")), "providers/0/name");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a"})")), "providers/0/protocol");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "protocol": "morse"})")), "providers/0/protocol");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "protocol": "openai-chat"})")), "providers/0/base_url");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "protocol": "openai-chat", "base_url": "a.example"})")),
            "providers/0/base_url");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "like": "b"}, {"name": "b", "like": "openai"})")), "providers/0/like");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "like": "openai"}, {"name": "a", "like": "vllm"})")), "providers/1/name");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "like": "ollama", "dialect": {}})")), "providers/0/dialect");
  EXPECT_EQ(row_mistake(rows(R"({"name": "a", "like": "azure-responses", "dialect": {"null_content": true}})")),
            "providers/0/dialect/null_content");
  EXPECT_EQ(mistake_in_row(R"(, "refuse": [])"), "providers/0/refuse");
  EXPECT_EQ(mistake_in_row(R"(, "name": "b")"), "providers/0/name");
  EXPECT_EQ(mistake_in_row(R"(, "family": null)"), "providers/0/family");
  EXPECT_EQ(mistake_in_row(R"(, "url_variable": "A B")"), "providers/0/url_variable");
  EXPECT_EQ(mistake_in_row(R"(, "url_path": "v1")"), "providers/0/url_path");
  EXPECT_EQ(mistake_in_row(R"(, "url_port": 70000)"), "providers/0/url_port");
  EXPECT_EQ(mistake_in_row(R"(, "url_port": "80")"), "providers/0/url_port");
  EXPECT_EQ(mistake_in_row(R"(, "key_variable": "1A")"), "providers/0/key_variable");
  EXPECT_EQ(mistake_in_row(R"(, "key": "maybe")"), "providers/0/key");
  EXPECT_EQ(mistake_in_row(R"(, "key_style": "basic")"), "providers/0/key_style");
  EXPECT_EQ(mistake_in_row(R"(, "key_header": "a b")"), "providers/0/key_header");
  EXPECT_EQ(mistake_in_row(R"(, "headers": {"a": "b\r\nc"})"), "providers/0/headers/a");
  EXPECT_EQ(mistake_in_row(R"(, "headers": [])"), "providers/0/headers");
  EXPECT_EQ(mistake_in_row(R"(, "date": "yesterday")"), "providers/0/date");
  EXPECT_EQ(mistake_in_row(R"(, "dialect": [])"), "providers/0/dialect");
}

TEST(Rows, MistakesInADialectAreNamed) {
  const auto in_dialect = [](const std::string& field) { return mistake_in_row(R"(, "dialect": {)" + field + "}"); };
  EXPECT_EQ(in_dialect(R"("json_words": true)"), "providers/0/dialect/json_words");
  EXPECT_EQ(in_dialect(R"("json_word": 1)"), "providers/0/dialect/json_word");
  EXPECT_EQ(in_dialect(R"("renamed": {"max_token": "a"})"), "providers/0/dialect/renamed/max_token");
  EXPECT_EQ(in_dialect(R"("renamed": {"seed": ""})"), "providers/0/dialect/renamed/seed");
  EXPECT_EQ(in_dialect(R"("refused": "user")"), "providers/0/dialect/refused");
  EXPECT_EQ(in_dialect(R"("refused": ["user", 7])"), "providers/0/dialect/refused/1");
  EXPECT_EQ(in_dialect(R"("efforts": ["low", "much"])"), "providers/0/dialect/efforts/1");
  EXPECT_EQ(in_dialect(R"("ignored_while_thinking": ["top_p", "much"])"),
            "providers/0/dialect/ignored_while_thinking/1");
  EXPECT_EQ(in_dialect(R"("recursive_schemas": 1)"), "providers/0/dialect/recursive_schemas");
  EXPECT_EQ(in_dialect(R"("assistant_after_tool": 1)"), "providers/0/dialect/assistant_after_tool");
  EXPECT_EQ(in_dialect(R"("no_reasoning": "off")"), "providers/0/dialect/no_reasoning");
  EXPECT_EQ(in_dialect(R"("required_tool": "must")"), "providers/0/dialect/required_tool");
  EXPECT_EQ(in_dialect(R"("named_tool": "f")"), "providers/0/dialect/named_tool");
  EXPECT_EQ(in_dialect(R"("tool_call_id_length": 65)"), "providers/0/dialect/tool_call_id_length");
  EXPECT_EQ(in_dialect(R"("tool_call_id_length": 1.5)"), "providers/0/dialect/tool_call_id_length");
  EXPECT_EQ(in_dialect(R"("prefill_message": [])"), "providers/0/dialect/prefill_message");
  EXPECT_EQ(in_dialect(R"("refused_by_model": ["stop"])"), "providers/0/dialect/refused_by_model");
  EXPECT_EQ(in_dialect(R"("refused_by_model": {"": ["stop"]})"), "providers/0/dialect/refused_by_model");
  EXPECT_EQ(in_dialect(R"("refused_by_model": {"m": "stop"})"), "providers/0/dialect/refused_by_model/m");
  EXPECT_EQ(in_dialect(R"("refused_by_model": {"m": ["stop", ""]})"), "providers/0/dialect/refused_by_model/m/1");
  EXPECT_EQ(in_dialect(R"("most_stops": -1)"), "providers/0/dialect/most_stops");
  EXPECT_EQ(in_dialect(R"("forced_tools_while_thinking": 1)"), "providers/0/dialect/forced_tools_while_thinking");
  EXPECT_EQ(in_dialect(R"("json_word": true, "json_word": true)"), "providers/0/dialect/json_word");
}

TEST(Rows, AFileIsNamed) {
  const RowFile good(rows(R"({"name": "lab", "like": "vllm", "base_url": "http://gpu:8000/v1"})"));
  EXPECT_EQ(load_providers(good.path()).at(0).base_url(), "http://gpu:8000/v1");
  const auto message_of = [](const std::string& path) {
    try {
      load_providers(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      return error.message();
    }
    return std::string("none");
  };
  const RowFile bad(rows(R"({"name": "lab", "like": "nobody"})"));
  EXPECT_EQ(message_of(bad.path()).find(bad.path()), 0u);
  EXPECT_EQ(message_of("/nowhere/rows.json").find("/nowhere/rows.json"), 0u);
  EXPECT_EQ(message_of("/").find("/"), 0u);
}

TEST(Rows, OfTheEnvironmentWin) {
  const RowFile file(rows(R"({"name": "lab", "like": "vllm", "base_url": "http://gpu:8000/v1"},
                             {"name": "mistral", "like": "mistral", "base_url": "http://proxy/v1"})"));
  const Variable variable("ANTIPHON_PROVIDERS", file.path());
  EXPECT_EQ(request_to(parse_model("lab/m/x")).url, "http://gpu:8000/v1/chat/completions");
  EXPECT_EQ(request_to(ModelConfig("m", "lab")).url, "http://gpu:8000/v1/chat/completions");
  EXPECT_EQ(request_to(ModelConfig("m", "mistral")).url, "http://proxy/v1/chat/completions");
  EXPECT_EQ(request_to(ModelConfig("m", "groq")).url, "https://api.groq.com/openai/v1/chat/completions");
  const std::vector<ProviderRow> known = known_providers();
  EXPECT_EQ(known.size(), codec::built_in_rows().size() + 1);
  EXPECT_EQ(known[0].name(), "lab");
  EXPECT_EQ(std::count_if(known.begin(), known.end(), [](const ProviderRow& one) { return one.name() == "mistral"; }),
            1);
  const ModelConfig kept = parse_model("lab/m");
  ::unsetenv("ANTIPHON_PROVIDERS");
  EXPECT_EQ(request_to(kept).url, "http://gpu:8000/v1/chat/completions") << "the row goes with the configuration";
}

TEST(Rows, AUnknownProviderNamesThoseThatAreKnown) {
  try {
    request_to(ModelConfig("m", "nobody"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "provider");
    for (const char* name : {"openai", "azure", "llama.cpp"}) {
      EXPECT_NE(error.message().find(name), std::string::npos) << name;
    }
  }
}

std::string url_with(const char* variable, const std::string& value, const char* provider) {
  const Variable set(variable, value);
  return request_to(ModelConfig("m", provider)).url;
}

TEST(Addresses, OfOllamaMayLackSchemeAndPort) {
  // providers.md 5.1; the variable is the one of Ollama's own server
  const auto url = [](const std::string& value) { return url_with("OLLAMA_HOST", value, "ollama"); };
  EXPECT_EQ(url("gpu"), "http://gpu:11434/api/chat");
  EXPECT_EQ(url("gpu:80"), "http://gpu:80/api/chat");
  EXPECT_EQ(url(":8000"), "http://localhost:8000/api/chat");
  EXPECT_EQ(url("0.0.0.0"), "http://0.0.0.0:11434/api/chat");
  EXPECT_EQ(url("[::1]"), "http://[::1]:11434/api/chat");
  EXPECT_EQ(url("[::1]:9"), "http://[::1]:9/api/chat");
  EXPECT_EQ(url("gpu/ollama/"), "http://gpu:11434/ollama/api/chat");
  EXPECT_EQ(url("https://gpu.example/x"), "https://gpu.example/x/api/chat");
}

std::string mistake_of_address(const ModelConfig& config) {
  try {
    request_to(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
    EXPECT_EQ(error.where(), "base_url");
    return error.message();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(Addresses, OfOthersAreWhole) {
  EXPECT_EQ(url_with("OPENAI_BASE_URL", "http://gpu:1/v1/", "openai"), "http://gpu:1/v1/chat/completions");
  const Variable variable("OPENAI_BASE_URL", "gpu:8080");
  EXPECT_EQ(mistake_of_address(ModelConfig("m", "openai")).find("OPENAI_BASE_URL: \"gpu:8080\""), 0u);
}

TEST(Addresses, OfAzureAreEachUsersOwn) {
  ::unsetenv("AZURE_OPENAI_ENDPOINT");
  EXPECT_NE(mistake_of_address(ModelConfig("m", "azure")).find("AZURE_OPENAI_ENDPOINT"), std::string::npos);
  const auto url = [](const std::string& value) { return url_with("AZURE_OPENAI_ENDPOINT", value, "azure"); };
  EXPECT_EQ(url("https://res.openai.azure.com"), "https://res.openai.azure.com/openai/v1/chat/completions");
  EXPECT_EQ(url("https://res.openai.azure.com/"), "https://res.openai.azure.com/openai/v1/chat/completions");
  EXPECT_EQ(url("https://res.openai.azure.com/openai/v1/"), "https://res.openai.azure.com/openai/v1/chat/completions");
  EXPECT_EQ(request_to(ModelConfig("m", "azure").base_url("https://x.example/openai/v1")).url,
            "https://x.example/openai/v1/chat/completions");
  const Variable endpoint("AZURE_OPENAI_ENDPOINT", "https://res.openai.azure.com");
  ::unsetenv("AZURE_OPENAI_API_KEY");
  EXPECT_THROW(create_provider("azure/m"), Error) << "its own address needs its own key";
  EXPECT_EQ(request_to(ModelConfig("m", "azure").api_key("secret")).headers.get("api-key"), "secret");
}

}  // namespace
}  // namespace antiphon::tests
