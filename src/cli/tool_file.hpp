#pragma once

#include <string>

#include <antiphon/tool.hpp>

namespace antiphon::cli {

/// A tool that a file describes: name, description, schema of the arguments, and the command that is run with the
/// arguments on its standard input. `docs/tools.md` has the format.
class ToolFile {
 public:
  /// Throws `UsageError` that names the file and the place in it.
  explicit ToolFile(const std::string& path);

  const Tool& tool() const { return tool_; }
  /// Whether each call is to be confirmed.
  bool confirm() const { return confirm_; }

 private:
  Tool tool_;
  bool confirm_ = true;
};

}  // namespace antiphon::cli
