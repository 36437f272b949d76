#include "pipeline/thrown.hpp"

#include <exception>

namespace antiphon::inline v0::pipeline {

Error thrown_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return Error(ErrorKind::internal, error.what());
  } catch (...) {
    return Error(ErrorKind::internal, "something was thrown that is no exception");
  }
}

Task<Outcome> without_throwing(const Next& next, Track& track) {
  try {
    Outcome outcome = co_await next(track);
    co_return outcome;
  } catch (...) {
    co_return thrown_error();
  }
}

}  // namespace antiphon::inline v0::pipeline
