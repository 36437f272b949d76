#pragma once

#include <utility>

#include <antiphon/hidden.hpp>

namespace antiphon::inline v0::detail {

// Each body has an instantiation of its own, `template class Hidden<Options::Body>`, in the file that defines it.

template <class Body>
Hidden<Body>::Hidden(const Hidden& other) : body_(other.body_ ? new Body(*other.body_) : nullptr) {}

template <class Body>
Hidden<Body>::Hidden(Hidden&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}

template <class Body>
Hidden<Body>& Hidden<Body>::operator=(const Hidden& other) {
  return *this = Hidden(other);
}

template <class Body>
Hidden<Body>& Hidden<Body>::operator=(Hidden&& other) noexcept {
  Hidden old(std::move(*this));
  std::swap(body_, other.body_);
  return *this;
}

template <class Body>
Hidden<Body>::~Hidden() {
  delete body_;
}

template <class Body>
const Body& Hidden<Body>::read() const {
  static const Body& unset = *new Body();  // never destroyed: settings may be read until the very end of a program
  return body_ ? *body_ : unset;
}

template <class Body>
Body& Hidden<Body>::edit() {
  if (!body_) body_ = new Body();
  return *body_;
}

}  // namespace antiphon::inline v0::detail
