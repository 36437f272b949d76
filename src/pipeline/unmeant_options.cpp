#include "pipeline/unmeant_options.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "providers/own_fields.hpp"

namespace antiphon::inline v0::pipeline {

namespace {

/// A model of the user's own may read any of them.
bool is_meant_for_any(const std::string& family, const std::vector<Link>& links) {
  return std::any_of(links.begin(), links.end(),
                     [&](const Link& link) { return link.model || codec::is_meant_for(family, *link.target.preset); });
}

std::string place_of(const char* list, std::size_t index) { return list + ("/" + std::to_string(index)) + "/"; }

class Unmeant {
 public:
  explicit Unmeant(const Call& call) : links_(call.links) {}

  void look_at(const std::vector<OwnOptions>& own, const std::string& place) {
    for (const OwnOptions& options : own) {
      // Each codec says itself what it cannot carry of a request in that form.
      if (options.family() == "openai-chat" || is_meant_for_any(options.family(), links_)) continue;
      const std::string where = place + options.family();
      const auto known = [&](const Warning& warning) { return warning.where() == where; };
      if (std::any_of(found.begin(), found.end(), known)) continue;
      found.emplace_back(where, "no provider of this call takes options of " + options.family());
    }
  }

  void look_at_message(const Message& message, std::size_t index) {
    if (!message.own_options().empty()) look_at(message.own_options(), place_of("messages", index));
    for (const Part& part : message.parts()) {
      if (!part.own_options().empty()) look_at(part.own_options(), place_of("messages", index));
    }
  }

  std::vector<Warning> found;

 private:
  const std::vector<Link>& links_;
};

std::vector<Warning> find_unmeant(const Call& call) {
  Unmeant unmeant(call);
  unmeant.look_at(call.request.options().own_options(), "");
  const std::vector<Tool>& tools = call.request.options().tools();
  for (std::size_t i = 0; i < tools.size(); ++i) {
    if (!tools[i].own_options().empty()) unmeant.look_at(tools[i].own_options(), place_of("tools", i));
  }
  const Messages& messages = call.request.messages();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    // What an answer brought along nobody set.
    if (messages[i].role() == Role::assistant) continue;
    unmeant.look_at_message(messages[i], i);
  }
  return std::move(unmeant.found);
}

}  // namespace

std::optional<Error> note_unmeant_options(Call& call) {
  std::vector<Warning> found = find_unmeant(call);
  if (found.empty()) return std::nullopt;
  if (std::as_const(call.request).options().strict()) {
    return Error(ErrorKind::unsupported, found.front().message()).where(found.front().where());
  }
  std::move(found.begin(), found.end(), std::back_inserter(call.warnings));
  return std::nullopt;
}

}  // namespace antiphon::inline v0::pipeline
