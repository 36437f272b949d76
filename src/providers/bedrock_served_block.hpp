#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json/reader.hpp"

namespace antiphon::inline v0::codec {

/// A call of a tool that Bedrock runs itself, or what that gave, as it comes in the pieces of a stream. It is no call
/// of ours: it goes back as the block that it is (observed of the service, May 2026).
class BedrockServedBlock {
 public:
  /// Whether a block whose start has this member is one.
  static bool begins(std::string_view member, json::Value start);

  BedrockServedBlock(std::string_view member, json::Value start);

  void input(std::string_view piece) { input_ += piece; }
  /// Elements of the content of a result.
  void results(json::Value list);

  const std::string& member() const { return member_; }
  /// The block as a whole answer has it; nothing when its pieces are not JSON.
  std::optional<std::string> as_json() const;

 private:
  std::string member_;
  std::string start_;
  std::string input_;
  std::string results_;
};

}  // namespace antiphon::inline v0::codec
