#include "asked.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "json/reader.hpp"

namespace antiphon::simulation {

namespace {

constexpr std::string_view go_on = "Continue it exactly after its last character";

double tokens_of(std::size_t bytes) { return std::ceil(static_cast<double>(bytes) / 4); }

void read_message(json::Value message, std::vector<PastRound>& rounds) {
  std::string result_of;
  std::string content;
  message.fields([&](std::string_view key, json::Value value) {
    if (key == "content") content = value.string().value_or("");
    if (key == "tool_call_id") result_of = value.string().value_or("");
    if (key != "tool_calls") return;
    PastRound& round = rounds.emplace_back();
    value.elements([&](json::Value call) {
      call.fields([&](std::string_view name, json::Value id) {
        if (name == "id") round.calls.emplace_back(id.string().value_or(""));
      });
    });
  });
  if (result_of.empty()) return;
  // One that comes before any call belongs to none of them.
  if (rounds.empty()) rounds.emplace_back();
  rounds.back().results.emplace_back(result_of, content);
}

std::vector<PastRound> past_rounds(const std::string& body) {
  std::vector<PastRound> rounds;
  if (body.find("\"tool_call") == body.npos) return rounds;
  json::Reader reader;
  reader.read_copy(body, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key == "messages") value.elements([&](json::Value message) { read_message(message, rounds); });
    });
  });
  return rounds;
}

Asked asked_texts(const std::string& body, std::size_t link) {
  Asked asked{link, 0, 0};
  std::size_t bytes = 0;
  json::Reader reader;
  reader.read_copy(body, [&](json::Value root) {
    root.fields([&](std::string_view key, json::Value value) {
      if (key != "input") return;
      value.elements([&](json::Value element) {
        const std::string_view text = element.string().value_or("");
        if (asked.texts++ == 0) asked.part = index_of_text(text);
        bytes += text.size();
      });
    });
  });
  asked.tokens = tokens_of(bytes);
  return asked;
}

}  // namespace

Asked asked_in(const HttpRequest& request, std::size_t link) {
  if (request.url.find("/embed") != std::string::npos) return asked_texts(request.body, link);
  Asked asked{link, 0, 0};
  constexpr std::string_view key = R"("content":")";
  std::size_t bytes = 0;
  std::size_t last = 0;
  const std::string_view body = request.body;
  for (std::size_t at = 0; (at = body.find(key, at)) != body.npos;) {
    at += key.size();
    const std::string_view content = body.substr(at, body.find('"', at) - at);
    if (content.find(go_on) != content.npos) asked.said = last;
    last = content.size();
    bytes += last;
  }
  for (const std::string_view name : {R"("max_completion_tokens":)", R"("max_tokens":)", R"("num_predict":)"}) {
    const std::size_t at = body.find(name);
    if (at != body.npos) asked.tokens = std::atof(body.data() + at + name.size());
  }
  asked.tokens += tokens_of(bytes);
  asked.past = past_rounds(request.body);
  asked.part = static_cast<int>(asked.past.size());
  asked.offers_tools = body.find(R"("tools":[)") != body.npos && body.find(R"("tool_choice":"none")") == body.npos;
  return asked;
}

Asked asked_in(const Request& request, std::size_t link) {
  Asked asked{link, 0, 0};
  std::size_t bytes = 0;
  for (const Message& message : request.messages()) {
    bytes += message.content().size();
    if (message.content().find(go_on) != std::string::npos) {
      asked.said = request.messages()[request.messages().size() - 2].content().size();
    }
    bool calls = false;
    for (const Part& part : message.parts()) {
      if (part.kind() == PartKind::tool_call) {
        if (!std::exchange(calls, true)) asked.past.emplace_back();
        asked.past.back().calls.push_back(part.id());
      } else if (part.kind() == PartKind::tool_result) {
        if (asked.past.empty()) asked.past.emplace_back();
        asked.past.back().results.emplace_back(part.id(), part.text());
      }
    }
  }
  const Options& options = request.options();
  asked.tokens = tokens_of(bytes) + static_cast<double>(options.max_tokens().value_or(0));
  asked.part = static_cast<int>(asked.past.size());
  asked.offers_tools =
      !options.tools().empty() && !(options.tool_choice() && options.tool_choice()->kind() == ToolChoice::Kind::none);
  return asked;
}

std::string text_to_embed(int index, int bytes) {
  return "t" + std::to_string(index) + std::string(static_cast<std::size_t>(bytes), '.');
}

int index_of_text(std::string_view text) {
  int index = -1;
  if (text.starts_with('t')) std::from_chars(text.data() + 1, text.data() + text.size(), index);
  return index;
}

}  // namespace antiphon::simulation
