#include <antiphon/json.hpp>

#include <ostream>

namespace antiphon::inline v0 {

std::ostream& operator<<(std::ostream& out, const Json& json) { return out << json.text(); }

}  // namespace antiphon::inline v0
