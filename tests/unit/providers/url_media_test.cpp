// Which images and documents given by URL a provider needs as bytes, where they stand, and what a fetched file is.

#include "providers/url_media.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <antiphon/codec.hpp>

#include "providers/media_type.hpp"

namespace antiphon::codec {
namespace {

constexpr const char* image_url = "https://pictures.example/a.png";
constexpr const char* document_url = "https://papers.example/a.txt";

/// Parts in every place that a conversation has for them.
Request everything() {
  Messages messages;
  messages.add(Message(Role::user).add(Part::text("?")).add(Part::image_url(image_url)));
  messages.add(Message(Role::user).add(Part::document_url(document_url)));
  messages.add(Message(Role::assistant).add(Part::image_url(image_url)).add(Part::tool_call("c", "look", "{}")));
  std::vector<Part> seen;
  seen.push_back(Part::text("seen"));
  seen.push_back(Part::image_url(image_url));
  messages.add(Message(Role::tool).add(Part::tool_result("c", seen)));
  Options options;
  return Request(messages, options.images(image_url));
}

struct Asked {
  explicit Asked(std::string provider, std::string model = "m-1") : preset(find_preset(provider)) {
    target = Target{preset, std::move(model), preset->base_url.empty() ? "https://host.example" : preset->base_url};
  }
  const Codec& codec() const { return *find_codec(preset->protocol); }
  std::vector<std::string> places(const Request& request = everything()) const {
    std::vector<std::string> all;
    for (const UrlMedia& media : find_url_media(request, codec(), target)) all.push_back(media.place);
    return all;
  }
  std::vector<std::string> places_of(const Part& part) const {
    return places(Request(Messages().add(Message(Role::user).add(part)), Options()));
  }

  const Preset* preset;
  Target target;
};

using Places = std::vector<std::string>;

// providers.md §5.2 and §6.13, trap 105.
TEST(UrlMedia, EachProviderNeedsTheBytesOfWhatItCannotTakeByUrl) {
  const Places everywhere = {"messages/0/content/1/url", "messages/1/content/0/url", "messages/2/content/0/url",
                             "messages/3/content/0/parts/1/url", "attachments/0/url"};
  EXPECT_EQ(Asked("bedrock").places(), everywhere);
  const Places no_answer = {everywhere[0], everywhere[1], everywhere[3], everywhere[4]};
  EXPECT_EQ(Asked("bedrock-anthropic").places(), no_answer);
  EXPECT_EQ(Asked("anthropic-vertex").places(), no_answer);
  const Places images = {everywhere[0], everywhere[2], everywhere[4]};
  EXPECT_EQ(Asked("ollama").places(), images);
  const Places documents = {everywhere[1]};
  EXPECT_EQ(Asked("openrouter").places(), documents);
  EXPECT_EQ(Asked("cohere").places(), documents);
  const Places of_the_user = {everywhere[0], everywhere[1], everywhere[4]};
  EXPECT_EQ(Asked("llama.cpp").places(), of_the_user);
  EXPECT_EQ(Asked("anthropic").places(), Places());
  EXPECT_EQ(Asked("openai-responses").places(), Places());
  EXPECT_EQ(Asked("vertex").places(), Places());
  EXPECT_EQ(Asked("gemini", "gemini-3-pro").places(), everywhere);
}

// providers.md §1.3: Chat Completions has recordings as base64 alone; §4.3.
TEST(UrlMedia, RecordingsAreFetchedWhereTheyAreTakenAtAll) {
  const Part tone = Part::audio_url("https://tones.example/a.mp3");
  const Places there = {"messages/0/content/0/url"};
  EXPECT_EQ(Asked("openai").places_of(tone), there);
  EXPECT_EQ(Asked("gemini").places_of(tone), there);
  for (const char* none : {"vertex", "openai-responses", "anthropic", "anthropic-vertex", "bedrock",
                           "bedrock-anthropic", "cohere", "ollama"}) {
    EXPECT_EQ(Asked(none).places_of(tone), Places()) << none;
  }
  const Messages messages = Messages().add(Message(Role::user).add(tone));
  const EncodedRequest encoded = encode(ModelConfig("m", providers::openai), messages, Options().fetch_urls(), false);
  EXPECT_NE(encoded.http.body.find(R"("input_audio":{"data":"","format":"mp3"})"), std::string::npos)
      << encoded.http.body;
  EXPECT_EQ(media_type_of_file(PartKind::audio, "RIFF", "audio/x-wav", "a"), "audio/x-wav");
  EXPECT_EQ(media_type_of_file(PartKind::audio, "RIFF", "", "https://h/a.wav"), "audio/wav");
  EXPECT_EQ(media_type_of_file(PartKind::audio, "\x89PNG\r\n\x1a\n", "audio/wav", "a.wav"), "");
  EXPECT_EQ(media_type_of_file(PartKind::audio, "words", "text/plain", "a.wav"), "");
}

// providers.md §1.3: `wav|mp3`, and no media type.
TEST(UrlMedia, FormatsOfRecordings) {
  EXPECT_EQ(audio_format("audio/mpeg"), "mp3");
  EXPECT_EQ(audio_format("audio/MP3; rate=8000"), "mp3");
  EXPECT_EQ(audio_format("audio/x-wav"), "wav");
  EXPECT_EQ(audio_format("audio/vnd.wave"), "wav");
  EXPECT_EQ(audio_format("wav"), "wav");
  EXPECT_EQ(audio_format("audio/audio/x-vnd.wav"), "wav");
  EXPECT_EQ(audio_format("pcm16"), "pcm16");
}

// providers.md §4.3.
TEST(UrlMedia, GeminiHasUrlsOfItsOwn) {
  const Asked gemini("gemini");
  for (const char* own : {"https://generativelanguage.googleapis.com/v1beta/files/abc", "gs://bucket/a.png",
                          "https://www.youtube.com/watch?v=1", "https://youtu.be/1"}) {
    EXPECT_EQ(gemini.places_of(Part::document_url(own)), Places()) << own;
  }
  for (const char* other :
       {"https://notyoutube.com/watch?v=1", "https://generativelanguage.googleapis.com.evil.example/files/a",
        "https://www.youtube.com@evil.example/"}) {
    EXPECT_EQ(gemini.places_of(Part::document_url(other)).size(), 1U) << other;
  }
}

TEST(UrlMedia, OnlyWebUrlsAreFetched) {
  const Asked bedrock("bedrock");
  for (const char* url :
       {"s3://bucket/a.png", "data:image/png;base64,AAAA", "file:///etc/passwd", "ftp://h/a.png", "a.png"}) {
    EXPECT_EQ(bedrock.places_of(Part::image_url(url)), Places()) << url;
  }
  EXPECT_EQ(bedrock.places_of(Part::image_url("HTTPS://H/a.png")).size(), 1U);
  EXPECT_EQ(bedrock.places_of(Part::image("bytes", "image/png")), Places());
}

TEST(UrlMedia, AllIsReplacedAndNothingElseChanges) {
  const Asked bedrock("bedrock");
  OwnOptions own("anthropic");
  own.set("cache_control", Json(R"({"type":"ephemeral"})"));
  Messages messages;
  messages.add(Message(Role::user, "Look")
                   .name("Ann")
                   .with(own)
                   .add(Part::image_url(image_url, "low").with(own).with_signature("google", "seal")));
  std::vector<Part> seen;
  seen.push_back(Part::text("seen"));
  seen.push_back(Part::image_url(image_url));
  messages.add(Message(Role::tool).add(Part::tool_result("c", seen, true, "look").with(own)));
  const Request request(messages, Options().temperature(0.5).attach(Part::text("kept")).images(image_url), true);
  const auto bytes_for = [](const Part& part, const std::string& place) {
    return part.with_content("bytes of " + place, "image/png");
  };
  const Request changed = replace_url_media(request, bedrock.codec(), bedrock.target, bytes_for);

  EXPECT_TRUE(changed.stream());
  EXPECT_EQ(changed.options().temperature(), 0.5);
  ASSERT_EQ(changed.messages().size(), 2U);
  const Message& first = changed.messages()[0];
  EXPECT_EQ(first.role(), Role::user);
  EXPECT_EQ(first.name(), "Ann");
  EXPECT_EQ(first.own_options(), messages[0].own_options());
  EXPECT_EQ(first.parts()[0], messages[0].parts()[0]);
  const Part& image = first.parts()[1];
  EXPECT_EQ(image.bytes(), "bytes of messages/0/content/1/url");
  EXPECT_EQ(image.url(), "");
  EXPECT_EQ(image.media_type(), "image/png");
  EXPECT_EQ(image.detail(), "low");
  EXPECT_EQ(image.signature(), "seal");
  EXPECT_EQ(image.own_options(), messages[0].parts()[1].own_options());
  const Part& result = changed.messages()[1].parts()[0];
  EXPECT_EQ(result.text(), "seen");
  EXPECT_TRUE(result.is_error());
  EXPECT_EQ(result.name(), "look");
  EXPECT_EQ(result.own_options().size(), 1U);
  EXPECT_EQ(result.parts()[0], seen[0]);
  EXPECT_EQ(result.parts()[1].bytes(), "bytes of messages/1/content/0/parts/1/url");
  ASSERT_EQ(changed.options().attachments().size(), 2U);
  EXPECT_EQ(changed.options().attachments()[0].text(), "kept");
  EXPECT_EQ(changed.options().attachments()[1].bytes(), "bytes of attachments/1/url");
  EXPECT_EQ(request.messages(), messages) << "the request itself stays what it is";
}

TEST(UrlMedia, EncodingFetchesNothingAndSaysSo) {
  const Messages messages = Messages().add(Message(Role::user).add(Part::image_url(image_url)));
  const ModelConfig ollama("m", providers::ollama);
  const EncodedRequest encoded = encode(ollama, messages, Options().fetch_urls(), false);
  ASSERT_EQ(encoded.warnings.size(), 1U);
  EXPECT_EQ(encoded.warnings[0].where(), "messages/0/content/0/url");
  EXPECT_NE(encoded.warnings[0].message().find("pictures.example"), std::string::npos);
  EXPECT_NE(encoded.http.body.find(R"("images":[""])"), std::string::npos) << encoded.http.body;
  for (const Options& options : {Options(), Options().fetch_urls(FetchPolicy::off())}) {
    const EncodedRequest without = encode(ollama, messages, options, false);
    ASSERT_EQ(without.warnings.size(), 1U);
    EXPECT_NE(without.warnings[0].message().find("fetch_urls"), std::string::npos);
    EXPECT_EQ(without.http.body.find("images"), std::string::npos) << without.http.body;
  }
}

TEST(UrlMedia, WarningsNameTheOption) {
  const Messages image = Messages().add(Message(Role::user).add(Part::image_url(image_url)));
  const Messages document = Messages().add(Message(Role::user).add(Part::document_url(document_url)));
  struct Case {
    const char* provider;
    const Messages& messages;
  };
  for (const Case& each :
       {Case{"ollama", image}, Case{"bedrock", image}, Case{"bedrock", document}, Case{"bedrock-anthropic", image},
        Case{"anthropic-vertex", document}, Case{"openrouter", document}, Case{"cohere", document}}) {
    const ModelConfig config = ModelConfig("m", ProviderId(each.provider)).base_url("https://host.example");
    const EncodedRequest request = encode(config, each.messages, Options(), false);
    ASSERT_EQ(request.warnings.size(), 1U) << each.provider;
    EXPECT_EQ(request.warnings[0].where(), "messages/0/content/0") << each.provider;
    EXPECT_NE(request.warnings[0].message().find("fetch_urls"), std::string::npos) << each.provider;
    EXPECT_THROW(encode(config, each.messages, Options().strict(), false), Error) << each.provider;
  }
}

// llama.cpp takes URLs only where it was built for that (trap 105): what is not fetched is sent, with a warning.
TEST(UrlMedia, AServerThatMayTakeUrlsGetsThemWithAWarning) {
  const ModelConfig server("m", ProviderId("llama.cpp"));
  const Messages messages = Messages().add(Message(Role::user).add(Part::image_url(image_url)));
  const EncodedRequest encoded = encode(server, messages, Options(), false);
  EXPECT_NE(encoded.http.body.find(image_url), std::string::npos);
  ASSERT_EQ(encoded.warnings.size(), 1U);
  EXPECT_EQ(encoded.warnings[0].where(), "messages/0/content/0/url");
  EXPECT_NE(encoded.warnings[0].message().find("fetch_urls"), std::string::npos);
  EXPECT_THROW(encode(server, messages, Options().strict(), false), Error);
  const Messages inside = Messages().add(Message(Role::user).add(Part::image_url("data:image/png;base64,AAAA")));
  EXPECT_TRUE(encode(server, inside, Options().strict(), false).warnings.empty());
}

TEST(MediaType, WithoutParametersInSmallLetters) {
  EXPECT_EQ(plain_media_type("text/plain"), "text/plain");
  EXPECT_EQ(plain_media_type("Text/PLAIN; charset=UTF-8"), "text/plain");
  EXPECT_EQ(plain_media_type("  application/pdf \t;x=\";\""), "application/pdf");
  EXPECT_EQ(plain_media_type(""), "");
  EXPECT_EQ(plain_media_type(";charset=utf-8"), "");
}

TEST(FileType, OfAnImageItsBytesTell) {
  const auto image = [](std::string_view bytes, std::string_view told, std::string_view url = "http://h/x") {
    return media_type_of_file(PartKind::image, bytes, told, url);
  };
  const std::string_view png = "\x89PNG\r\n\x1a\n";
  EXPECT_EQ(image(png, "image/jpeg"), "image/png");
  EXPECT_EQ(image("\xff\xd8\xff\xe0", "text/plain"), "image/jpeg");
  EXPECT_EQ(image("GIF89a", ""), "image/gif");
  EXPECT_EQ(image("<svg/>", "image/svg+xml; charset=utf-8"), "image/svg+xml") << "one that its bytes do not show";
  EXPECT_EQ(image("....ftypheic", "application/octet-stream", "http://h/a.HEIC?x=.png"), "image/heic");
  EXPECT_EQ(image("....ftypheic", "", "http://h/a"), "");
  EXPECT_EQ(image("no image", "image/png"), "");
  EXPECT_EQ(image("no image", "", "http://h/a.png"), "");
  EXPECT_EQ(image("<html>", "text/html", "http://h/a.heic"), "") << "the server says what it is";
  EXPECT_EQ(image("%PDF-1.7", "image/heic"), "");
}

TEST(FileType, OfADocument) {
  const auto document = [](std::string_view bytes, std::string_view told, std::string_view url = "http://h/x") {
    return media_type_of_file(PartKind::document, bytes, told, url);
  };
  EXPECT_EQ(document("%PDF-1.7", "application/octet-stream"), "application/pdf");
  EXPECT_EQ(document("\n\n%PDF-1.7", "text/plain"), "application/pdf");
  EXPECT_EQ(document("words", "Text/Plain; charset=utf-8"), "text/plain");
  EXPECT_EQ(document("a,b", "", "http://h/a.csv#x"), "text/csv");
  EXPECT_EQ(document("{}", "application/json"), "application/json");
  EXPECT_EQ(document("<html>", "application/pdf"), "") << "it says PDF and is none";
  EXPECT_EQ(document("words", "", "http://h/a.pdf"), "");
  EXPECT_EQ(document("\x89PNG\r\n\x1a\n", "text/plain"), "");
  EXPECT_EQ(document("x", "video/mp4"), "");
  EXPECT_EQ(document("x", "application/octet-stream", "http://h/a.mp4"), "");
  EXPECT_EQ(document("x", ""), "");
  const std::string word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  EXPECT_EQ(document("PK", "application/octet-stream", "http://h/a.docx"), word);
  EXPECT_EQ(file_name_for(word), "document.docx");
  EXPECT_EQ(file_name_for("image/jpeg"), "document.jpg");
  EXPECT_EQ(file_name_for("application/x-own"), "document");
}

}  // namespace
}  // namespace antiphon::codec
