#pragma once

#include <string>

#include "protocol.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Writes events as bytes: server-sent events, or one line each. `fault` outlives it.
class Framer {
 public:
  Framer(Framing framing, const FramingFault& fault);
  /// `last`: nothing follows.
  std::string frame(const std::string& data, bool last);
  /// Keeps a connection alive and says nothing.
  std::string ping() const;

 private:
  void append_data(std::string& out, const std::string& data) const;

  Framing framing_;
  const FramingFault& fault_;
  std::string line_end_;
  bool begun_ = false;
};

/// Cuts JSON text into at most `count` lines, between its tokens.
std::vector<std::string> split_json_lines(const std::string& text, std::uint64_t count);

}  // namespace antiphon::inline v0::simulator
