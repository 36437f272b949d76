#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocol.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Writes events as bytes.
class Framer {
 public:
  virtual ~Framer() = default;
  /// `last`: nothing follows.
  virtual std::string frame(const Event& event, bool last) = 0;
  /// Keeps a connection alive and says nothing; `event` is the protocol's own way of it, if it has one. Empty where
  /// there is no way.
  virtual std::string ping(const std::string& event) const = 0;
};

/// In all of these `fault` outlives the framer.
std::unique_ptr<Framer> make_framer(const StreamForm& form, const FramingFault& fault);
/// `typed`: with an `event` line that repeats the `type` in the data.
std::unique_ptr<Framer> sse_framer(std::string line_end, bool typed, const FramingFault& fault);
std::unique_ptr<Framer> line_framer(std::string line_end, const FramingFault& fault);
std::unique_ptr<Framer> array_framer(std::string line_end, const FramingFault& fault);
/// `wraps`: events that are no exceptions stand in Base64 inside an event `chunk`.
std::unique_ptr<Framer> frame_framer(bool wraps, const FramingFault& fault);

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace antiphon::inline v0::simulator
