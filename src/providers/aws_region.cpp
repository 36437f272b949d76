#include "providers/aws_region.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "providers/aws_authenticator.hpp"
#include "providers/aws_profile.hpp"
#include "providers/url_parts.hpp"

namespace antiphon::inline v0::codec {

namespace {

class InRegion final : public Authenticator {
 public:
  InRegion(std::shared_ptr<Authenticator> inner, std::string region)
      : inner_(std::move(inner)), region_(std::move(region)) {}

  const std::string& region() const { return region_; }

  void authorize(HttpRequest& request, std::chrono::system_clock::time_point now, Done done) override {
    inner_->authorize(request, now, std::move(done));
  }
  void authorize_with(Fetcher& fetcher, HttpRequest& request, Done done) override {
    inner_->authorize_with(fetcher, request, std::move(done));
  }
  bool rejected() override { return inner_->rejected(); }
  bool rejected_with(const Error& answer, std::chrono::steady_clock::time_point authorized_at) override {
    return inner_->rejected_with(answer, authorized_at);
  }

 private:
  std::shared_ptr<Authenticator> inner_;
  std::string region_;
};

}  // namespace

std::shared_ptr<Authenticator> in_region(std::shared_ptr<Authenticator> authenticator, std::string region) {
  if (!authenticator || region.empty()) return authenticator;
  return std::make_shared<InRegion>(std::move(authenticator), std::move(region));
}

std::string fill_region(std::string base_url, const Authenticator& authenticator, const Environment& environment) {
  if (base_url.find(region_mark) == std::string::npos) return base_url;
  const auto* told = dynamic_cast<const InRegion*>(&authenticator);
  const std::string region = told ? told->region() : default_aws_region("", environment);
  return region.empty() ? base_url : with_region(std::move(base_url), region);
}

std::string with_region(std::string base_url, std::string_view region) {
  const std::size_t mark = base_url.find(region_mark);
  if (mark != std::string::npos) return base_url.replace(mark, region_mark.size(), region);
  const auto parts = split_url(base_url);
  const std::string old = parts ? aws_region_in(ascii::to_lower(parts->host())) : std::string();
  if (old.empty()) return base_url;
  const std::size_t at = ascii::to_lower(base_url).find("." + old + ".");
  return at == std::string::npos ? base_url : base_url.replace(at + 1, old.size(), region);
}

}  // namespace antiphon::inline v0::codec
