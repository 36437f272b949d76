#pragma once

namespace antiphon::inline v0 {

/// Calls the function when the thread ends, if that was expected on it: a `thread_local` object is made, and destroyed
/// later, only where it is used.
template <void (*function)()>
class AtThreadEnd {
 public:
  ~AtThreadEnd() { function(); }
  void expect() { expected_ = true; }

 private:
  bool expected_ = false;
};

}  // namespace antiphon::inline v0
