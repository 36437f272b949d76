#include "bare_client.hpp"

#include <curl/curl.h>
#include <simdjson.h>

#include <initializer_list>

#include <antiphon/version.hpp>

namespace antiphon::bench {

namespace {

namespace ondemand = simdjson::ondemand;

struct Transfer {
  CURL* easy = nullptr;
  bool streamed = false;
  std::string received;
  std::size_t content = 0;
  ondemand::parser* parser = nullptr;

  void read_events() {
    std::size_t begin = 0;
    for (;;) {
      const std::size_t end = received.find('\n', begin);
      if (end == std::string::npos) break;
      const std::string_view line = std::string_view(received).substr(begin, end - begin);
      if (line.starts_with("data: {")) read_delta(line.substr(6));
      begin = end + 1;
    }
    received.erase(0, begin);
    received.reserve(received.size() + simdjson::SIMDJSON_PADDING);
  }

  void read_delta(std::string_view json) {
    // Other lines, or the reserved end, are behind it: there is always room for the padding.
    ondemand::document document;
    if (parser
            ->iterate(simdjson::padded_string_view(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING))
            .get(document)) {
      return;
    }
    ondemand::array choices;
    if (document["choices"].get(choices)) return;
    for (auto choice : choices) {
      std::string_view text;
      if (!choice["delta"]["content"].get(text)) {
        std::string copy(text);
        content += copy.size() != 0;
      }
    }
  }

  void read_answer() {
    received.reserve(received.size() + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    if (parser->iterate(received.data(), received.size(), received.capacity()).get(document)) return;
    std::string_view text;
    if (document["choices"].at(0)["message"]["content"].get(text)) return;
    const std::string copy(text);
    std::int64_t tokens = 0;
    (void)document["usage"]["completion_tokens"].get(tokens);
    content += copy.size();
  }
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.received.append(data, size);
  if (transfer.streamed) transfer.read_events();
  return size;
}

}  // namespace

struct BareClient::State {
  CURLM* multi = curl_multi_init();
  std::unique_ptr<BareLoop> loop;
  ondemand::parser parser;
  // Those that ours sends too: the server cannot tell them apart.
  curl_slist* answer_headers =
      list({"Content-Type: application/json", "Accept: application/json",
            "User-Agent: antiphon/" ANTIPHON_VERSION_STRING, "Authorization: Bearer key", "Expect:"});
  curl_slist* stream_headers =
      list({"Accept-Encoding: identity", "Content-Type: application/json", "Accept: text/event-stream",
            "User-Agent: antiphon/" ANTIPHON_VERSION_STRING, "Authorization: Bearer key", "Expect:"});

  explicit State(MakeLoop make_loop) : loop(make_loop(multi)) {}
  ~State() {
    curl_multi_cleanup(multi);
    curl_slist_free_all(answer_headers);
    curl_slist_free_all(stream_headers);
  }

  static curl_slist* list(std::initializer_list<const char*> lines) {
    curl_slist* list = nullptr;
    for (const char* line : lines) list = curl_slist_append(list, line);
    return list;
  }

  std::unique_ptr<Transfer> start(const std::string& url, const std::string& body, bool streamed) {
    auto transfer = std::make_unique<Transfer>();
    transfer->streamed = streamed;
    transfer->parser = &parser;
    CURL* easy = transfer->easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, streamed ? stream_headers : answer_headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
    curl_multi_add_handle(multi, easy);
    return transfer;
  }

  /// One round of the loop; gives the transfers that ended.
  void turn(const std::function<void(Transfer&)>& ended) {
    loop->turn();
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      char* self = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
      CURL* easy = message->easy_handle;
      curl_multi_remove_handle(multi, easy);
      ended(*reinterpret_cast<Transfer*>(self));
    }
  }
};

BareClient::BareClient(MakeLoop make_loop) : state_(std::make_unique<State>(make_loop)) {}
BareClient::~BareClient() = default;

std::size_t BareClient::chats(const std::string& url, const std::string& body, int count, int in_flight) {
  std::vector<std::unique_ptr<Transfer>> transfers;
  int started = 0;
  int ended = 0;
  std::size_t content = 0;
  for (; started < in_flight && started < count; ++started) transfers.push_back(state_->start(url, body, false));
  while (ended < count) {
    state_->turn([&](Transfer& transfer) {
      ++ended;
      transfer.read_answer();
      content += transfer.content;
      transfer.content = 0;
      transfer.received.clear();
      if (started++ < count) curl_multi_add_handle(state_->multi, transfer.easy);
    });
  }
  for (const auto& transfer : transfers) curl_easy_cleanup(transfer->easy);
  return content;
}

std::size_t BareClient::streams(const std::string& url, const std::string& body, int count) {
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (int i = 0; i < count; ++i) transfers.push_back(state_->start(url, body, true));
  int ended = 0;
  std::size_t chunks = 0;
  while (ended < count) {
    state_->turn([&](Transfer& transfer) {
      ++ended;
      chunks += transfer.content;
    });
  }
  for (const auto& transfer : transfers) curl_easy_cleanup(transfer->easy);
  return chunks;
}

}  // namespace antiphon::bench
