#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <antiphon/config.hpp>

#include "config/cursor.hpp"
#include "config/environment.hpp"

namespace antiphon::inline v0::config {

/// What configuration files say, all of them together. Immutable.
class Contents {
 public:
  /// Nothing is checked but that there is no unknown key; `check` does the rest.
  explicit Contents(Node root);

  /// In the order of the files.
  const std::vector<std::string>& names() const { return names_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const Node& root() const { return root_; }

  /// `name` is one of `names`, or `PROVIDER/MODEL`. Throws when it is neither.
  std::vector<ModelConfig> models(std::string_view name, Environment environment) const;
  Provider create(std::string_view name, ProviderOptions options, const ConfigChanges& changes,
                  Environment environment) const;

 private:
  const Entry* find(std::string_view name) const;
  /// Calls `visit(const Cursor& table)` with the table of that name, or with one made for a short form.
  template <class F>
  auto visit(std::string_view name, F visit) const;
  Provider create_chain(const Cursor& table, ProviderOptions options, const ConfigChanges& changes,
                        Environment environment) const;
  [[noreturn]] void refuse_name(std::string_view name) const;

  Node root_;
  std::vector<std::string> names_;
};

/// Throws `Error{invalid_config}` at whatever is wrong in it: reads everything, and makes each model and chain once on
/// an engine that does nothing.
void check(const Contents& contents);

/// The keys of a file's first level.
std::vector<std::string> section_names();

}  // namespace antiphon::inline v0::config
