#include <cstdlib>
#include <ostream>
#include <utility>

#include <antiphon/model_config.hpp>

namespace antiphon::inline v0 {

ApiKey ApiKey::environment(std::string variable) {
  ApiKey key;
  key.source_ = Environment{std::move(variable)};
  return key;
}

ApiKey ApiKey::none() {
  ApiKey key;
  key.source_ = None();
  return key;
}

std::string ApiKey::reveal() const {
  if (const auto* value = std::get_if<std::string>(&source_)) return *value;
  if (const auto* callback = std::get_if<Callback>(&source_)) {
    try {
      return (*callback)();
    } catch (const std::exception& error) {
      throw Error(ErrorKind::authentication, std::string("the key's callback threw: ") + error.what()).where("api_key");
    }
  }
  if (const auto* environment = std::get_if<Environment>(&source_)) {
    const char* value = std::getenv(environment->variable.c_str());
    if (value && *value) return value;
    throw Error(ErrorKind::authentication, "the environment has no " + environment->variable).where("api_key");
  }
  return {};
}

std::string ApiKey::variable() const {
  const auto* environment = std::get_if<Environment>(&source_);
  return environment ? environment->variable : std::string();
}

std::ostream& operator<<(std::ostream& out, const ApiKey& key) { return out << (key.empty() ? "" : "***"); }

}  // namespace antiphon::inline v0
