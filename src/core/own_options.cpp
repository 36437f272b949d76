#include <antiphon/own_options.hpp>

namespace antiphon::inline v0 {

void OwnOptions::put(std::string name, Json value) { fields_.emplace_back(std::move(name), std::move(value)); }

}  // namespace antiphon::inline v0
