#include <antiphon/citation.hpp>

namespace antiphon::inline v0 {

Citation& Citation::url(std::string value) { return url_ = std::move(value), *this; }
Citation& Citation::title(std::string value) { return title_ = std::move(value), *this; }
Citation& Citation::cited_text(std::string value) { return cited_text_ = std::move(value), *this; }
Citation& Citation::source(std::string value) { return source_ = std::move(value), *this; }
Citation& Citation::start(std::optional<std::int64_t> value) { return start_ = value, *this; }
Citation& Citation::end(std::optional<std::int64_t> value) { return end_ = value, *this; }
Citation& Citation::raw(Json value) { return raw_ = std::move(value), *this; }

}  // namespace antiphon::inline v0
