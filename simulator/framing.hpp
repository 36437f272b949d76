#pragma once

#include <string>
#include <string_view>

#include "protocol.hpp"
#include "scenario_data.hpp"

namespace antiphon::inline v0::simulator {

/// Writes events as bytes: server-sent events, or one line each. `fault` outlives it.
class Framer {
 public:
  Framer(Framing framing, const FramingFault& fault);
  /// `last`: nothing follows.
  std::string frame(const std::string& data, bool last);
  /// Keeps a connection alive and says nothing; `event` is the protocol's own way of it, if it has one.
  std::string ping(const std::string& event) const;

 private:
  void append_event(std::string& out, const std::string& data) const;
  void append_data(std::string& out, const std::string& data) const;

  Framing framing_;
  const FramingFault& fault_;
  std::string line_end_;
  bool begun_ = false;
};

/// The `type` of a JSON object, which need not be whole; empty when it has none.
std::string type_of_event(std::string_view data);

/// Cuts JSON text into at most `count` lines, between its tokens.
std::vector<std::string> split_json_lines(const std::string& text, std::uint64_t count);

}  // namespace antiphon::inline v0::simulator
