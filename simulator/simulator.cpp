#include <antiphon/simulator.hpp>

#include "server.hpp"

namespace antiphon::inline v0 {

Simulator::Simulator(Scenario scenario) : server_(std::make_unique<simulator::Server>(scenario.data_)) {}

Simulator::~Simulator() = default;

int Simulator::port() const { return server_->port(); }

std::string Simulator::url() const {
  return (server_->has_tls() ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::string Simulator::openai_base_url() const { return url() + "/v1"; }

std::string Simulator::anthropic_base_url() const { return url(); }

std::string Simulator::ollama_base_url() const { return url(); }

const std::string& Simulator::ca_file() const { return server_->ca_file(); }

const std::string& Simulator::client_file() const { return server_->client_file(); }

void Simulator::set_scenario(Scenario scenario) { server_->replace(std::move(scenario.data_)); }

void Simulator::reset() { server_->reset(); }

std::vector<RecordedRequest> Simulator::requests() const { return server_->recorder().requests(); }

SimulatorStats Simulator::stats() const { return server_->recorder().stats(); }

std::uint64_t Simulator::count(SimulatorEvent event) const { return server_->recorder().count(event); }

std::vector<SimulatorStamp> Simulator::events(SimulatorEvent event) const { return server_->recorder().events(event); }

bool Simulator::wait_for(SimulatorEvent event, std::uint64_t count, std::chrono::milliseconds timeout) const {
  return server_->recorder().wait_for(event, count, timeout);
}

}  // namespace antiphon::inline v0
