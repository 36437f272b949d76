#pragma once

#include <antiphon/export.hpp>

namespace antiphon::inline v0::detail {

/// What a value of settings holds, behind a pointer and defined beside the library's code: who includes a header of
/// settings need not know what they are made of. Copied deeply, with the value; null as long as nothing was set.
template <class Body>
class ANTIPHON_EXPORT Contents {
 public:
  Contents() noexcept {}
  Contents(const Contents& other);
  Contents(Contents&& other) noexcept;
  Contents& operator=(const Contents& other);
  Contents& operator=(Contents&& other) noexcept;
  ~Contents();

  /// The defaults as long as nothing was set.
  const Body& read() const;
  Body& edit();

 private:
  Body* body_ = nullptr;
};

}  // namespace antiphon::inline v0::detail
