#include <antiphon/simulator.hpp>
#include <fstream>
#include <iterator>

#include "fields.hpp"
#include "scenario_data.hpp"
#include "scenario_reader.hpp"

namespace antiphon::inline v0 {

using simulator::ScenarioData;

Scenario::Scenario() : data_(std::make_shared<const ScenarioData>()) {}

Scenario Scenario::from_json(std::string_view text) {
  Scenario scenario;
  scenario.data_ =
      std::make_shared<const ScenarioData>(simulator::read_scenario(simulator::parse_scenario_text(text, "")));
  return scenario;
}

Scenario Scenario::from_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) simulator::fail_at(path, "cannot be read");
  try {
    return from_json(text);
  } catch (const ScenarioError& error) {
    simulator::fail_at(path, error.what());
  }
}

std::shared_ptr<ScenarioData> Scenario::own() {
  auto copy = std::make_shared<ScenarioData>(*data_);
  data_ = copy;
  return copy;
}

Scenario& Scenario::port(int value) {
  if (value < 0 || value > 65535) simulator::fail_at("port", "expected an integer from 0 to 65535");
  own()->port = value;
  return *this;
}

Scenario& Scenario::tls(bool value) {
  own()->tls = value;
  return *this;
}

Scenario& Scenario::certificate(std::string certificate_file, std::string key_file) {
  const auto data = own();
  data->tls = true;
  data->tls_settings.certificate_file = std::move(certificate_file);
  data->tls_settings.key_file = std::move(key_file);
  return *this;
}

Scenario& Scenario::client_certificates(bool value) {
  const auto data = own();
  if (value) data->tls = true;
  data->tls_settings.client_certificates = value;
  return *this;
}

Scenario& Scenario::http2(bool value) {
  own()->http2 = value;
  return *this;
}

Scenario& Scenario::seed(std::uint64_t value) {
  own()->seed = value;
  return *this;
}

Scenario& Scenario::api_key(std::string value) {
  own()->credentials.api_key = std::move(value);
  return *this;
}

Scenario& Scenario::aws_keys(std::string access_key, std::string secret_key, std::string session_token) {
  own()->credentials.aws = {std::move(access_key), std::move(secret_key), std::move(session_token)};
  return *this;
}

Scenario& Scenario::model(std::string name) {
  own()->models.push_back(std::move(name));
  return *this;
}

Scenario& Scenario::rule(std::string_view text) {
  const std::string place = "rules/" + std::to_string(data_->rules.size());
  simulator::Rule rule = simulator::read_rule(simulator::parse_scenario_text(text, place), place);
  own()->rules.push_back(std::move(rule));
  return *this;
}

}  // namespace antiphon::inline v0
