#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framing.hpp"

namespace antiphon::inline v0::simulator {

/// What is written at once.
struct Piece {
  std::string bytes;
  bool is_content = false;  ///< counts as a chunk for the timing
};

/// The body of an answer, made piece by piece.
class Body {
 public:
  virtual ~Body() = default;
  /// False behind the last one.
  virtual bool next(Piece& piece) = 0;
  /// In bytes; nothing when only writing it will tell.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// Pieces that are there already.
class ReadyBody : public Body {
 public:
  explicit ReadyBody(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}
  explicit ReadyBody(std::string bytes) { pieces_.push_back(Piece{std::move(bytes), true}); }
  bool next(Piece& piece) override;
  std::optional<std::uint64_t> size() const override;

 private:
  std::vector<Piece> pieces_;
  std::size_t index_ = 0;
};

/// A whole answer, its generated content made on the fly where the marks are. Endless: white space follows for ever.
class WholeBody : public Body {
 public:
  WholeBody(const std::string& text, std::vector<Generated> generated, bool endless);
  bool next(Piece& piece) override;
  std::optional<std::uint64_t> size() const override;

 private:
  std::vector<std::string> fixed_;  // with a generated content between each two
  std::vector<Generated> generated_;
  bool endless_;
  std::size_t index_ = 0;
  std::uint64_t chunk_ = 0;
};

/// Events, framed.
class EventBody : public Body {
 public:
  EventBody(std::unique_ptr<EventSource> source, std::unique_ptr<Framer> framer)
      : source_(std::move(source)), framer_(std::move(framer)) {}
  bool next(Piece& piece) override;

 private:
  std::unique_ptr<EventSource> source_;
  std::unique_ptr<Framer> framer_;
  Event ahead_;
  bool begun_ = false;
  bool has_ahead_ = false;
};

/// The whole of it in one piece; what comes behind the first 64 MiB is left out.
std::string read_all(Body& body);

}  // namespace antiphon::inline v0::simulator
