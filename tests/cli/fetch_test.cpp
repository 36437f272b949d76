// What is given by URL on the command line: sent as it is, fetched when that is allowed, shown by `encode`.

#include "cli/support.hpp"
#include "support/raw_server.hpp"

namespace antiphon::cli_test {
namespace {

constexpr std::string_view png = "\x89PNG\r\n\x1a\n";

class Fetch : public testing::Test {
 protected:
  test::RawServer pictures{[](test::RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write(test::http_answer(png, "image/png"));
  }};
  Simulator simulator;
  std::string url = pictures.url("/cat.png");
};

TEST_F(Fetch, AUrlGoesToWhoTakesIt) {
  const Ended ended =
      chat(simulator, {"-a", url, "-a", "https://h.example/p.pdf?x=1", "--dry-run", "--json", "?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(ended.out).text("/warnings/0/where"), "messages/0/content/2")
      << "a document by URL is not taken here";
  const Ended answered = chat(simulator, {"-a", url, "?"}).run();
  EXPECT_EQ(answered.status, 0) << answered.err;
  EXPECT_EQ(Parsed(simulator.requests().at(0).body).text("/messages/0/content/1/image_url/url"), url);
  EXPECT_EQ(pictures.connections(), 0);
}

TEST_F(Fetch, ARecordingMayBeADataUri) {
  const Ended ended = chat(simulator, {"-a", "data:audio/wav;base64,UklGRg==", "?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed body(simulator.requests().at(0).body);
  EXPECT_EQ(body.text("/messages/0/content/1/input_audio/data"), "UklGRg==");
  EXPECT_EQ(body.text("/messages/0/content/1/input_audio/format"), "wav");
}

TEST_F(Fetch, WithoutTheFlagTheWarningNamesIt) {
  const Ended ended = ollama_chat(simulator, {"-a", url, "?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(contains(ended.err, "--fetch-urls")) << ended.err;
  EXPECT_EQ(pictures.connections(), 0);
}

TEST_F(Fetch, WithItPrivateAddressesAreStillClosed) {
  const Ended ended = ollama_chat(simulator, {"-a", url, "--fetch-urls", "?"}).run();
  EXPECT_EQ(ended.status, 2);
  EXPECT_TRUE(contains(ended.err, "127.0.0.1")) << ended.err;
  EXPECT_TRUE(contains(ended.err, "private_addresses")) << ended.err;
  EXPECT_EQ(pictures.connections(), 0);
}

TEST_F(Fetch, WithBothThePictureIsSent) {
  const Ended ended = ollama_chat(simulator, {"-a", url, "--fetch-private", "?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(simulator.requests().at(0).body).text("/messages/0/images/0"), "iVBORw0KGgo=");
}

TEST_F(Fetch, TheFileMayAllowIt) {
  const TemporaryDirectory folder;
  const std::string file = folder.file("c.toml", "[models.eyes]\nprovider = \"ollama\"\nmodel = \"m\"\nbase_url = \"" +
                                                     simulator.ollama_base_url() +
                                                     "\"\noptions = { fetch_urls = { private_addresses = true } }\n");
  const Ended ended = Program({"chat", "--config", file, "-m", "eyes", "-a", url, "?"}).run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(Parsed(simulator.requests().at(0).body).text("/messages/0/images/0"), "iVBORw0KGgo=");
}

TEST_F(Fetch, EncodeAndDryRunFetchNothing) {
  const std::string request =
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")" + url +
      R"("}}]}]})";
  const Ended without = Program({"encode", "-m", "ollama/m", "-"}).input(request).run();
  EXPECT_EQ(without.status, 0) << without.err;
  EXPECT_TRUE(contains(Parsed(without.out).text("/warnings/0/message"), "--fetch-urls")) << without.out;
  const Ended encoded = Program({"encode", "-m", "ollama/m", "--fetch-urls", "-"}).input(request).run();
  EXPECT_EQ(encoded.status, 0) << encoded.err;
  Parsed shown(encoded.out);
  EXPECT_EQ(shown.text("/body/messages/0/images/0"), "");
  EXPECT_EQ(shown.text("/warnings/0/where"), "messages/0/content/0/url");
  const Ended dry = ollama_chat(simulator, {"-a", url, "--fetch-private", "--dry-run", "--json", "?"}).run();
  EXPECT_EQ(dry.status, 0) << dry.err;
  EXPECT_EQ(Parsed(dry.out).text("/body/messages/0/images/0"), "");
  EXPECT_EQ(pictures.connections(), 0);
}

TEST_F(Fetch, FilesOfTextByUrlAreDocuments) {
  for (const char* file : {"notes.txt", "README.md", "table.CSV", "page.html"}) {
    const std::string there = "https://h.example/" + std::string(file) + "?v=1#top";
    const Ended ended = Program({"chat", "-m", "openai-responses/m", "-a", there, "--dry-run", "--json", "?"}).run();
    EXPECT_EQ(ended.status, 0) << ended.err;
    Parsed shown(ended.out);
    EXPECT_EQ(shown.text("/body/input/0/content/1/type"), "input_file") << file;
    EXPECT_EQ(shown.text("/body/input/0/content/1/file_url"), there);
    EXPECT_EQ(shown.text("/body/input/0/content/1/filename"), file);
  }
}

TEST_F(Fetch, WhatStandsInADataUriIsNotRepeated) {
  // A recording is left out with a warning; what does not decode is wrong.
  const Ended left_out = ollama_chat(simulator, {"-vv", "-a", "data:audio/wav;base64,cGxhbnRlZA==", "?"}).run();
  EXPECT_EQ(left_out.status, 0) << left_out.err;
  EXPECT_TRUE(contains(left_out.err, "audio")) << left_out.err;
  EXPECT_EQ(left_out.err.find("cGxhbnRlZA"), std::string::npos) << left_out.err;
  const Ended wrong = ollama_chat(simulator, {"-vv", "-a", "data:image/png;base64,cGxhbnRlZA%%", "?"}).run();
  EXPECT_EQ(wrong.status, 2) << wrong.err;
  EXPECT_EQ(wrong.err.find("cGxhbnRlZA"), std::string::npos) << wrong.err;
  EXPECT_EQ(wrong.out, "");
  const Ended sent = ollama_chat(simulator, {"-vv", "-a", "data:image/png;base64,iVBORw0KGgo=", "?"}).run();
  EXPECT_EQ(sent.status, 0) << sent.err;
  EXPECT_EQ(sent.err.find("iVBORw0KGgo"), std::string::npos) << sent.err;
}

TEST_F(Fetch, ARecordingByUrlIsNotTakenAsItIs) {
  const Ended ended = chat(simulator, {"-a", "https://h.example/voice.mp3", "?"}).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_TRUE(contains(ended.err, "--fetch-urls")) << ended.err;
}

TEST_F(Fetch, DataUris) {
  const Ended ended =
      chat(simulator, {"-a", "data:image/png;base64,iVBORw0KGgo=", "-a", "data:application/pdf;base64,JVBERi0=", "?"})
          .run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  Parsed body(simulator.requests().at(0).body);
  EXPECT_EQ(body.text("/messages/0/content/1/image_url/url"), "data:image/png;base64,iVBORw0KGgo=");
  EXPECT_EQ(body.text("/messages/0/content/2/file/file_data"), "data:application/pdf;base64,JVBERi0=");
}

}  // namespace
}  // namespace antiphon::cli_test
