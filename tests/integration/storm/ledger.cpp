#include "integration/storm/ledger.hpp"

#include <gtest/gtest.h>

namespace antiphon::test {

int Ledger::begin(bool may_be_late, std::string asked) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.emplace_back();
  entry.may_be_late = may_be_late;
  entry.asked = std::move(asked);
  return static_cast<int>(entries_.size()) - 1;
}

int Ledger::call_of(const Request& request) {
  for (const auto& [name, value] : request.options().headers()) {
    if (name == "x-call") return std::stoi(value);
  }
  ADD_FAILURE() << "a call without a number";
  return 0;
}

template <class Change>
void Ledger::edit(int call, Change change) {
  const std::lock_guard lock(mutex_);
  change(entries_.at(static_cast<std::size_t>(call)));
}

Callbacks Ledger::callbacks() {
  Callbacks callbacks;
  callbacks.on_response([this](const Request& request, const Response& response) {
    edit(call_of(request), [&](Entry& entry) {
      ++entry.ended;
      entry.attempts = response.attempts();
      entry.joints = response.joints().size();
    });
  });
  callbacks.on_error([this](const Request& request, const Error& error) {
    edit(call_of(request), [&](Entry& entry) {
      ++entry.ended;
      entry.error = error.kind();
      entry.what = error.what();
      entry.attempts = error.attempts();
      entry.joints = error.partial() ? error.partial()->joints().size() : 0;
    });
  });
  return callbacks;
}

void Ledger::returned(int call, const Result<Response>& result, const std::optional<std::string>& shown) {
  edit(call, [&](Entry& entry) {
    ++entry.returned;
    if (entry.ended == 0 && !result && result.error().kind() == ErrorKind::cancelled) {
      // Cancelled before it began: nobody has heard of it.
      EXPECT_TRUE(result.error().attempts().empty()) << "call " << call;
      entry.ended = 1;
      entry.error = ErrorKind::cancelled;
    }
    EXPECT_EQ(entry.ended, 1) << "call " << call << ": the callbacks come before the result";
    if (result) {
      EXPECT_FALSE(entry.error) << "call " << call;
      EXPECT_EQ(result->attempts().size(), entry.attempts.size());
      if (shown) {
        EXPECT_EQ(*shown, result->content()) << "call " << call;
      }
    } else {
      EXPECT_EQ(entry.error, result.error().kind()) << "call " << call;
      EXPECT_EQ(result.error().attempts().size(), entry.attempts.size());
      const Response* partial = result.error().partial();
      if (shown) {
        EXPECT_EQ(*shown, partial ? partial->content() : "") << "call " << call << ": " << result.error().what();
      }
    }
  });
}

void Ledger::left(int call) {
  edit(call, [](Entry& entry) { entry.wanted = false; });
}

std::vector<Ledger::Entry> Ledger::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

}  // namespace antiphon::test
