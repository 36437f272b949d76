#include <antiphon/timeouts.hpp>

namespace antiphon::inline v0 {

Timeouts& Timeouts::connect(Duration value) { return connect_ = value, *this; }
Timeouts& Timeouts::first_content(Duration value) { return first_content_ = value, *this; }
Timeouts& Timeouts::idle(Duration value) { return idle_ = value, *this; }
Timeouts& Timeouts::between_chunks(Duration value) { return between_chunks_ = value, *this; }
Timeouts& Timeouts::total(Duration value) { return total_ = value, *this; }

}  // namespace antiphon::inline v0
