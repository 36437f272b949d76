#pragma once

#include <antiphon/codec.hpp>
#include <antiphon/logger.hpp>

namespace antiphon::cli {

/// Writes the events of calls to standard error, one per line.
class VerboseLogger : public Logger {
 public:
  void log(const LogRecord& record) override;
};

/// Method, address, masked headers and size of what will be sent, on standard error.
void say_request(const EncodedRequest& request);

}  // namespace antiphon::cli
