#pragma once

#include <antiphon/export.hpp>

namespace antiphon::inline v0::detail {

/// What a value of settings holds, behind a pointer and defined beside the library's code: who includes a header of
/// settings need not know what they are made of. Copied deeply, with the value; null as long as nothing was set.
template <class Body>
class ANTIPHON_EXPORT Hidden {
 public:
  Hidden() noexcept {}
  Hidden(const Hidden& other);
  Hidden(Hidden&& other) noexcept;
  Hidden& operator=(const Hidden& other);
  Hidden& operator=(Hidden&& other) noexcept;
  ~Hidden();

  /// The defaults as long as nothing was set.
  const Body& read() const;
  Body& edit();

 private:
  Body* body_ = nullptr;
};

}  // namespace antiphon::inline v0::detail
