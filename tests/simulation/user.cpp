#include "user.hpp"

#include <stdexcept>
#include <utility>

#include "asked.hpp"
#include "file_address.hpp"

namespace antiphon::simulation {

using namespace std::chrono_literals;

namespace {

enum : std::uint64_t { of_a_tool = 60, of_an_approval };

/// Of what one of many does.
std::uint64_t number_of(int call, const std::string& id) {
  std::uint64_t number = static_cast<std::uint64_t>(call);
  for (const char c : id) number = number * 31 + static_cast<unsigned char>(c);
  return number;
}

/// Longer than what most say.
constexpr std::size_t most_result_bytes = 64;

OwnOptions foreign_options() { return OwnOptions("anthropic").set("cache_control", true); }

/// Everywhere, and twice.
Message foreign_message(const std::string& prompt) {
  Message message(Role::user);
  message.add(Part::text(prompt).with(foreign_options())).with(foreign_options());
  return message;
}

template <class AnyOptions>
void make_odd(AnyOptions& options, Oddity oddity) {
  if (oddity == Oddity::endless_deadline) options.deadline(Duration::max());
  if (oddity != Oddity::foreign_options && oddity != Oddity::strict) return;
  options.with(foreign_options()).with(foreign_options());
  options.with(OwnOptions("openai").set("user", "somebody"));
  options.with(OwnOptions("openai-chat").set("store", true));
  if (oddity == Oddity::strict) options.strict();
}

Part file_part(PartKind kind, std::string url) {
  if (kind == PartKind::image) return Part::image_url(std::move(url));
  if (kind == PartKind::audio) return Part::audio_url(std::move(url));
  return Part::document_url(std::move(url));
}

/// What is too long, in several parts, or no text.
ToolResult odd_result(Dice& dice) {
  std::string text = "x";
  while (text.size() <= most_result_bytes) text += "\xc3\xa9";
  switch (dice.from(0, 4)) {
    case 0:
      return ToolResult(text);
    case 4:
      return ToolResult(std::string(text.size(), '\x80'));
    case 1:
      return ToolResult(std::string("\xff"));
    case 2: {
      std::vector<Part> parts;
      parts.push_back(Part::text(text));
      parts.push_back(Part::text("more"));
      return ToolResult(std::move(parts));
    }
    default:
      return ToolResult(Part::image("\x89PNG\r\n\x1a\n", "image/png"));
  }
}

/// A run of a tool, until it returns or throws.
class ToolUse {
 public:
  ToolUse(Witness& witness, int call, std::string id) : witness_(witness), call_(call), id_(std::move(id)) {}
  ToolUse(const ToolUse&) = delete;
  ~ToolUse() { witness_.tool_ends(call_, id_); }

 private:
  Witness& witness_;
  int call_;
  std::string id_;
};

/// What all kinds of calls have in common.
template <class AnyOptions>
void set_common(AnyOptions& options, int call, const CallPlan& plan, const std::stop_source& stop) {
  options.header("x-call", std::to_string(call));
  if (plan.extras) {
    options.extra("/metadata", R"({"a":"b"})").query("c", "d").query("e", "f").timeouts(Timeouts().idle(1min));
  }
  constexpr auto off = Timeouts::off();
  if (plan.patient)
    options.timeouts(Timeouts().connect(off).first_content(off).idle(off).between_chunks(off).total(off));
  if (plan.oddity == Oddity::no_time) options.timeouts(Timeouts().idle(0s));
  if (plan.deadline) options.deadline(*plan.deadline);
  if (plan.leaving == CallPlan::Leaving::stops) options.cancel_on(stop.get_token());
}

}  // namespace

/// Runs at once; the user may destroy it as long as it is suspended.
class User::Coroutine {
 public:
  struct promise_type {
    promise_type(User& u) : user(u) {}
    promise_type(User& u, bool) : user(u) {}
    Coroutine get_return_object() {
      user.coroutine_ = std::coroutine_handle<promise_type>::from_promise(*this);
      return {};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {
      user.world_.witness().fail("one-end", "a user's coroutine got something that is no Error");
    }
    ~promise_type() { user.coroutine_ = nullptr; }

    User& user;
  };
};

/// `co_await` this to do nothing for a while.
class User::Sleep {
 public:
  Sleep(Scheduler& scheduler, Duration duration) : scheduler_(scheduler), duration_(duration) {}
  Sleep(const Sleep&) = delete;
  ~Sleep() {
    if (timer_) scheduler_.cancel(*timer_);
  }
  bool await_ready() const { return duration_ == Duration(0); }
  void await_suspend(std::coroutine_handle<> waiter) {
    timer_ = scheduler_.sleep_until(scheduler_.steady_now() + duration_, [this, waiter] {
      timer_.reset();
      waiter.resume();
    });
  }
  void await_resume() const {}

 private:
  Scheduler& scheduler_;
  Duration duration_;
  std::optional<Scheduler::Timer> timer_;
};

User::User(UserWorld& world, int call, const CallPlan& plan, Provider provider)
    : world_(world), call_(call), plan_(plan), provider_(std::move(provider)) {}

User::~User() {
  if (coroutine_) coroutine_.destroy();
}

Messages User::messages() const {
  const std::string prompt =
      "call " + std::to_string(call_) + std::string(static_cast<std::size_t>(plan_.prompt_bytes), '.');
  if (plan_.has_foreign_options()) return Messages().add(foreign_message(prompt));
  if (plan_.files.files.empty() && plan_.prompt_bytes == 200) {
    return Messages().user("hello").assistant("yes").user(prompt);
  }
  if (plan_.files.files.empty()) return Messages().user(prompt);
  Message message(Role::user);
  for (std::size_t i = 0; i < plan_.files.files.size(); ++i) {
    const FilePlan& file = plan_.files.files[i];
    std::string url = file.is_nowhere ? url_of_nothing : url_of(first_address(call_, static_cast<int>(i), file));
    message.add(file_part(file.kind, std::move(url)));
  }
  message.add(Part::text(prompt));
  return Messages().add(std::move(message));
}

Options User::options() {
  Options options;
  set_common(options, call_, plan_, stop_);
  options.continue_with(plan_.continuation).raw_events(plan_.raw_events);
  make_odd(options, plan_.oddity);
  if (plan_.oddity == Oddity::two_choices) options.n(2);
  if (plan_.max_tokens) options.max_tokens(*plan_.max_tokens);
  if (plan_.files.policy) options.fetch_urls(*plan_.files.policy);
  if (plan_.tools) add_tools(options);
  return options;
}

void User::add_tools(Options& options) {
  const ToolsPlan& plan = *plan_.tools;
  options.tools(tool("f", "Does something", R"({"type":"object","properties":{"n":{"type":"integer"}}})",
                     [this](const ToolCall& call) { return use_tool(call); }));
  if (plan.has_his_own) {
    options.tools(Tool("his_own", "Does something else").with(foreign_options()));
    options.tools(Tool::provider_defined("anthropic", R"({"type":"web_search_20250305","name":"web_search"})"));
  }
  ToolLoop loop;
  loop.max_steps(plan.max_steps).max_calls(plan.max_calls).at_limit(plan.at_limit).concurrency(plan.concurrency);
  loop.max_result_bytes(most_result_bytes);
  if (plan.max_time) loop.max_time(*plan.max_time);
  if (plan.tool_timeout) loop.tool_timeout(*plan.tool_timeout);
  if (plan.max_cost) loop.max_cost(Money("1").times(*plan.max_cost, 1'000'000));
  if (plan.approves) loop.approve([this](const ToolCall& call) { return approve(call); });
  options.tool_loop(std::move(loop));
  if (plan.must_call) {
    options.tool_choice(plan.approves ? ToolChoice::named("f") : ToolChoice(ToolChoice::Kind::required));
  } else if (plan.may_call) {
    options.tool_choice(ToolChoice::Kind::automatic);
  }
}

/// Some are done at once, some take their time, some fail in one way or another.
ToolTask<ToolResult> User::use_tool(ToolCall call) {
  note("runs tool " + call.id());
  world_.witness().tool_runs(call_, call);
  const ToolUse use(world_.witness(), call_, call.id());
  Dice dice = world_.dice_for(of_a_tool, number_of(call_, call.id()));
  const int what = world_.calm() ? 9 : dice.from(0, 9);
  if (what == 0) throw std::runtime_error("tool");
  if (what == 1) throw 7;
  if (what < 5) {
    Sleep work(world_.scheduler(), dice.time(5s));
    co_await work;
  }
  if (what == 5) co_return odd_result(dice);
  co_return ToolResult("did " + call.id());
}

Approval User::approve(const ToolCall& call) {
  Dice dice = world_.dice_for(of_an_approval, number_of(call_, call.id()));
  switch (dice.from(0, 9)) {
    case 0:
      return Approval::refused();
    case 1:
      return Approval::refused("not this one");
    case 2:
      throw std::runtime_error("approval");
    case 3:
      throw 7;
    default:
      world_.witness().approves(call_, call.id());
      return Approval::approved();
  }
}

Texts User::texts() const {
  Texts texts;
  for (int i = 0; i < plan_.texts.count; ++i) {
    const bool left_out = plan_.oddity == Oddity::no_text && i + 1 == plan_.texts.count;
    texts.add(left_out ? std::string() : text_to_embed(i, plan_.texts.bytes));
  }
  return texts;
}

EmbeddingOptions User::embedding_options() {
  EmbeddingOptions options;
  set_common(options, call_, plan_, stop_);
  make_odd(options, plan_.oddity);
  options.concurrency(static_cast<std::size_t>(plan_.texts.concurrency));
  if (plan_.texts.batch_size) options.batch_size(static_cast<std::size_t>(*plan_.texts.batch_size));
  return options;
}

void User::start() {
  using Kind = CallPlan::Kind;
  world_.witness().starts(call_);
  note("starts at handle " + std::to_string(plan_.handle));
  plan_to_leave();
  switch (plan_.kind) {
    case Kind::chat:
      provider_.async_chat(messages(), options()).then([this](Result<Response> result) { gets(std::move(result)); });
      break;
    case Kind::chat_coroutine:
      chat();
      break;
    case Kind::stream_for_each:
      stream_.emplace(provider_.stream(messages(), options()));
      stream_->for_each([this](const Chunk& chunk) { reads(chunk); }).then([this](Result<Response> result) {
        gets(std::move(result));
      });
      break;
    case Kind::collect:
      // What is read first and collected then is the same answer.
      stream_.emplace(provider_.stream(messages(), options()));
      stream_->for_each([this](const Chunk& chunk) { reads(chunk); }).then([this](Result<Response> result) {
        gets(std::move(result));
      });
      stream_.reset();
      break;
    case Kind::stream_coroutine:
      read_stream(false);
      break;
    case Kind::stream_on_executor:
      read_stream(true);
      break;
    case Kind::models:
      list_models();
      break;
    case Kind::embed:
      embed();
      break;
    case Kind::embed_coroutine:
      embed_in_coroutine();
      break;
  }
}

User::Coroutine User::chat() {
  Result<Response> result = co_await provider_.async_chat(messages(), options()).as_result();
  gets(std::move(result));
}

User::Coroutine User::read_stream(bool on_executor) {
  stream_.emplace(provider_.stream(messages(), options()));
  if (on_executor) {
    Executor later = [this](std::function<void()> task) {
      world_.scheduler().sleep_until(world_.scheduler().steady_now() + plan_.pause, std::move(task));
    };
    stream_.emplace(std::move(*stream_).on(std::move(later)));
  }
  try {
    while (const Chunk* chunk = co_await stream_->next()) {
      reads(*chunk);
      if (plan_.leaving == CallPlan::Leaving::breaks && ++chunks_ == plan_.breaks_after) {
        note("breaks off reading");
        world_.witness().leaves(call_);
        world_.witness().cancels(call_);
        stream_.reset();
        co_return;
      }
      Sleep pause(world_.scheduler(), plan_.pause);
      co_await pause;
    }
  } catch (const Error& error) {
    gets(error);
    co_return;
  }
  gets(*stream_->response());
}

void User::list_models() {
  provider_.async_list_models(options()).then([this](Result<std::vector<ModelInfo>> result) {
    note(result ? "has the models" : std::string("has no models: ") + result.error().what());
    world_.witness().gets_models(call_, result ? std::nullopt : std::optional<Error>(result.error()));
  });
}

void User::embed() {
  provider_.async_embed(texts(), embedding_options()).then([this](Result<Embeddings> result) {
    gets_vectors(std::move(result));
  });
}

User::Coroutine User::embed_in_coroutine() {
  Result<Embeddings> result = co_await provider_.async_embed(texts(), embedding_options()).as_result();
  gets_vectors(std::move(result));
}

void User::plan_to_leave() {
  using Leaving = CallPlan::Leaving;
  if (plan_.leaving == Leaving::stays || plan_.leaving == Leaving::breaks) return;
  world_.scheduler().sleep_until(world_.scheduler().steady_now() + plan_.leaves_after, [this] { leave(); });
}

void User::leave() {
  using Leaving = CallPlan::Leaving;
  switch (plan_.leaving) {
    case Leaving::stops:
      note("stops");
      world_.witness().cancels(call_);
      stop_.request_stop();
      break;
    case Leaving::cancels:
      if (!stream_) break;
      note("cancels");
      world_.witness().cancels(call_);
      stream_->cancel();
      break;
    case Leaving::destroys:
      if (!coroutine_) break;
      note("destroys its coroutine");
      world_.witness().leaves(call_);
      world_.witness().cancels(call_);
      coroutine_.destroy();
      stream_.reset();
      break;
    case Leaving::stays:
    case Leaving::breaks:
      break;
  }
}

void User::reads(const Chunk& chunk) {
  note("reads " + std::string(to_string(chunk.kind())) + " " + chunk.text().substr(0, 40));
  world_.witness().reads(call_, chunk);
}

void User::gets(Result<Response> result) {
  note(result ? "has its answer" : std::string("fails: ") + result.error().what());
  world_.witness().gets(call_, result);
}

void User::gets_vectors(Result<Embeddings> result) {
  note(result ? "has its vectors" : std::string("has no vectors: ") + result.error().what());
  world_.witness().gets_vectors(call_, result);
}

}  // namespace antiphon::simulation
