#pragma once

#include <set>

#include "anthropic_cache.hpp"

namespace antiphon::inline v0::simulator {

/// What the conversation's rules depend on.
struct AnthropicRules {
  bool is_new_version = false;  ///< 2026-10-21
  bool prefill = true;          ///< the last message may be the model's
  bool has_format = false;      ///< a structured answer is wanted
  bool has_budget = false;      ///< thinking is switched on by a budget
};

/// Walks the messages, checks their order and their blocks, and keeps what an answer is made from.
class AnthropicConversation {
 public:
  AnthropicConversation(Ask& ask, AnthropicPrompt& prompt, const AnthropicRules& rules)
      : ask_(ask), prompt_(prompt), rules_(rules) {}
  void read(const std::vector<RequestObject>& messages);

 private:
  /// What the blocks of one message say.
  struct Said {
    std::string text;
    std::string results;
    std::uint64_t images = 0;
    bool has_results = false;
    bool has_others = false;
    bool has_server_blocks = false;
    bool begins_with_thinking = false;
    std::set<std::string> server_calls;  ///< without a result yet
  };

  void add(const RequestObject& message, const std::string& role, bool is_last);
  Said read_content(const RequestObject& message, const std::string& role, bool is_last);
  void read_block(const RequestObject& block, const std::string& role, Said& said);
  void read_text(const RequestObject& block, const std::string& role, Said& said);
  void read_image(const RequestObject& block, Said& said);
  void read_document(const RequestObject& block, Said& said);
  void read_search_result(const RequestObject& block, Said& said);
  void read_thinking(const RequestObject& block);
  void read_hidden_thinking(const RequestObject& block);
  void read_call(const RequestObject& block);
  void read_result(const RequestObject& block, Said& said);
  void read_server_block(const RequestObject& block, const std::string& type, Said& said);
  void check_end(const RequestObject& last);
  [[noreturn]] static void refuse_place(const RequestObject& block, const std::string& role);

  Ask& ask_;
  AnthropicPrompt& prompt_;
  const AnthropicRules& rules_;
  std::vector<std::string> open_calls_;
  std::set<std::string> calls_;
  std::string previous_role_;
  bool last_turn_thought_ = false;
  bool last_turn_called_ = false;
  bool last_turn_is_paused_ = false;
};

}  // namespace antiphon::inline v0::simulator
