#include "outlet.hpp"

namespace antiphon::inline v0::simulator {

void Outlet::lost() {
  if (!open_) return;
  open_ = false;
  if (on_lost_) on_lost_();
  waiter_.wake();
}

}  // namespace antiphon::inline v0::simulator
