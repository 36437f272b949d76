// Whatever servers of AWS keys answer, the container's to its one question and the instance's to its three: keys that
// can sign a request, or one error that names the question. What a question repeats of an answer fits where it stands.

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <antiphon/fetcher.hpp>

#include "input.hpp"
#include "providers/aws_key_server.hpp"
#include "providers/header_key.hpp"
#include "providers/url_parts.hpp"
#include "require.hpp"
#include "support/virtual_scheduler.hpp"

namespace {

using namespace antiphon;

/// Answers each request with the next piece of the input: a byte for the status, and the body up to a zero byte.
class AnswersOf : public Fetcher {
 public:
  explicit AnswersOf(Input input) : input_(input) {}

  Scheduler& scheduler() override { return scheduler_; }
  void fetch(HttpRequest request, std::chrono::nanoseconds, Done done) override {
    require(++asked_ <= 3 && codec::split_url(request.url).has_value());
    for (const auto& [name, value] : request.headers) require(codec::fits_header(value));
    scheduler_.post([done = std::move(done), answer = next()] { done(answer); });
  }
  void run() { scheduler_.run(); }

 private:
  Result<HttpResponse> next() {
    HttpResponse answer;
    const unsigned choice = input_.choice();
    if (choice == 255) return Error(ErrorKind::timeout, "too late");
    answer.status = 200 + 4 * static_cast<int>(choice % 100);
    while (!input_.rest().empty()) {
      const auto byte = static_cast<char>(input_.choice());
      if (byte == '\0') break;
      answer.body += byte;
    }
    return answer;
  }

  Input input_;
  test::VirtualScheduler scheduler_;
  int asked_ = 0;
};

void check(const Result<codec::Fetched<codec::AwsKeys>>& result) {
  if (result) {
    const codec::AwsKeys& keys = result->value;
    require(codec::fits_header(keys.access_key_id) && !keys.secret_access_key.empty());
    require(keys.session_token.empty() || codec::fits_header(keys.session_token));
    return;
  }
  const Error& error = result.error();
  require(error.kind() != ErrorKind::internal && error.where().starts_with("aws."));
  for (const std::string& words : {error.provider_code(), error.provider_message()}) {
    require(words.size() < 2000 && std::none_of(words.begin(), words.end(), [](char c) { return c >= 0 && c < ' '; }));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const bool instance = input.choice() % 2 == 0;
  AnswersOf answers(input);
  int ends = 0;
  const auto gotten = [&](const Result<codec::Fetched<codec::AwsKeys>>& result) {
    ++ends;
    check(result);
  };
  const codec::AwsKeyCache::Fetch fetch =
      instance ? codec::fetch_from(codec::AwsInstanceServer{"http://169.254.169.254"})
               : codec::fetch_from(codec::AwsContainerServer{"http://169.254.170.2/v2/credentials", "token", ""});
  fetch(answers, HttpRequest(), gotten);
  answers.run();
  require(ends == 1);
  return 0;
}
