// Whatever AWS STS answers, in XML or not: keys that can sign a request, or one error that names it. What its documents
// hold is within them, and no deeper than it may be.

#include "providers/aws_sts_answer.hpp"

#include <algorithm>
#include <string>

#include "input.hpp"
#include "providers/header_key.hpp"
#include "providers/xml_leaves.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

void check(const Result<codec::Fetched<codec::AwsKeys>>& result) {
  if (result) {
    const codec::AwsKeys& keys = result->value;
    require(codec::fits_header(keys.access_key_id) && codec::fits_header(keys.session_token));
    require(!keys.secret_access_key.empty() && result->expires.has_value());
    return;
  }
  const Error& error = result.error();
  require(error.kind() != ErrorKind::internal && error.where() == "aws.sts");
  for (const std::string& words : {error.provider_code(), error.provider_message()}) {
    require(words.size() < 2000 && std::none_of(words.begin(), words.end(), [](char c) { return c >= 0 && c < ' '; }));
    require(words.find("hush-hush") == words.npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  HttpResponse answer;
  const unsigned choice = input.choice();
  answer.status = choice % 2 == 0 ? 200 : 300 + static_cast<int>(choice);
  answer.body = std::string(input.rest());
  codec::read_xml_leaves(answer.body, [&](std::string_view path, std::string_view text) {
    require(!path.empty() && std::count(path.begin(), path.end(), '/') < 32);
    // An entity is never shorter than what it stands for.
    require(text.size() <= answer.body.size());
  });
  check(codec::read_assumed_role(answer, "AssumeRole", "it", {"hush-hush"}));
  check(codec::read_assumed_role(answer, "AssumeRoleWithWebIdentity", "it", {"hush-hush"}));
  return 0;
}
