#pragma once

#include <antiphon/options.hpp>

#include "command_line.hpp"

namespace antiphon::cli {

/// The flags that say whether what is given by URL may be fetched.
class FetchFlags {
 public:
  void declare(CommandLine& line);
  void apply(Options& options) const;

 private:
  bool fetch_ = false;
  bool private_ = false;
};

}  // namespace antiphon::cli
