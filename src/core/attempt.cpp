#include <antiphon/response.hpp>

namespace antiphon::inline v0 {

Attempt::Attempt(std::string provider, std::string model) : provider_(std::move(provider)), model_(std::move(model)) {}

std::optional<ErrorKind> Attempt::error() const { return failed_ ? std::optional(error_) : std::nullopt; }
Money Attempt::cost() const { return bill_ ? static_cast<const detail::Bill*>(bill_.get())->cost() : cost_; }

Attempt& Attempt::status(int value) { return status_ = value, *this; }
Attempt& Attempt::error(ErrorKind kind, std::string message) {
  return failed_ = true, error_ = kind, error_message_ = std::move(message), *this;
}
Attempt& Attempt::waited(std::chrono::milliseconds value) { return waited_ = value, *this; }
Attempt& Attempt::duration(std::chrono::nanoseconds value) { return duration_ = value, *this; }
Attempt& Attempt::request_id(std::string value) { return request_id_ = std::move(value), *this; }
Attempt& Attempt::usage(Usage value) { return usage_ = value, *this; }
Attempt& Attempt::cost(Money value) { return bill_ = nullptr, cost_ = value, *this; }
Attempt& Attempt::cost(std::shared_ptr<const detail::Bill> bill) { return bill_ = std::move(bill), *this; }

}  // namespace antiphon::inline v0
