#pragma once

#include <memory>
#include <string>
#include <utility>

#include <antiphon/authenticator.hpp>

namespace antiphon::inline v0::codec {

/// Another authenticator, and one more thing that is known from what it was made of.
class ToldAuthenticator : public Authenticator {
 public:
  ToldAuthenticator(std::shared_ptr<Authenticator> inner, std::string told)
      : inner_(std::move(inner)), told_(std::move(told)) {}

  const std::string& told() const { return told_; }

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
  std::string told_;
};

}  // namespace antiphon::inline v0::codec
