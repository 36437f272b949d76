#pragma once

#include <antiphon/logger.hpp>

namespace antiphon::cli {

/// Says at the terminal why no answer comes: a wait of more than a second, or another provider that is asked.
class WaitNotices : public Logger {
 public:
  void log(const LogRecord& record) override;
};

}  // namespace antiphon::cli
