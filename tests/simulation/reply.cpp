#include "reply.hpp"

#include <algorithm>
#include <utility>

#include "support/ollama_answers.hpp"
#include "support/openai_answers.hpp"
#include "token.hpp"

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;
using Kind = Reply::Step::Kind;
using Meaning = Reply::Meaning;

/// Bytes of a body, and where its events end.
struct Body {
  std::string bytes;
  std::vector<std::size_t> content_ends;
  std::size_t finish_end = std::string::npos;
  std::size_t usage_end = std::string::npos;

  void add(const std::string& event, bool is_content = false) {
    bytes += event;
    if (is_content) content_ends.push_back(bytes.size());
  }
};

std::string openai_event(const std::string& delta, const std::string& finish = "null") {
  return R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":)" +
         delta + R"(,"finish_reason":)" + finish + "}]}\n\n";
}

class Maker {
 public:
  Maker(Dice dice, const Question& question) : dice_(dice), asked_(question) {
    if (question.fast) connect_pace_ = pace_ = end_pace_ = 0s;
    if (question.terse) connect_pace_ = pace_ = 50ms;
    reply_.lingers = question.mood != Mood::healthy && dice_.chance(0.3);
  }

  Reply make() {
    switch (asked_.mood) {
      case Mood::healthy:
        good();
        break;
      case Mood::flaky:
        dice_.chance(0.6) ? good() : any_fault();
        break;
      case Mood::refusing_connections:
        no_connection();
        break;
      case Mood::silent:
        silence();
        break;
      case Mood::overloaded:
        overloaded();
        break;
      case Mood::failing:
        server_error();
        break;
      case Mood::limited:
        dice_.chance(0.5) ? limited() : good();
        break;
      case Mood::cutting:
        dice_.chance(0.8) ? cut() : good();
        break;
      case Mood::slow:
        pace_ = 30s;
        good();
        break;
      case Mood::odd:
        odd();
        break;
      case Mood::wants_other_key:
        other_key_wanted();
        break;
    }
    return std::move(reply_);
  }

 private:
  bool openai() const { return asked_.protocol == EndpointPlan::Protocol::openai; }

  // Steps.

  void connect() { reply_.steps.push_back({Kind::connect, dice_.time(connect_pace_)}); }
  void head(int status, const char* type, std::vector<std::pair<std::string, std::string>> headers = {}) {
    Reply::Step step{Kind::head, dice_.time(pace_)};
    step.head.status = reply_.status = status;
    step.head.headers.add("content-type", type);
    for (auto& [name, value] : headers) step.head.headers.add(std::move(name), std::move(value));
    // What a proxy on the way thinks of it, whatever that is.
    if (status >= 400 && dice_.chance(0.08)) step.head.headers.add("x-should-retry", dice_.one_of({"true", "false"}));
    reply_.steps.push_back(std::move(step));
  }
  void end(std::optional<Error> error = std::nullopt) {
    Reply::Step step{Kind::end, dice_.time(end_pace_)};
    step.error = std::move(error);
    step.content = reply_.steps.empty() ? 0 : reply_.steps.back().content;
    reply_.steps.push_back(std::move(step));
  }
  void end_or_stay() {
    if (dice_.chance(asked_.terse ? 0.4 : 0.9)) return end();
    reply_.ends_itself = false;
  }
  void lost(ErrorKind kind) {
    const bool tells = asked_.has_key && dice_.chance(0.1);
    end(Error(kind, tells ? std::string("lost on the way with ") + secret_key : "lost on the way"));
  }

  /// In packets that begin and end anywhere.
  void send(const Body& body) {
    std::size_t at = 0;
    const int packets = dice_.one_of({1, 1, 3, 8});
    const std::size_t most = std::max<std::size_t>(body.bytes.size() / static_cast<std::size_t>(packets), 1);
    while (at < body.bytes.size()) {
      std::size_t size = std::min(body.bytes.size() - at, most);
      if (packets > 1 && dice_.chance(0.5)) size = static_cast<std::size_t>(dice_.from(1, static_cast<int>(size)));
      Reply::Step step{Kind::bytes, dice_.time(pace_)};
      step.bytes = body.bytes.substr(at, size);
      at += size;
      const auto whole = std::upper_bound(body.content_ends.begin(), body.content_ends.end(), at);
      step.content = static_cast<int>(whole - body.content_ends.begin());
      step.finish = at >= body.finish_end;
      step.usage = at >= body.usage_end;
      reply_.steps.push_back(std::move(step));
    }
  }

  // Good answers.

  /// As the usage says that stands in `tests/support`.
  void uses(int tokens) {
    reply_.used = tokens;
    reply_.prompt = asked_.texts != 0 ? tokens : openai() ? 7 : 5;
  }
  std::string next_token(std::size_t padding = 0) { return Token(asked_.exchange, reply_.tokens++).text(padding); }
  void good() {
    reply_.meaning = Meaning::good;
    connect();
    if (asked_.lists_models) return models();
    if (asked_.texts != 0) return vectors();
    if (asked_.streams && dice_.chance(0.95)) {
      openai() ? openai_stream() : ollama_stream();
    } else {
      whole_answer();
    }
  }
  std::vector<std::pair<std::string, std::string>> good_headers() {
    if (asked_.mood == Mood::healthy || !dice_.chance(0.1)) return {};
    const int seconds = dice_.from(1, 20);
    reply_.exhausted = std::chrono::seconds(seconds);
    return {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", std::to_string(seconds) + "s"}};
  }
  /// Now and then more of it than most need, and some take.
  void pad(Body& body) {
    if (asked_.mood == Mood::healthy || !dice_.chance(0.02)) return;
    body.add(std::string(12'000, ' '));
    if (body.bytes.size() <= asked_.most_bytes) return;
    reply_.meaning = Meaning::refused;
    reply_.exhausted.reset();
  }
  void models() {
    head(200, "application/json");
    Body body;
    body.add(openai() ? R"({"object":"list","data":[{"id":"m","object":"model"}]})" : R"({"models":[{"name":"m"}]})");
    pad(body);
    send(body);
    end();
  }
  /// Each says where it comes from: exchange, text, and which of all texts of its call.
  std::string vectors_body() {
    std::string rows;
    const bool is_long = asked_.mood != Mood::healthy && dice_.chance(0.1);
    for (int i = 0; i < asked_.texts; ++i) {
      const std::string numbers =
          "[" + std::to_string(asked_.exchange) + "," + std::to_string(asked_.first_text + i) + (is_long ? ",0]" : "]");
      if (i != 0) rows += ",";
      rows += openai() ? R"({"object":"embedding","index":)" + std::to_string(i) + R"(,"embedding":)" + numbers + "}"
                       : numbers;
    }
    if (openai()) {
      return R"({"object":"list","model":"m-1","data":[)" + rows +
             R"(],"usage":{"prompt_tokens":10,"total_tokens":10}})";
    }
    return R"({"model":"m-2","embeddings":[)" + rows + R"(],"prompt_eval_count":7})";
  }
  void vectors() {
    head(200, "application/json", good_headers());
    uses(openai() ? 10 : 7);
    Body body;
    body.add(vectors_body());
    pad(body);
    send(body);
    end();
  }
  std::string whole_body(const std::string& text) {
    std::string whole = openai() ? test::chat_answer(text) : test::ollama_answer(text);
    std::string calls;
    for (const DrawnCall& call : draw_calls(dice_, asked_, openai())) {
      calls += (calls.empty() ? "" : ",") + call_json(call, reply_.calls.size());
      reply_.calls.push_back({call.id, call.fits});
    }
    if (calls.empty() && openai()) whole.replace(whole.find(R"("stop")"), 6, reason());
    if (calls.empty()) return whole;
    const std::string content = R"("content":")" + text + '"';
    return whole.insert(whole.find(content) + content.size(), R"(,"tool_calls":[)" + calls + "]");
  }
  void whole_answer() {
    head(200, "application/json", good_headers());
    std::string text;
    for (int words = dice_.from(1, 4); words > 0; --words) text += next_token();
    uses(openai() ? 10 : 7);
    Body body;
    body.add(whole_body(text));
    pad(body);
    send(body);
    end();
  }
  /// Content events into the body.
  void speak(Body& body, int words) {
    // A few answers are larger than what may wait unread; those that are asked about would use up limits for hours.
    const bool may_be_large = !asked_.in_tool_loop && asked_.most_bytes == std::string::npos;
    const std::size_t padding = may_be_large && dice_.chance(0.01) ? 90'000 : 0;
    if (openai() && dice_.chance(0.3)) body.add(": ping\n\n");
    if (openai() && dice_.chance(0.3)) body.add(test::chunk_event(""));
    if (dice_.chance(0.1)) {
      body.add(openai() ? openai_event(R"({"reasoning_content":"Hm."})")
                        : R"({"message":{"role":"assistant","content":"","thinking":"Hm."},"done":false})"
                          "\n",
               true);
    }
    const bool begins = words > 0;
    for (; words > 0; --words) {
      const std::string word = next_token(padding);
      body.add(openai() ? test::chunk_event(word) : test::ollama_line(word), true);
    }
    // Another choice, which nobody asked for. Alone it would be the whole answer.
    if (begins && openai() && !asked_.in_tool_loop && dice_.chance(0.02)) {
      std::string event = openai_event(R"({"content":"else"})", R"("stop")");
      body.add(event.replace(event.find(R"("index":0)"), 9, R"("index":1)"), true);
    }
  }
  std::string call_json(const DrawnCall& call, std::size_t index) {
    const std::string head = R"({"index":)" + std::to_string(index) + R"(,"id":")" + call.id +
                             R"(","type":"function","function":{"name":")" + call.name + R"(","arguments":)";
    if (!openai()) return head + call.arguments + "}}";
    std::string escaped;
    for (const char c : call.arguments) {
      if (c == '"') escaped += '\\';
      escaped += c;
    }
    return head + '"' + escaped + R"("}})";
  }
  void call_tools(Body& body) {
    std::vector<DrawnCall> calls = draw_calls(dice_, asked_, openai());
    if (!asked_.in_tool_loop && dice_.chance(0.05)) calls.push_back({"t", "f", "{}", false});
    for (const DrawnCall& call : calls) {
      const std::string json = call_json(call, reply_.calls.size());
      reply_.calls.push_back({call.id, call.fits});
      body.add(openai() ? openai_event(R"({"tool_calls":[)" + json + "]}")
                        : R"({"message":{"role":"assistant","content":"","tool_calls":[)" + json +
                              R"(]},"done":false})" + "\n",
               true);
    }
  }
  /// As a part of the event.
  std::string reason() {
    const bool filtered = asked_.mood != Mood::healthy && dice_.chance(0.05);
    if (!filtered && reply_.calls.empty()) return R"("stop")";
    if (!filtered && !dice_.chance(0.1)) return R"("tool_calls")";
    // What was cut may be incomplete.
    for (Reply::ToolAsk& call : reply_.calls) call.fits = false;
    reply_.filtered = filtered;
    return filtered ? R"("content_filter")" : R"("length")";
  }
  void finish(Body& body, const std::string& event) {
    body.add(event);
    body.finish_end = body.bytes.size();
  }
  int words() { return dice_.from(0, asked_.terse ? 1 : 6); }
  void openai_stream() {
    head(200, "text/event-stream", good_headers());
    Body body;
    speak(body, words());
    call_tools(body);
    const std::string why = reason();
    switch (dice_.from(0, 4)) {
      case 0:
        finish(body, openai_event("{}", why));
        body.add("data: [DONE]\n\n");
        reply_.has_end_mark = true;
        break;
      case 1:
        finish(body, openai_event("{}", why));
        break;
      case 2:
        // Lost behind the end of all that was said.
        finish(body, openai_event("{}", why));
        send(body);
        return lost(ErrorKind::connection);
      default: {
        std::string events = test::finish_events();
        events.replace(events.find(R"("stop")"), 6, why);
        const std::size_t first = events.find("\n\n") + 2;
        const std::size_t second = events.find("\n\n", first) + 2;
        finish(body, events.substr(0, first));
        body.add(events.substr(first, second - first));
        body.usage_end = body.bytes.size();
        body.add(events.substr(second));
        reply_.has_end_mark = true;
        uses(10);
        send(body);
        return end_or_stay();
      }
    }
    send(body);
    end();
  }
  void ollama_stream() {
    head(200, "application/x-ndjson", good_headers());
    Body body;
    speak(body, words());
    call_tools(body);
    finish(body, test::ollama_end());
    body.usage_end = body.bytes.size();
    reply_.has_end_mark = true;
    uses(7);
    send(body);
    end_or_stay();
  }

  // Faults.

  void any_fault() {
    switch (dice_.from(0, 7)) {
      case 0:
        return no_connection();
      case 1:
        return silence();
      case 2:
        return overloaded();
      case 3:
        return server_error();
      case 4:
        return limited();
      case 5:
        return cut();
      case 6:
        return odd();
      default:
        return refusal();
    }
  }
  void no_connection() {
    reply_.meaning = Meaning::ill;
    lost(
        dice_.one_of({ErrorKind::connection, ErrorKind::connection, ErrorKind::dns, ErrorKind::tls, ErrorKind::proxy}));
  }
  void silence() {
    reply_.meaning = Meaning::ill;
    reply_.ends_itself = false;
    if (dice_.chance(0.2)) return;
    connect();
    if (dice_.chance(0.5)) return;
    head(200, asked_.streams ? "text/event-stream" : "application/json");
    if (!asked_.streams) return;
    Body body;
    for (int pings = dice_.from(0, 5); pings > 0; --pings) body.add(": ping\n\n");
    send(body);
  }
  void error_body(const std::string& code, std::string message = "no") {
    Body body;
    // Once, twice, or as a code.
    if (asked_.has_key && dice_.chance(0.1)) message += std::string(" to ") + secret_key;
    if (asked_.has_key && dice_.chance(0.03)) message += std::string(" nor ") + secret_key;
    if (asked_.has_key && dice_.chance(0.03)) message += std::string(", nor to ") + other_key;
    if (asked_.has_key && code.empty() && dice_.chance(0.02)) return error_body(secret_key, message);
    if (!openai()) {
      body.add(R"({"error":")" + message + R"("})");
    } else if (code.empty()) {
      body.add(R"({"error":{"message":")" + message + R"("}})");
    } else {
      body.add(R"({"error":{"message":")" + message + R"(","code":")" + code + R"("}})");
    }
    send(body);
    end();
  }
  /// In one of the forms that there are (providers.md, 0.3).
  std::vector<std::pair<std::string, std::string>> wait_headers() {
    const int seconds = dice_.one_of({1, 2, 5, 20, 90});
    switch (dice_.from(0, 5)) {
      case 0:
        return {};
      case 1:
        reply_.retry_after = Duration(0);
        return {{"retry-after", "0"}};
      case 2:
        reply_.retry_after = 250ms;
        return {{"retry-after-ms", "250"}, {"retry-after", "7"}};
      case 3:
        reply_.retry_after = 1500ms;
        return {{"retry-after-ms", "abc"}, {"retry-after", "1.5"}};
      default:
        reply_.retry_after = std::chrono::seconds(seconds);
        return {{"retry-after", std::to_string(seconds)}};
    }
  }
  void overloaded() {
    reply_.meaning = Meaning::overloaded;
    connect();
    head(dice_.one_of({503, 529}), "application/json", wait_headers());
    error_body("");
  }
  void limited() {
    reply_.meaning = Meaning::limited;
    connect();
    head(429, "application/json", wait_headers());
    error_body("rate_limit_exceeded");
  }
  void server_error() {
    reply_.meaning = Meaning::ill;
    connect();
    auto headers = dice_.chance(0.3) ? wait_headers() : std::vector<std::pair<std::string, std::string>>();
    head(dice_.one_of({500, 502, 504, 408}), dice_.chance(0.5) ? "application/json" : "text/html", std::move(headers));
    if (dice_.chance(0.5)) return error_body("");
    Body body;
    body.add("<html>Bad gateway</html>");
    send(body);
    end();
  }
  void refusal() {
    reply_.meaning = Meaning::refused;
    connect();
    switch (dice_.from(0, 4)) {
      case 0:
        head(429, "application/json");
        // Only OpenAI's own code says that waiting is of no use.
        if (!openai()) reply_.meaning = Meaning::limited;
        return error_body("insufficient_quota");
      case 1:
        head(400, "application/json");
        return error_body("context_length_exceeded", "the prompt exceeds the context window");
      case 2:
        head(400, "application/json");
        return error_body("content_policy_violation");
      default:
        head(dice_.one_of({301, 400, 401, 401, 403, 404, 409, 413, 422}), "application/json");
        return error_body("");
    }
  }
  void other_key_wanted() {
    reply_.meaning = Meaning::refused;
    connect();
    head(dice_.one_of({401, 401, 403}), "application/json");
    error_body("");
  }
  /// An answer that breaks off.
  void cut() {
    reply_.meaning = Meaning::ill;
    connect();
    if (!asked_.streams || asked_.lists_models) {
      head(200, "application/json");
      Body body;
      const std::string whole = asked_.texts != 0 ? vectors_body() : whole_body(next_token());
      body.add(whole.substr(0, static_cast<std::size_t>(dice_.from(1, static_cast<int>(whole.size()) - 2))));
      // It may break off behind all that it has to say.
      body.usage_end = whole.find(R"(,"total_tokens")");
      uses(10);
      send(body);
      return dice_.chance(0.5) ? end() : lost(ErrorKind::connection);
    }
    head(200, openai() ? "text/event-stream" : "application/x-ndjson");
    Body body;
    speak(body, dice_.from(0, 3));
    if (asked_.in_tool_loop) call_tools(body);
    switch (dice_.from(0, 3)) {
      case 0:
        break;
      case 1:
        body.add(in_band_error());
        reply_.has_end_mark = true;
        reply_.ends_itself = dice_.chance(0.5);
        break;
      default:
        send(body);
        return lost(dice_.one_of({ErrorKind::connection, ErrorKind::truncated, ErrorKind::tls}));
    }
    send(body);
    if (reply_.ends_itself) end();
  }
  std::string in_band_error() {
    if (!openai())
      return R"({"error":"the runner crashed"})"
             "\n";
    return std::string("data: ") +
           dice_.one_of({R"({"error":{"message":"busy","code":"overloaded"}})", R"({"error":{"message":"crashed"}})"}) +
           "\n\n";
  }
  /// What the protocol does not foresee.
  void odd() {
    reply_.meaning = Meaning::ill;
    connect();
    Body body;
    switch (dice_.from(0, 4)) {
      case 0:
        head(200, "text/html");
        body.add("<html>Sign in</html>");
        break;
      case 1:
        head(200, "application/json");
        break;
      case 2:
        head(200, "application/json");
        body.add(R"({"error":{"message":"not quite","code":"server_error"}})");
        break;
      case 3:
        head(200, asked_.streams ? "text/event-stream" : "application/json");
        body.add(asked_.streams && openai() ? "data: {nonsense\n\n" : "{nonsense\n");
        // A stream has failed as soon as that is read.
        reply_.has_end_mark = asked_.streams;
        break;
      default:
        head(dice_.one_of({502, 199}), "application/json");
        break;
    }
    send(body);
    end();
  }

  Dice dice_;
  const Question& asked_;
  Reply reply_;
  Duration connect_pace_ = 200ms;
  Duration pace_ = 500ms;
  Duration end_pace_ = 100ms;
};

}  // namespace

std::vector<DrawnCall> draw_calls(Dice& dice, const Question& question, bool text_arguments) {
  std::vector<DrawnCall> calls;
  if (!question.in_tool_loop) return calls;
  // Some call tools although they were told not to.
  if (!dice.chance(question.offers_tools ? 0.6 : question.mood == Mood::healthy ? 0 : 0.2)) return calls;
  for (int left = dice.one_of({1, 1, 2, 3}); left > 0; --left) {
    DrawnCall call{"c" + std::to_string(question.exchange) + "." + std::to_string(calls.size()), "f", R"({"n":1})",
                   question.offers_tools};
    const int odd = dice.from(0, 19);
    if (odd == 0) call.name = "unknown";
    if (odd == 1) call.name = "his_own";
    if (odd == 2) call.arguments = R"({"n":"x"})";
    if (odd == 3 && text_arguments) call.arguments = dice.one_of({R"({"n":)", "[]", "7"});
    call.fits = call.fits && call.name == "f" && call.arguments == R"({"n":1})";
    calls.push_back(std::move(call));
  }
  return calls;
}

Reply make_reply(Dice dice, const Question& question) { return Maker(dice, question).make(); }

}  // namespace antiphon::simulation
