#pragma once

#include <memory>
#include <optional>

#include <antiphon/options.hpp>

namespace antiphon::inline v0::detail {

/// Both, where those of `outer` win; null for none.
std::shared_ptr<const Options> join(const std::shared_ptr<const Options>& outer,
                                    const std::shared_ptr<const Options>& inner);

/// What the options of several providers say of a call as a whole: its deadline, what becomes of a cut stream, and how
/// tools are run. That moves up to the handle they become links of, unless the handle has its own.
class CallOptions {
 public:
  /// Those of the handle; may be null.
  explicit CallOptions(std::shared_ptr<const Options> own);

  /// Throws `Error{invalid_config}` that names the option when two providers disagree.
  void move_up(const std::shared_ptr<const Options>& inner);
  /// Those of the handle with what moved up; null for none.
  std::shared_ptr<const Options> joint() const;

 private:
  std::shared_ptr<const Options> own_;
  bool takes_deadline_;
  bool takes_continuation_;
  std::optional<Options> with_deadline_;
  std::optional<Continuation> continuation_;
  std::optional<ToolLoop> tool_loop_;
};

}  // namespace antiphon::inline v0::detail
