#include "providers/aws_key_server.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/ascii.hpp"
#include "core/small_file.hpp"
#include "providers/aws_key_answer.hpp"
#include "providers/credential_errors.hpp"
#include "providers/header_key.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

using std::chrono_literals::operator""s;

constexpr std::string_view container_place = "aws.container";
constexpr std::string_view container_name = "the container's server of credentials";
constexpr std::string_view instance_place = "aws.instance_metadata";
constexpr std::string_view instance_name = "the metadata service of the EC2 instance";

// Far longer than a server on the same host needs; on a machine without one, most of what a first call waits.
constexpr std::chrono::seconds container_patience = 5s;
constexpr std::chrono::seconds instance_patience = 2s;

/// These servers are on this host: never by a proxy.
HttpRequest local_request(const char* method, std::string url) {
  HttpRequest request;
  request.method = method;
  request.url = std::move(url);
  request.proxy = "";
  return request;
}

bool may_send_keys(const UrlParts& url) {
  static constexpr std::array<std::string_view, 3> known = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
  return ascii::equal_ignoring_case(url.scheme, "https") || url.is_loopback() ||
         std::find(known.begin(), known.end(), url.host()) != known.end();
}

/// The token for the container's server, as it is now. Throws.
std::string container_token(const AwsContainerServer& server) {
  std::string token = server.token;
  if (!server.token_file.empty()) {
    const std::optional<std::string> text = read_small_file(server.token_file);
    if (!text) throw Error(ErrorKind::invalid_config, "there is no file " + server.token_file);
    token = ascii::trim(*text);
  }
  const bool needed = !server.token_file.empty();
  if ((needed || !token.empty()) && !fits_header(token)) {
    throw Error(ErrorKind::invalid_config, "the authorization token is empty or holds a control character");
  }
  return token;
}

/// The three questions to the metadata service, one after the other.
class InstanceQuestions : public std::enable_shared_from_this<InstanceQuestions> {
 public:
  InstanceQuestions(AwsInstanceServer server, Fetcher& fetcher, AwsKeyCache::Gotten gotten)
      : server_(std::move(server)), fetcher_(fetcher), gotten_(std::move(gotten)) {}

  void ask_session() {
    HttpRequest request = local_request("PUT", server_.base_url + "/latest/api/token");
    request.headers.add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
    ask(std::move(request), "session", [](InstanceQuestions& self, HttpResponse answer) {
      self.session_ = ascii::trim(answer.body);
      if (!fits_header(self.session_)) return self.fail("session", "the token of the session is none");
      self.ask_role();
    });
  }

 private:
  using Next = void (*)(InstanceQuestions&, HttpResponse);

  void ask_role() {
    ask(with_session(""), "role", [](InstanceQuestions& self, HttpResponse answer) {
      const std::string_view role = ascii::trim(answer.body);
      // One name a line; there is one role.
      const std::string name(ascii::trim(role.substr(0, role.find('\n'))));
      const bool is_name = !name.empty() && name.find_first_of("/?# ") == name.npos && fits_header(name);
      if (!is_name) return self.fail("role", "the name of the role is none");
      self.ask_keys(name);
    });
  }
  void ask_keys(const std::string& role) {
    ask(with_session(role), "keys", [](InstanceQuestions& self, HttpResponse answer) {
      self.gotten_(read_aws_keys(answer, place("keys"), instance_name));
    });
  }

  HttpRequest with_session(const std::string& role) {
    HttpRequest request = local_request("GET", server_.base_url + "/latest/meta-data/iam/security-credentials/" + role);
    request.headers.add("X-aws-ec2-metadata-token", session_);
    return request;
  }
  void ask(HttpRequest request, const char* step, Next next) {
    fetcher_.fetch(std::move(request), instance_patience,
                   [self = shared_from_this(), step, next](Result<HttpResponse> answer) {
                     if (!answer) {
                       return self->gotten_(credential_fetch_error(place(step), instance_name, answer.error()));
                     }
                     if (auto refusal = aws_server_refusal(*answer, place(step), instance_name, self->session_)) {
                       return self->gotten_(std::move(*refusal));
                     }
                     next(*self, std::move(*answer));
                   });
  }
  void fail(const char* step, const char* what) { gotten_(credential_answer_error(place(step), instance_name, what)); }
  static std::string place(const char* step) { return std::string(instance_place) + "." + step; }

  AwsInstanceServer server_;
  Fetcher& fetcher_;
  AwsKeyCache::Gotten gotten_;
  std::string session_;
};

}  // namespace

std::optional<AwsContainerServer> container_server(const Environment& environment) {
  AwsContainerServer server;
  const std::string relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  server.url = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && server.url.empty()) return std::nullopt;
  const bool full = relative.empty();
  if (!full) server.url = "http://169.254.170.2" + std::string(relative.starts_with('/') ? "" : "/") + relative;
  const std::string variable = full ? "AWS_CONTAINER_CREDENTIALS_FULL_URI" : "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  const auto parts = split_url(server.url);
  if (!parts) throw credential_setting_error(container_place, variable + " is not a URL");
  if (!may_send_keys(*parts)) {
    throw credential_setting_error(container_place,
                                   variable + " names " + std::string(parts->host()) +
                                       ": without https only this machine, 169.254.170.2, 169.254.170.23 and "
                                       "fd00:ec2::23 may give credentials");
  }
  server.token_file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  server.token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  return server;
}

std::optional<AwsInstanceServer> instance_server(const Environment& environment) {
  if (ascii::equal_ignoring_case(environment("AWS_EC2_METADATA_DISABLED"), "true")) return std::nullopt;
  AwsInstanceServer server{environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")};
  if (server.base_url.empty()) {
    const bool ipv6 = ascii::equal_ignoring_case(environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "IPv6");
    server.base_url = ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  while (server.base_url.ends_with('/')) server.base_url.pop_back();
  if (!split_url(server.base_url)) {
    throw credential_setting_error(instance_place, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL");
  }
  return server;
}

AwsKeyCache::Fetch fetch_from(const AwsContainerServer& server) {
  return [server](Fetcher& fetcher, const HttpRequest&, AwsKeyCache::Gotten gotten) {
    HttpRequest request = local_request("GET", server.url);
    std::string token;
    try {
      token = container_token(server);
    } catch (Error& error) {
      return gotten(error.where(std::string(container_place)));
    }
    if (!token.empty()) request.headers.add("Authorization", token);
    request.headers.add("Accept", "application/json");
    fetcher.fetch(std::move(request), container_patience, [gotten, token](Result<HttpResponse> answer) {
      if (!answer) return gotten(credential_fetch_error(container_place, container_name, answer.error()));
      if (auto refusal = aws_server_refusal(*answer, container_place, container_name, token)) {
        return gotten(std::move(*refusal));
      }
      gotten(read_aws_keys(*answer, container_place, container_name));
    });
  };
}

AwsKeyCache::Fetch fetch_from(const AwsInstanceServer& server) {
  return [server](Fetcher& fetcher, const HttpRequest&, AwsKeyCache::Gotten gotten) {
    std::make_shared<InstanceQuestions>(server, fetcher, std::move(gotten))->ask_session();
  };
}

}  // namespace antiphon::inline v0::codec
