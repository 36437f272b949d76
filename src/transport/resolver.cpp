#include "transport/resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace antiphon::inline v0::transport {

namespace {

constexpr std::chrono::seconds fresh_for{60};
// Bounds the threads of look-ups that hang; a program rarely talks to more hosts than this.
constexpr std::size_t most_threads = 64;

Resolver::Addresses to_text(const addrinfo* list) {
  Resolver::Addresses addresses;
  for (const addrinfo* item = list; item; item = item->ai_next) {
    char text[INET6_ADDRSTRLEN];
    const void* address = item->ai_family == AF_INET
                              ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(item->ai_addr)->sin_addr)
                              : static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(item->ai_addr)->sin6_addr);
    if (inet_ntop(item->ai_family, address, text, sizeof text)) addresses.emplace_back(text);
  }
  return addresses;
}

/// The C library says "no such name" also when it could not open what it reads names from.
std::string reason_of(int error, int system_error) {
  const bool lacks_something = system_error == EMFILE || system_error == ENFILE || system_error == ENOMEM;
  return error == EAI_SYSTEM || lacks_something ? std::generic_category().message(system_error) : gai_strerror(error);
}

bool is_address(const std::string& text) {
  unsigned char address[16];
  return inet_pton(AF_INET, text.c_str(), address) == 1 || inet_pton(AF_INET6, text.c_str(), address) == 1;
}

Result<Resolver::Addresses> system_look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  errno = 0;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error != 0) {
    const std::string reason = reason_of(error, errno);
    return Error(ErrorKind::dns, "host name " + host + " could not be resolved: " + reason).where("base_url");
  }
  Resolver::Addresses addresses = to_text(list);
  freeaddrinfo(list);
  return addresses;
}

Result<Resolver::Addresses> look_up_now(const EngineOptions::Resolver& own, const std::string& host) {
  try {
    Result<Resolver::Addresses> result = own ? Result<Resolver::Addresses>(own(host)) : system_look_up(host);
    if (result) std::erase_if(*result, [](const std::string& address) { return !is_address(address); });
    if (result && result->empty()) {
      return Error(ErrorKind::dns, "host name " + host + " has no address").where("base_url");
    }
    return result;
  } catch (const std::exception& error) {
    return Error(ErrorKind::dns, "look-up of " + host + " failed: " + error.what()).where("base_url");
  } catch (...) {
    return Error(ErrorKind::dns, "look-up of " + host + " failed").where("base_url");
  }
}

}  // namespace

struct Resolver::Mailbox {
  std::mutex mutex;
  Resolver* owner;
};

Resolver::Resolver(Scheduler& scheduler, EngineOptions::Resolver look_up)
    : scheduler_(scheduler), look_up_(std::move(look_up)), mailbox_(std::make_shared<Mailbox>()) {
  mailbox_->owner = this;
}

Resolver::~Resolver() {
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->owner = nullptr;
}

const Resolver::Addresses* Resolver::cached(const std::string& host) {
  const auto found = entries_.find(host);
  if (found == entries_.end() || found->second.addresses.empty()) return nullptr;
  return scheduler_.steady_now() < found->second.expires ? &found->second.addresses : nullptr;
}

Resolver::Ticket Resolver::resolve(const std::string& host, Done done) {
  const Ticket ticket = next_ticket_++;
  Entry& entry = entries_[host];
  entry.waiting.emplace_back(ticket, std::move(done));
  if (entry.state == State::idle) {
    if (running_ < most_threads) {
      launch(host, entry);
    } else {
      entry.state = State::queued;
      queue_.push_back(host);
    }
  }
  return ticket;
}

void Resolver::give_up(const std::string& host, Ticket ticket) {
  const auto found = entries_.find(host);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  std::erase_if(entry.waiting, [&](const auto& waiting) { return waiting.first == ticket; });
  // One under way goes on, and the next call for its name joins it.
  if (entry.state != State::queued || !entry.waiting.empty()) return;
  std::erase(queue_, host);
  entries_.erase(found);
}

bool Resolver::is_queued(const std::string& host) const {
  const auto found = entries_.find(host);
  return found != entries_.end() && found->second.state == State::queued;
}

void Resolver::launch(const std::string& host, Entry& entry) {
  entry.state = State::under_way;
  ++running_;
  auto work = [host, own = look_up_, mailbox = mailbox_] {
    Result<Addresses> result = look_up_now(own, host);
    const std::lock_guard lock(mailbox->mutex);
    if (!mailbox->owner) return;
    mailbox->owner->scheduler_.post([mailbox, host, result = std::move(result)]() mutable {
      // On the scheduler's thread, where the owner is destroyed: no lock needed, and none held while calls go on.
      if (Resolver* owner = mailbox->owner) owner->finished(host, std::move(result));
    });
  };
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error& error) {
    Error failure(ErrorKind::dns, "no thread for the look-up of " + host + ": " + error.what());
    scheduler_.post([mailbox = mailbox_, host, failure] {
      if (Resolver* owner = mailbox->owner) owner->finished(host, failure);
    });
  }
}

void Resolver::finished(const std::string& host, Result<Addresses> result) {
  --running_;
  Entry& entry = entries_[host];
  const auto waiting = std::exchange(entry.waiting, {});
  entry.state = State::idle;
  if (result) {
    entry.addresses = *result;
    entry.expires = scheduler_.steady_now() + fresh_for;
    if (entries_.size() > most_kept) forget_oldest();
  } else {
    entries_.erase(host);
  }
  if (!queue_.empty()) {
    const std::string next = std::move(queue_.front());
    queue_.pop_front();
    launch(next, entries_[next]);
  }
  for (const auto& [ticket, done] : waiting) done(result);
}

void Resolver::forget_oldest() {
  auto oldest = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second.state != State::idle) continue;
    if (oldest == entries_.end() || it->second.expires < oldest->second.expires) oldest = it;
  }
  if (oldest != entries_.end()) entries_.erase(oldest);
}

}  // namespace antiphon::inline v0::transport
