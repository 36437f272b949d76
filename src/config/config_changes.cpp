#include <antiphon/config.hpp>

namespace antiphon::inline v0 {

ConfigChanges& ConfigChanges::model(std::function<void(ModelConfig&)> change) {
  return model_ = std::move(change), *this;
}
ConfigChanges& ConfigChanges::chain(std::function<void(FallbackConfig&)> change) {
  return chain_ = std::move(change), *this;
}
ConfigChanges& ConfigChanges::link(std::function<void(FallbackLink&)> change) {
  return link_ = std::move(change), *this;
}

}  // namespace antiphon::inline v0
