#pragma once

#include <set>

#include "request_object.hpp"

namespace antiphon::inline v0::simulator {

/// Walks the items of a Responses request, checks their order and their parts, and keeps what an answer is made from.
class ResponsesInput {
 public:
  /// `is_stored`: the provider keeps answers; `goes_on`: a stored answer stands before these items.
  ResponsesInput(Ask& ask, bool is_stored, bool goes_on) : ask_(ask), is_stored_(is_stored), goes_on_(goes_on) {}
  void read(const RequestObject& request);

 private:
  void read_item(const RequestObject& item, const std::string& type, bool is_last);
  void read_message(const RequestObject& item);
  std::string read_content(const RequestObject& item, const std::string& role, std::uint64_t& images);
  std::string read_part(const RequestObject& part, const std::string& role, std::uint64_t& images);
  void read_image(const RequestObject& part) const;
  void read_file(const RequestObject& part) const;
  void read_reasoning(const RequestObject& item);
  void read_call(const RequestObject& item, const std::string& type);
  void read_output(const RequestObject& item, const std::string& type);
  void read_reference(const RequestObject& item);
  void read_compaction(const RequestObject& item);
  void check_id(const RequestObject& item, std::string_view prefix);
  void check_order(const RequestObject& item, const std::string& type);
  [[noreturn]] void refuse_reasoning_alone() const;
  void say(const std::string& text);

  Ask& ask_;
  bool is_stored_;
  bool goes_on_;
  std::set<std::string> calls_;    ///< kind and id
  std::set<std::string> waiting_;  ///< of these, those without an output
  std::string lone_reasoning_;     ///< place of a reasoning item that nothing follows yet
};

}  // namespace antiphon::inline v0::simulator
