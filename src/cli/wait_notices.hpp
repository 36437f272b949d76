#pragma once

#include <antiphon/logger.hpp>

namespace antiphon::cli {

/// Says at the terminal why no answer comes: a wait of more than a second, or another provider that is asked.
class WaitNotices : public Logger {
 public:
  void log(const LogRecord& record) override;
};

/// While one exists the user is typing. A logger has a thread of its own, so a notice may come behind the answer that it
/// tells of: then it would stand behind the prompt, and is not shown.
class Typing {
 public:
  Typing();
  ~Typing();
  Typing(const Typing&) = delete;
  Typing& operator=(const Typing&) = delete;
};

}  // namespace antiphon::cli
