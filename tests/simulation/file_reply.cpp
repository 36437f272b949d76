#include "file_reply.hpp"

#include <algorithm>
#include <utility>

namespace antiphon::simulation {

namespace {

using namespace std::chrono_literals;
using Kind = Reply::Step::Kind;

class FileMaker {
 public:
  FileMaker(Dice dice, const FilePlan& plan, const FileAddress& address) : dice_(dice), plan_(plan), address_(address) {
    reply_.meaning = Reply::Meaning::refused;
  }

  Reply make(bool calm) {
    const int what = calm ? 0 : dice_.from(0, 19);
    if (what < 11) {
      whole();
    } else if (what < 15) {
      send_on();
    } else {
      fail(what - 15);
    }
    return std::move(reply_);
  }

 private:
  Reply::Step& step(Kind kind, Duration most) { return reply_.steps.emplace_back(Reply::Step{kind, dice_.time(most)}); }
  void head(int status, std::vector<std::pair<std::string, std::string>> headers) {
    step(Kind::connect, 200ms);
    HttpHead& head = step(Kind::head, 500ms).head;
    head.status = reply_.status = status;
    for (auto& [name, value] : headers) head.headers.add(std::move(name), std::move(value));
  }
  void head_of_file(const std::string& type) {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!type.empty()) headers.emplace_back("content-type", type);
    head(200, std::move(headers));
  }
  void bytes(const std::string& all) {
    const std::size_t most = all.size() / static_cast<std::size_t>(dice_.from(1, 3)) + 1;
    for (std::size_t at = 0; at < all.size(); at += most) step(Kind::bytes, 1s).bytes = all.substr(at, most);
  }
  void end() { step(Kind::end, 100ms); }

  void whole() {
    reply_.meaning = Reply::Meaning::good;
    // What the server says of it is not what counts.
    if (plan_.kind == PartKind::audio) {
      // Only the server knows what that is.
      head_of_file(dice_.one_of({"audio/wav", "Audio/X-Wav; q=1", "application/octet-stream"}));
    } else {
      head_of_file(dice_.one_of({"image/png", "application/octet-stream", "text/html", ""}));
    }
    bytes(bytes_of(plan_, address_));
    end();
  }
  /// Whole, or as it may be written there.
  std::string reference_to(FileAddress next) {
    const std::string query = std::string("token=") + secret_key + "&at=1:2";
    switch (dice_.from(0, 6)) {
      case 0:
        return "/" + path_of(next) + "?" + query;
      case 1:
        return (address_.is_bare ? path_of(next) : std::to_string(next.hop)) + "?" + query;
      case 2:
        // Where there is a path to keep.
        if (address_.is_bare) break;
        return std::string(hop_in_query) + std::to_string(next.hop) + "&" + query;
      default:
        break;
    }
    next.is_private = next.is_private || dice_.chance(0.2);
    next.is_secure = dice_.chance(next.is_secure ? 0.8 : 0.2);
    std::string to = url_of(next);
    // Without its scheme it means the same.
    if (dice_.chance(0.2)) to.erase(0, to.find("//"));
    return to;
  }
  void send_on() {
    FileAddress next = address_;
    ++next.hop;
    std::string to = reference_to(next);
    const int what = dice_.from(0, 9);
    if (what == 0) to = "ftp://files.example/";
    std::vector<std::pair<std::string, std::string>> headers;
    if (what != 1) headers.emplace_back("location", std::move(to));
    head(dice_.one_of({301, 302, 303, 307, 308}), std::move(headers));
    end();
  }
  void fail(int what) {
    switch (what) {
      case 0:
        head(dice_.one_of({400, 401, 403, 404, 410, 429, 500}), {{"content-type", "text/html"}});
        bytes("<html>No</html>");
        return end();
      case 1:
        head_of_file(dice_.one_of({"image/png", ""}));
        bytes(dice_.one_of<std::string>({"", "<html>Sign in</html>"}));
        return end();
      case 2:
        step(Kind::end, 500ms).error.emplace(ErrorKind::connection, "lost on the way");
        return;
      case 3:
        head(200, {{"content-type", "image/png"}});
        bytes(bytes_of(plan_, address_).substr(0, 12));
        step(Kind::end, 500ms).error.emplace(ErrorKind::truncated, "lost on the way");
        return;
      default:
        // Silence.
        reply_.ends_itself = false;
        if (dice_.chance(0.5)) step(Kind::connect, 200ms);
        return;
    }
  }

  Dice dice_;
  const FilePlan& plan_;
  const FileAddress& address_;
  Reply reply_;
};

}  // namespace

Reply make_file_reply(Dice dice, const FilePlan& plan, const FileAddress& address, bool calm) {
  return FileMaker(dice, plan, address).make(calm);
}

}  // namespace antiphon::simulation
