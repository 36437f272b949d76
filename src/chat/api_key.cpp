#include <cstdlib>
#include <ostream>
#include <utility>

#include <antiphon/model_config.hpp>

namespace antiphon::inline v0 {

ApiKey ApiKey::environment(std::string variable) {
  ApiKey key;
  key.source_ = Source::environment;
  key.text_ = std::move(variable);
  return key;
}

ApiKey ApiKey::none() {
  ApiKey key;
  key.source_ = Source::none;
  return key;
}

std::string ApiKey::reveal() const {
  if (source_ == Source::value) return text_;
  if (source_ == Source::callback) {
    try {
      return (*callback_)();
    } catch (const std::exception& error) {
      throw Error(ErrorKind::authentication, std::string("the key's callback threw: ") + error.what()).where("api_key");
    }
  }
  if (source_ == Source::environment) {
    const char* value = std::getenv(text_.c_str());
    if (value && *value) return value;
    throw Error(ErrorKind::authentication, "the environment has no " + text_).where("api_key");
  }
  return {};
}

std::shared_ptr<const ApiKey::Callback> ApiKey::shared(Callback callback) {
  return std::make_shared<const Callback>(std::move(callback));
}

std::string ApiKey::variable() const { return source_ == Source::environment ? text_ : std::string(); }

std::ostream& operator<<(std::ostream& out, const ApiKey& key) { return out << (key.empty() ? "" : "***"); }

}  // namespace antiphon::inline v0
