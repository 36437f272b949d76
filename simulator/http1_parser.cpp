#include "http1_parser.hpp"

#include <algorithm>

#include "text.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t longest_head = std::size_t{256} << 10;
constexpr std::uint64_t longest_body = std::uint64_t{256} << 20;
constexpr std::size_t longest_line = 4096;

/// Takes one line off the front; nothing when its end has not come yet.
std::optional<std::string> take_line(std::string& input) {
  const auto end = input.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = input.substr(0, end);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  input.erase(0, end + 1);
  return line;
}

/// A method, or the end of a line before it. Anything else is no HTTP: somebody who wants TLS, most likely, and who
/// would wait for an answer as long as we wait for the end of a head.
bool may_begin_request(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte > ' ' && byte < 0x7f) || c == '\r' || c == '\n';
}

bool lists(const std::string* value, std::string_view word) {
  return value && lower_case(*value).find(word) != std::string::npos;
}

}  // namespace

Http1Parser::State Http1Parser::bad(int status) {
  bad_status_ = status;
  return State::bad;
}

Http1Parser::State Http1Parser::parse() {
  while (true) {
    switch (stage_) {
      case Stage::head: {
        while (input_.substr(0, 2) == "\r\n") input_.erase(0, 2);
        if (!input_.empty() && !may_begin_request(input_.front())) return bad(400);
        const auto end = input_.find("\r\n\r\n");
        if (std::min(end, input_.size()) > longest_head) return bad(431);
        if (end == std::string::npos) return State::incomplete;
        const std::string head = input_.substr(0, end);
        input_.erase(0, end + 4);
        if (parse_head(head) == State::bad) return State::bad;
        break;
      }
      case Stage::counted_body:
      case Stage::chunk: {
        const std::size_t part = std::min<std::uint64_t>(wanted_, input_.size());
        request_.body.append(input_, 0, part);
        input_.erase(0, part);
        wanted_ -= part;
        if (wanted_ > 0) return State::incomplete;
        if (stage_ == Stage::counted_body) return State::complete;
        if (input_.size() < 2) return State::incomplete;
        if (input_.substr(0, 2) != "\r\n") return bad(400);
        input_.erase(0, 2);
        stage_ = Stage::chunk_size;
        break;
      }
      case Stage::chunk_size:
        if (const State state = parse_chunk_size(); stage_ == Stage::chunk_size) return state;
        break;
      case Stage::trailer:
        return parse_trailer();
    }
  }
}

Http1Parser::State Http1Parser::parse_head(std::string_view head) {
  request_ = RecordedRequest();
  std::string_view rest = head;
  bool first = true;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    if (first) {
      if (!parse_request_line(line)) return bad(400);
      first = false;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos || line.find_first_of(" \t") < colon) return bad(400);
    request_.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return use_headers();
}

bool Http1Parser::parse_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first + 1) return false;
  request_.method = line.substr(0, first);
  request_.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  request_.http_version = version.substr(5);
  if (const auto scheme = request_.target.find("://"); scheme != std::string::npos && request_.target[0] != '/') {
    const auto path = request_.target.find('/', scheme + 3);
    request_.target = path == std::string::npos ? "/" : request_.target.substr(path);
  }
  return !request_.method.empty() && request_.target[0] == '/';
}

Http1Parser::State Http1Parser::use_headers() {
  const Headers& headers = request_.headers;
  const std::string* connection = find_header(headers, "connection");
  next_keep_alive_ = request_.http_version == "1.1" ? !lists(connection, "close") : lists(connection, "keep-alive");
  const std::string* length = find_header(headers, "content-length");
  const std::string* encoding = find_header(headers, "transfer-encoding");
  wanted_ = 0;
  stage_ = Stage::counted_body;
  if (encoding) {
    if (!lists(encoding, "chunked") || length) return bad(400);
    stage_ = Stage::chunk_size;
  } else if (length) {
    const auto bytes = parse_number(*length);
    if (!bytes) return bad(400);
    if (*bytes > longest_body) return bad(413);
    wanted_ = *bytes;
  }
  continue_ = lists(find_header(headers, "expect"), "100-continue");
  return State::incomplete;
}

Http1Parser::State Http1Parser::parse_chunk_size() {
  const auto line = take_line(input_);
  if (!line) return input_.size() > longest_line ? bad(400) : State::incomplete;
  const auto size = parse_number(trim(std::string_view(*line).substr(0, line->find(';'))), 16);
  if (!size) return bad(400);
  if (*size > longest_body || request_.body.size() + *size > longest_body) return bad(413);
  wanted_ = *size;
  stage_ = *size == 0 ? Stage::trailer : Stage::chunk;
  return State::incomplete;
}

Http1Parser::State Http1Parser::parse_trailer() {
  while (const auto line = take_line(input_)) {
    if (line->empty()) return State::complete;
  }
  return input_.size() > longest_line ? bad(400) : State::incomplete;
}

RecordedRequest Http1Parser::take() {
  stage_ = Stage::head;
  continue_ = false;
  keep_alive_ = next_keep_alive_;
  request_.time = std::chrono::steady_clock::now();
  return std::move(request_);
}

std::optional<std::string> Http1Parser::target() const {
  if (stage_ != Stage::head) return request_.target;
  const auto begin = input_.find_first_not_of("\r\n");
  const auto end = begin == std::string::npos ? begin : input_.find('\n', begin);
  if (end == std::string::npos) return std::nullopt;
  const auto blank = std::min(input_.find(' ', begin), end);
  return input_.substr(blank + 1, std::min(input_.find(' ', blank + 1), end) - blank - 1);
}

bool Http1Parser::wants_continue() { return stage_ != Stage::head && std::exchange(continue_, false); }

}  // namespace antiphon::inline v0::simulator
