#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::inline v0::codec {

/// An object that a stream sends several times, as one: its lists go on where they ended, of everything else the last
/// counts. One that came once stays the bytes that it was.
class MergedObject {
 public:
  /// More members than any such object has.
  static constexpr std::size_t most_members = 64;
  /// A list may begin again with what it had, and more; or it only ever goes on.
  enum class Lists { may_repeat, go_on };

  explicit MergedObject(Lists lists = Lists::may_repeat) : lists_(lists) {}

  /// `raw` is a JSON object. About how many more bytes are kept because of it.
  std::size_t add(std::string_view raw);
  bool empty() const { return last_.empty(); }
  /// It came more than once, and not always the same.
  bool merged() const { return merged_; }
  /// Nothing was left out for there being too many members.
  bool complete() const { return complete_; }
  std::string json() const;

 private:
  struct Member {
    std::string name;
    std::string json;  ///< of a list, its elements without the brackets
    bool is_list = false;
  };

  void merge(std::string_view raw);
  void merge_list(Member& known, std::string_view more) const;
  Member* member(std::string_view name);

  Lists lists_;
  std::string last_;  ///< as it came
  std::vector<Member> members_;
  bool merged_ = false;
  bool complete_ = true;
};

}  // namespace antiphon::inline v0::codec
