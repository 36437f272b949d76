#pragma once

#include <utility>

#include <antiphon/contents.hpp>

namespace antiphon::inline v0::detail {

// Each body has an instantiation of its own, `template class Contents<Options::Body>`, in the file that defines it.

template <class Body>
Contents<Body>::Contents(const Contents& other) : body_(other.body_ ? new Body(*other.body_) : nullptr) {}

template <class Body>
Contents<Body>::Contents(Contents&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}

template <class Body>
Contents<Body>& Contents<Body>::operator=(const Contents& other) {
  return *this = Contents(other);
}

template <class Body>
Contents<Body>& Contents<Body>::operator=(Contents&& other) noexcept {
  Contents old(std::move(*this));
  std::swap(body_, other.body_);
  return *this;
}

template <class Body>
Contents<Body>::~Contents() {
  delete body_;
}

template <class Body>
const Body& Contents<Body>::read() const {
  static const Body& unset = *new Body();  // never destroyed: settings may be read until the very end of a program
  return body_ ? *body_ : unset;
}

template <class Body>
Body& Contents<Body>::edit() {
  if (!body_) body_ = new Body();
  return *body_;
}

}  // namespace antiphon::inline v0::detail
