#include "file_witness.hpp"

#include <algorithm>
#include <utility>

#include "providers/base64.hpp"

namespace antiphon::simulation {

namespace {

bool names_the_key(const HttpRequest& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const auto& header) { return tells_key(header.second); });
}

}  // namespace

void FileWitness::require(bool holds, const char* invariant, const FileAddress& address, const std::string& detail) {
  if (holds) return;
  witness_.fail(invariant, "call " + std::to_string(address.call) + ": file " + std::to_string(address.file) +
                               ", hop " + std::to_string(address.hop) + ", " + detail);
}

const FilePlan& FileWitness::plan_of(const FileAddress& address) {
  return witness_.call(address.call).plan.files.files[static_cast<std::size_t>(address.file)];
}

const FetchPolicy* FileWitness::policy_of(int call, std::size_t link) const {
  const auto& policy = witness_.call(call).plan.files.policy;
  const auto& of_link = plan_.links[link].fetching;
  return policy ? &*policy : of_link ? &*of_link : nullptr;
}

std::vector<FetchPolicy> FileWitness::policies_for(const FileAddress& address) {
  std::vector<FetchPolicy> policies;
  for (const RulePlan& rule : plan_.handles[witness_.call(address.call).plan.handle].links) {
    if (!needs_bytes(rule.link, plan_of(address)) || !fetches(address.call, rule.link)) continue;
    const FetchPolicy& policy = *policy_of(address.call, rule.link);
    if (std::find(policies.begin(), policies.end(), policy) == policies.end()) policies.push_back(policy);
  }
  return policies;
}

/// Under several policies it may be any that was sent on; then the last that began.
Time FileWitness::began(const FileAddress& address) {
  Time began{};
  for (const Record& record : records_) {
    const FileAddress& other = record.address;
    if (other.call != address.call || other.file != address.file || other.hop + 1 != address.hop) continue;
    began = std::max(began, record.began);
  }
  return began == Time{} ? now() : began;
}

bool FileWitness::needs_bytes(std::size_t link, const FilePlan& file) const {
  using Protocol = EndpointPlan::Protocol;
  const Protocol protocol = plan_.endpoints[plan_.links[link].endpoint].protocol;
  return protocol == (file.kind == PartKind::image ? Protocol::ollama : Protocol::openai);
}

Time FileWitness::latest_end(const FileAddress& address, Time began) {
  Duration most{};
  for (const FetchPolicy& policy : policies_for(address)) most = std::max<Duration>(most, policy.timeout());
  return began + most;
}

ExchangeRecord& FileWitness::arrives(const HttpRequest& request, const FileAddress& address) {
  const int id = static_cast<int>(records_.size());
  check_allowed(request, address);
  check_once(address);
  const Time first = began(address);
  Record& record = records_.emplace_back(Record{address, first, latest_end(address, first),
                                                ExchangeRecord{.id = id,
                                                               .call = -1,
                                                               .link = 0,
                                                               .started = now(),
                                                               .reply = {},
                                                               .streams = false,
                                                               .in_model = false,
                                                               .said = 0,
                                                               .is_file = true}});
  under_way_.push_back(id);
  check_time(record);
  return record.exchange;
}

void FileWitness::check_allowed(const HttpRequest& request, const FileAddress& address) {
  const auto allowed = [&](bool holds, const char* detail) { require(holds, "fetched-as-allowed", address, detail); };
  const std::vector<FetchPolicy> policies = policies_for(address);
  const auto by_one = [&](auto holds) { return std::any_of(policies.begin(), policies.end(), holds); };
  allowed(!policies.empty(), "is fetched although nothing may be, or no provider needs it");
  if (policies.empty()) return;
  allowed(by_one([&](const FetchPolicy& policy) { return !address.is_private || policy.private_addresses(); }),
          "is fetched from a private network");
  allowed(by_one([&](const FetchPolicy& policy) { return request.public_only != policy.private_addresses(); }),
          "may come from any network");
  allowed(by_one([&](const FetchPolicy& policy) { return address.hop <= policy.max_redirects(); }),
          "is sent on too often");
  allowed(!names_the_key(request), "is shown the key");
  allowed(address.is_secure || !plan_of(address).is_secure, "is sent on to where anybody may listen");
}

/// Who was cancelled, because another provider was faster or a layer gave up, leaves it to others; everything else is
/// the file's answer.
void FileWitness::check_once(const FileAddress& address) {
  const HandlePlan& handle = plan_.handles[witness_.call(address.call).plan.handle];
  const bool side_by_side = handle.is_fallback && handle.hedge;
  std::ptrdiff_t beside = 0;
  for (const int id : under_way_) beside += records_[static_cast<std::size_t>(id)].address.call == address.call;
  require(beside < (side_by_side ? 2 : 1), "fetched-as-allowed", address, "is fetched beside another one");
  // What was fetched under one policy does not serve another.
  if (address.hop != 0 || policies_for(address).size() > 1) return;
  // The last of its redirects tells.
  for (auto record = records_.rbegin(); record != records_.rend(); ++record) {
    const Record& before = *record;
    if (before.address.call != address.call || before.address.file != address.file) continue;
    const bool cancelled = side_by_side || witness_.call(address.call).meddled;
    return require(cancelled && before.exchange.gave_up, "fetched-as-allowed", address, "is fetched again");
  }
}

void FileWitness::check_time(const Record& record) {
  const CallRecord& call = witness_.call(record.address.call);
  const auto in_time = [&](bool holds, const char* detail) { require(holds, "fetch-ends", record.address, detail); };
  in_time(call.started && !call.ended, "is fetched after the end of its call");
  in_time(!call.deadline || now() <= *call.deadline, "is fetched after the deadline");
  in_time(!call.cancelled || now() <= *call.cancelled, "is fetched although nobody wants it any more");
  in_time(now() <= record.until, "takes longer than it may");
}

void FileWitness::ends(ExchangeRecord& exchange) {
  exchange.ended = now();
  leaves(exchange);
}

void FileWitness::given_up(ExchangeRecord& exchange) {
  exchange.gave_up = now();
  leaves(exchange);
}

void FileWitness::leaves(const ExchangeRecord& exchange) { std::erase(under_way_, exchange.id); }

void FileWitness::look() {
  for (const int id : under_way_) check_time(records_[static_cast<std::size_t>(id)]);
}

void FileWitness::sent(int id, std::size_t link, const std::string& body) {
  const CallPlan& call = witness_.call(id).plan;
  std::size_t together = 0;
  for (std::size_t i = 0; i < call.files.files.size(); ++i) {
    const FilePlan& file = call.files.files[i];
    if (!needs_bytes(link, file)) continue;
    const FileAddress address{id, static_cast<int>(i)};
    const std::string bytes = bytes_of(file, address);
    if (!fetches(id, link)) {
      check_left_out(address, bytes, body);
      continue;
    }
    const FetchPolicy& policy = *policy_of(id, link);
    check_fetched(address, policy, bytes, body);
    together += bytes.size();
    require(together <= policy.max_total_bytes(), "fetched-as-allowed", address, "is too large with the others");
  }
}

void FileWitness::check_fetched(const FileAddress& address, const FetchPolicy& policy, const std::string& bytes,
                                const std::string& body) {
  const auto as_allowed = [&](bool holds, const char* detail) {
    require(holds, "fetched-as-allowed", address, detail);
  };
  as_allowed(body.find(base64::encode(bytes)) != body.npos, "is not in the request");
  as_allowed(std::any_of(records_.begin(), records_.end(),
                         [&](const Record& record) {
                           return record.address.call == address.call && record.address.file == address.file &&
                                  record.exchange.ended && record.exchange.reply.meaning == Reply::Meaning::good;
                         }),
             "was never fetched");
  as_allowed(bytes.size() <= policy.max_bytes(), "is larger than it may be");
}

void FileWitness::check_left_out(const FileAddress& address, const std::string& bytes, const std::string& body) {
  require(body.find(base64::encode(bytes)) == body.npos, "fetched-as-allowed", address,
          "is sent although nothing may be fetched");
  // Those that name no host all have the same address.
  const FilePlan& plan = plan_of(address);
  if (plan.is_nowhere) return;
  const std::string url = url_of(first_address(address.call, address.file, plan));
  require(body.find(url) == body.npos, "fetched-as-allowed", address, "is sent as an address that nobody can read");
}

/// What the provider that answered was not given.
void FileWitness::check_warnings(int id, const Response& answer) {
  const std::vector<FilePlan>& files = witness_.call(id).plan.files.files;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto lacks_it = [&](int number) {
      const ExchangeRecord& exchange = witness_.exchange(number);
      return exchange.ended && exchange.reply.meaning == Reply::Meaning::good && needs_bytes(exchange.link, files[i]) &&
             !fetches(id, exchange.link);
    };
    const std::vector<int>& exchanges = witness_.call(id).exchanges;
    if (!std::all_of(exchanges.begin(), exchanges.end(), lacks_it)) continue;
    const std::string place = "messages/0/content/" + std::to_string(i);
    const std::vector<Warning>& warnings = answer.warnings();
    require(std::any_of(warnings.begin(), warnings.end(),
                        [&](const Warning& warning) { return warning.where().starts_with(place); }),
            "fetched-as-allowed", {id, static_cast<int>(i)}, "is left out without a warning");
  }
}

void FileWitness::quiet() {
  for (std::size_t i = 0; i < witness_.calls().size(); ++i) {
    const CallRecord& call = witness_.calls()[i];
    const int id = static_cast<int>(i);
    if (call.plan.files.files.empty() || call.meddled) continue;
    if (call.outcome && *call.outcome) check_warnings(id, **call.outcome);
  }
}

}  // namespace antiphon::simulation
