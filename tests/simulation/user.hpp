#pragma once

#include <coroutine>
#include <optional>
#include <stop_token>
#include <string>

#include <antiphon/antiphon.hpp>

#include "plan.hpp"
#include "witness.hpp"

namespace antiphon::simulation {

/// What a user needs of the world.
class UserWorld {
 public:
  virtual ~UserWorld() = default;
  virtual Scheduler& scheduler() = 0;
  virtual Witness& witness() = 0;
  virtual Dice dice_for(std::uint64_t what, std::uint64_t which) const = 0;
  /// Everything goes well.
  virtual bool calm() const = 0;
  virtual void note(const std::string& what) = 0;
};

/// Somebody who makes one call and reads, waits, or loses patience.
class User {
 public:
  User(UserWorld& world, int call, const CallPlan& plan, Provider provider);
  ~User();
  User(const User&) = delete;
  User& operator=(const User&) = delete;

  void start();

 private:
  class Coroutine;
  class Sleep;

  Messages messages() const;
  Options options();
  EmbeddingOptions embedding_options();
  void add_tools(Options& options);
  ToolTask<ToolResult> use_tool(ToolCall call);
  Approval approve(const ToolCall& call);
  Coroutine chat();
  Coroutine read_stream(bool on_executor);
  void list_models();
  Texts texts() const;
  void embed();
  Coroutine embed_in_coroutine();
  void plan_to_leave();
  void leave();
  void reads(const Chunk& chunk);
  void gets(Result<Response> result);
  void gets_vectors(Result<Embeddings> result);
  void note(const std::string& what) { world_.note("call " + std::to_string(call_) + " " + what); }

  UserWorld& world_;
  int call_;
  CallPlan plan_;
  Provider provider_;
  std::stop_source stop_;
  std::optional<Stream> stream_;
  int chunks_ = 0;
  /// Of a coroutine that has not ended.
  std::coroutine_handle<> coroutine_ = nullptr;
};

}  // namespace antiphon::simulation
