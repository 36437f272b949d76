#include "client.hpp"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace antiphon::test {

Client::Client(int port, int family) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (family == 4) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size = sizeof address;
  } else {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<std::uint16_t>(port));
    address.sin6_addr = in6addr_loopback;
    size = sizeof address;
  }
  socket_ = ::socket(family == 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

Client::~Client() { close(); }

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void Client::limit_receive_buffer(int bytes) { ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

std::size_t Client::packets_received() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) throw std::runtime_error("no TCP_INFO");
  return info.tcpi_data_segs_in;
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string Client::read_some(std::size_t most) {
  if (!ahead_.empty()) {
    std::string out = ahead_.substr(0, most);
    ahead_.erase(0, out.size());
    return out;
  }
  std::string out(most, '\0');
  const ssize_t size = ::recv(socket_, out.data(), out.size(), 0);
  was_reset_ |= size < 0 && errno == ECONNRESET;
  out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return out;
}

std::string Client::read_bytes(std::size_t count) {
  std::string out;
  while (out.size() < count) {
    const std::string piece = read_some(count - out.size());
    if (piece.empty()) break;
    out += piece;
  }
  return out;
}

std::string Client::read_until(std::string_view mark) {
  std::string out;
  while (true) {
    const std::string piece = read_some();
    if (piece.empty()) return out;
    const std::size_t begin = out.size() < mark.size() ? 0 : out.size() - mark.size();
    out += piece;
    const auto found = out.find(mark, begin);
    if (found == std::string::npos) continue;
    ahead_.insert(0, out.substr(found + mark.size()));
    out.resize(found + mark.size());
    return out;
  }
}

std::string Client::read_all() {
  std::string out;
  while (true) {
    const std::string piece = read_some();
    if (piece.empty()) return out;
    out += piece;
  }
}

bool Client::is_quiet() const {
  pollfd watched{socket_, POLLIN, 0};
  return ahead_.empty() && ::poll(&watched, 1, 0) == 0;
}

std::string Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

std::vector<std::string> Answer::lines() const {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin < body.size()) {
    const auto end = std::min(body.find('\n', begin), body.size());
    out.push_back(body.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::vector<std::string> Answer::events() const {
  std::vector<std::string> out;
  bool open = false;
  for (const std::string& line : lines()) {
    if (line.empty()) {
      open = false;
    } else if (line.compare(0, 6, "data: ") == 0) {
      if (open) {
        out.back() += '\n' + line.substr(6);
      } else {
        out.push_back(line.substr(6));
      }
      open = true;
    }
  }
  return out;
}

std::vector<std::string> Answer::event_names() const {
  std::vector<std::string> out;
  for (const std::string& line : lines()) {
    if (line.compare(0, 7, "event: ") == 0) out.push_back(line.substr(7));
  }
  return out;
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view more_headers) {
  std::string out(method);
  out.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more_headers);
  if (!body.empty()) out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return out.append("\r\n").append(body);
}

std::string openai_chat(std::string_view user, std::string_view more) {
  std::string body = R"({"model":"m","messages":[{"role":"user","content":")";
  body.append(user).append("\"}]").append(more).append("}");
  return request_text("POST", "/v1/chat/completions", body);
}

std::string ollama_chat(std::string_view user, std::string_view more) {
  std::string body = R"({"model":"m","messages":[{"role":"user","content":")";
  body.append(user).append("\"}]").append(more).append("}");
  return request_text("POST", "/api/chat", body);
}

std::string anthropic_chat(std::string_view user, std::string_view more) {
  std::string body = R"({"model":"m","max_tokens":1000,"messages":[{"role":"user","content":")";
  return anthropic_request(body.append(user).append("\"}]").append(more).append("}"));
}

std::string responses_chat(std::string_view input, std::string_view more) {
  std::string body = R"({"model":"m","input":")";
  return request_text("POST", "/v1/responses", body.append(input).append("\"").append(more).append("}"));
}

std::string anthropic_request(std::string_view body, std::string_view headers) {
  return request_text("POST", "/v1/messages", body, headers);
}

namespace {

void read_chunks(Client& client, Answer& answer) {
  while (true) {
    const std::string line = client.read_until("\r\n");
    if (line.size() < 3) return;
    const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
    const std::string data = client.read_bytes(size + 2);
    answer.body += data.substr(0, size);
    if (data.size() < size + 2) return;
    if (size == 0) {
      answer.complete = true;
      return;
    }
  }
}

}  // namespace

Answer read_answer(Client& client) {
  Answer answer;
  answer.raw_head = client.read_until("\r\n\r\n");
  if (answer.raw_head.size() < 12) return answer;
  answer.status = std::atoi(answer.raw_head.c_str() + 9);
  std::size_t begin = answer.raw_head.find("\r\n") + 2;
  while (begin + 2 < answer.raw_head.size()) {
    const auto end = answer.raw_head.find("\r\n", begin);
    const auto colon = answer.raw_head.find(": ", begin);
    answer.headers.emplace_back(answer.raw_head.substr(begin, colon - begin),
                                answer.raw_head.substr(colon + 2, end - colon - 2));
    begin = end + 2;
  }
  if (answer.header("transfer-encoding") == "chunked") {
    read_chunks(client, answer);
  } else if (const std::string length = answer.header("content-length"); !length.empty()) {
    answer.body = client.read_bytes(std::strtoull(length.c_str(), nullptr, 10));
    answer.complete = std::to_string(answer.body.size()) == length;
  } else {
    answer.body = client.read_all();
    answer.complete = !client.was_reset();
  }
  return answer;
}

Answer ask(const Simulator& simulator, const std::string& request) {
  Client client(simulator);
  client.send(request);
  return read_answer(client);
}

Json::Json(const std::string& text) {
  if (parser_.parse(text).get(root_)) throw std::runtime_error("no JSON: " + text.substr(0, 1000));
}

bool Json::has(std::string_view pointer) const { return root_.at_pointer(pointer).error() == simdjson::SUCCESS; }

std::string Json::text(std::string_view pointer) const {
  std::string_view value;
  if (root_.at_pointer(pointer).get(value)) throw std::runtime_error("no text at " + std::string(pointer));
  return std::string(value);
}

std::int64_t Json::number(std::string_view pointer) const {
  std::int64_t value = 0;
  if (root_.at_pointer(pointer).get(value)) throw std::runtime_error("no number at " + std::string(pointer));
  return value;
}

bool Json::is_null(std::string_view pointer) const {
  const auto found = root_.at_pointer(pointer);
  return found.error() == simdjson::SUCCESS && found.value_unsafe().is_null();
}

std::string Json::minified(std::string_view pointer) const {
  simdjson::dom::element value;
  if (root_.at_pointer(pointer).get(value)) throw std::runtime_error("nothing at " + std::string(pointer));
  return simdjson::minify(value);
}

std::string openai_text(const Answer& answer, int choice) {
  std::string text;
  for (const std::string& event : answer.events()) {
    if (event == "[DONE]") continue;
    const Json json(event);
    if (!json.has("/choices/0") || json.number("/choices/0/index") != choice) continue;
    if (json.has("/choices/0/delta/content") && !json.is_null("/choices/0/delta/content")) {
      text += json.text("/choices/0/delta/content");
    }
  }
  return text;
}

std::string ollama_text(const Answer& answer) {
  std::string text;
  for (const std::string& line : answer.lines()) text += Json(line).text("/message/content");
  return text;
}

std::string anthropic_text(const Answer& answer) {
  std::string text;
  for (const std::string& event : answer.events()) {
    const Json json(event);
    if (json.has("/delta/text")) text += json.text("/delta/text");
  }
  return text;
}

std::string responses_text(const Answer& answer) {
  std::string text;
  for (const std::string& event : answer.events()) {
    const Json json(event);
    if (json.text("/type") == "response.output_text.delta") text += json.text("/delta");
  }
  return text;
}

Scenario rule(std::string_view json) { return Scenario().rule(json); }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace antiphon::test
