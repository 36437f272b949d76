#include "providers/aws_role.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "core/ascii.hpp"
#include "core/small_file.hpp"
#include "providers/aws_sts_answer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/form_request.hpp"
#include "providers/sigv4.hpp"

namespace antiphon::inline v0::codec {

namespace {

constexpr std::chrono::seconds sts_patience{30};

/// What of a request tells the way for others: its address, proxy and certificates.
HttpRequest way_of(const HttpRequest& request) {
  HttpRequest way;
  way.url = request.url;
  way.proxy = request.proxy;
  way.tls.ca_file(request.tls.ca_file());
  return way;
}

Form form_for(const std::string& operation, const AwsRole& role, std::chrono::system_clock::time_point now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  Form form = {{"Action", operation}, {"Version", "2011-06-15"}, {"RoleArn", role.arn}};
  form.emplace_back("RoleSessionName",
                    role.session_name.empty() ? "antiphon-" + std::to_string(seconds) : role.session_name);
  if (!role.external_id.empty()) form.emplace_back("ExternalId", role.external_id);
  if (!role.seconds.empty()) form.emplace_back("DurationSeconds", role.seconds);
  return form;
}

void ask(Fetcher& fetcher, HttpRequest request, const std::string& operation, const AwsRole& role,
         std::vector<std::string> secrets, AwsKeyCache::Gotten gotten) {
  std::string who = "AWS STS, asked for the role " + role.arn + ",";
  fetcher.fetch(std::move(request), sts_patience,
                [operation, who = std::move(who), secrets = std::move(secrets),
                 gotten = std::move(gotten)](Result<HttpResponse> answer) {
                  if (!answer) return gotten(credential_fetch_error(sts_place, who, answer.error()));
                  gotten(read_assumed_role(*answer, operation, who, secrets));
                });
}

std::string read_token(const std::string& path) {
  try {
    const std::optional<std::string> text = read_small_file(path);
    if (!text) throw Error(ErrorKind::invalid_config, "there is no file " + path);
    if (ascii::is_blank(*text)) throw Error(ErrorKind::invalid_config, path + " holds no token");
    return std::string(ascii::trim(*text));
  } catch (Error& error) {
    throw error.where("aws.web_identity");
  }
}

}  // namespace

AwsKeyCache::Fetch assume_role(AwsKeyCache::Fetch source, const AwsRole& role, const AwsSts& sts) {
  return [source = std::move(source), role, sts](Fetcher& fetcher, const HttpRequest& like,
                                                 AwsKeyCache::Gotten gotten) {
    source(fetcher, like,
           [&fetcher, role, sts, way = way_of(like), gotten = std::move(gotten)](Result<Fetched<AwsKeys>> source_keys) {
             if (!source_keys) return gotten(std::move(source_keys));
             const AwsKeys& keys = source_keys->value;
             const auto now = fetcher.scheduler().wall_now();
             const AwsStsAddress address = address_of(sts, way.url);
             HttpRequest request = form_request(address.url, form_for("AssumeRole", role, now), way);
             try {
               sigv4::sign(request, keys, {address.region, "sts"}, now);
             } catch (const Error& error) {
               return gotten(error);
             }
             ask(fetcher, std::move(request), "AssumeRole", role, {keys.secret_access_key, keys.session_token}, gotten);
           });
  };
}

AwsKeyCache::Fetch assume_role_with_token(const std::string& token_file, const AwsRole& role, const AwsSts& sts) {
  return [token_file, role, sts](Fetcher& fetcher, const HttpRequest& like, AwsKeyCache::Gotten gotten) {
    const std::string operation = "AssumeRoleWithWebIdentity";
    const std::string token = read_token(token_file);
    Form form = form_for(operation, role, fetcher.scheduler().wall_now());
    form.emplace_back("WebIdentityToken", token);
    ask(fetcher, form_request(address_of(sts, like.url).url, form, like), operation, role, {token}, std::move(gotten));
  };
}

}  // namespace antiphon::inline v0::codec
