#include "scenario_reader.hpp"

#include <algorithm>

#include "fields.hpp"
#include "protocol.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::int64_t longest_wait_ms = 86400000;

std::string position_of(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, position);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto last_line = before.rfind('\n');
  const auto column = last_line == std::string_view::npos ? position + 1 : position - last_line;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

void check_token(const std::string& text, const std::string& place) {
  if (text.find_first_of("\r\n") != std::string::npos || text.find('\0') != std::string::npos) {
    fail_at(place, "line ends and NUL do not belong into a header");
  }
}

Headers read_headers(Fields& fields, std::string_view key) {
  Headers headers;
  const json::value* value = fields.any(key);
  if (!value) return headers;
  const std::string place = fields.place(key);
  if (!value->is_object()) fail_at(place, "expected object");
  for (const auto& item : value->get_object()) {
    const std::string name(item.key());
    if (!item.value().is_string()) fail_at(place_in(place, name), "expected string");
    headers.emplace_back(name, item.value().get_string());
    check_token(name, place_in(place, name));
    check_token(headers.back().second, place_in(place, name));
  }
  return headers;
}

void read_header_match(const json::value& value, const std::string& place, Match& match) {
  if (!value.is_object()) fail_at(place, "expected object");
  for (const auto& item : value.get_object()) {
    const std::string name(item.key());
    if (item.value().is_string()) {
      match.headers.emplace_back(name, item.value().get_string());
    } else if (item.value().is_null()) {
      match.absent_headers.push_back(name);
    } else {
      fail_at(place_in(place, name), "expected string, or null for a header that must be absent");
    }
  }
}

void check_protocol(const std::string& name, const std::string& place) {
  std::string known;
  for (const Protocol* protocol : protocols()) {
    if (name.empty() || name == protocol->name()) return;
    known.append(known.empty() ? "" : ", ").append(protocol->name());
  }
  fail_at(place, "expected one of " + known);
}

void read_match(Fields& rule_fields, Rule& rule) {
  const json::value* value = rule_fields.any("match");
  if (!value) return;
  Fields fields(*value, rule_fields.place("match"));
  Match& match = rule.match;
  match.path = fields.text("path").value_or("");
  match.protocol = fields.text("protocol").value_or("");
  check_protocol(match.protocol, fields.place("protocol"));
  match.model = fields.text("model").value_or("");
  match.body_contains = fields.text("body_contains").value_or("");
  match.stream = fields.optional_flag("stream");
  if (const json::value* header = fields.any("header")) read_header_match(*header, fields.place("header"), match);
  if (const auto nth = fields.count("nth", largest_count, 1)) {
    rule.nth = *nth;
    rule.times = 1;
  }
  fields.done();
}

void read_rate_limit(Fields& rule_fields, std::vector<RateLimit>& limits) {
  const json::value* value = rule_fields.any("rate_limit");
  if (!value) return;
  Fields fields(*value, rule_fields.place("rate_limit"));
  for (const std::string kind : {"requests", "tokens", "input_tokens", "output_tokens"}) {
    const json::value* part = fields.any(kind);
    if (!part) continue;
    Fields numbers(*part, fields.place(kind));
    RateLimit limit;
    limit.of = kind;
    std::replace(limit.of.begin(), limit.of.end(), '_', '-');
    limit.limit = numbers.count("limit", largest_count);
    limit.remaining = numbers.count("remaining", largest_count);
    limit.reset = numbers.text("reset");
    if (limit.reset) check_token(*limit.reset, numbers.place("reset"));
    numbers.done();
    limits.push_back(std::move(limit));
  }
  fields.done();
}

Milliseconds read_wait(Fields& fields, std::string_view key) {
  return Milliseconds(fields.integer(key, 0, longest_wait_ms).value_or(0));
}

void read_timing(Fields& rule_fields, Timing& timing) {
  const json::value* value = rule_fields.any("timing");
  if (!value) return;
  Fields fields(*value, rule_fields.place("timing"));
  timing.before_head = read_wait(fields, "before_head_ms");
  timing.before_body = read_wait(fields, "before_body_ms");
  timing.between_chunks = read_wait(fields, "between_chunks_ms");
  timing.ping_every = read_wait(fields, "ping_every_ms");
  timing.never_answer = fields.flag("never_answer");
  timing.stop_after_chunks = fields.count("stop_after_chunks", largest_count);
  timing.stop_after_bytes = fields.count("stop_after_bytes", largest_count);
  fields.done();
}

void read_tls(Fields& fields, ScenarioData& scenario) {
  const json::value* value = fields.any("tls");
  if (!value) return;
  if (value->is_bool()) {
    scenario.tls = value->get_bool();
    return;
  }
  if (!value->is_object()) fail_at("tls", "expected true, false or {certificate, key, client_certificates}");
  Fields fields_of_tls(*value, "tls");
  scenario.tls = true;
  TlsSettings& settings = scenario.tls_settings;
  settings.certificate_file = fields_of_tls.text("certificate").value_or("");
  settings.key_file = fields_of_tls.text("key").value_or("");
  settings.client_certificates = fields_of_tls.flag("client_certificates");
  const bool has_files = !settings.certificate_file.empty() && !settings.key_file.empty();
  if (!has_files && !(settings.client_certificates && settings.certificate_file.empty() && settings.key_file.empty())) {
    fail_at("tls", "expected the files certificate and key");
  }
  fields_of_tls.done();
}

AwsKeys read_aws_keys(const json::value& value) {
  Fields fields(value, "aws_keys");
  AwsKeys keys;
  keys.access_key = fields.text("access_key").value_or("");
  keys.secret_key = fields.text("secret_key").value_or("");
  keys.session_token = fields.text("session_token").value_or("");
  if (keys.secret_key.empty()) fail_at("aws_keys/secret_key", "expected the key that requests are signed with");
  fields.done();
  return keys;
}

}  // namespace

json::value parse_scenario_text(std::string_view text, const std::string& place) {
  json::parse_options options;
  options.max_depth = 256;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && used < text.size() && !trim(text.substr(used)).empty()) error = json::error::extra_data;
  if (error) fail_at(place, "no JSON at " + position_of(text, used) + ": " + error.message());
  parser.finish(error);
  if (error) fail_at(place, "no JSON at " + position_of(text, text.size()) + ": " + error.message());
  return parser.release();
}

Rule read_rule(const json::value& value, const std::string& place) {
  Fields fields(value, place);
  Rule rule;
  rule.source = json::serialize(value);
  read_match(fields, rule);
  if (const auto times = fields.count("times", largest_count, 1)) rule.times = times;
  if (const auto status = fields.integer("status", 200, 999)) rule.status = static_cast<int>(*status);
  rule.headers = read_headers(fields, "headers");
  read_rate_limit(fields, rule.rate_limits);
  read_answer(fields, rule);
  read_timing(fields, rule.timing);
  read_faults(fields, rule);
  fields.done();
  return rule;
}

ScenarioData read_scenario(const json::value& value) {
  Fields fields(value, "");
  ScenarioData scenario;
  if (const auto port = fields.integer("port", 0, 65535)) scenario.port = static_cast<int>(*port);
  read_tls(fields, scenario);
  scenario.http2 = fields.optional_flag("http2");
  scenario.seed = fields.count("seed", largest_count).value_or(0);
  scenario.credentials.api_key = fields.text("api_key").value_or("");
  if (const json::value* keys = fields.any("aws_keys")) scenario.credentials.aws = read_aws_keys(*keys);
  scenario.models = fields.texts("models").value_or(std::vector<std::string>());
  if (const json::value* rules = fields.any("rules")) {
    if (!rules->is_array()) fail_at("rules", "expected array");
    for (const json::value& rule : rules->get_array()) {
      scenario.rules.push_back(read_rule(rule, "rules/" + std::to_string(scenario.rules.size())));
    }
  }
  fields.done();
  return scenario;
}

}  // namespace antiphon::inline v0::simulator
