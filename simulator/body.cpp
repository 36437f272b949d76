#include "body.hpp"

#include "parts.hpp"

namespace antiphon::inline v0::simulator {

bool ReadyBody::next(Piece& piece) {
  if (index_ >= pieces_.size()) return false;
  piece = std::move(pieces_[index_++]);
  return true;
}

std::optional<std::uint64_t> ReadyBody::size() const {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces_) sum += piece.bytes.size();
  return sum;
}

WholeBody::WholeBody(const std::string& text, std::vector<Generated> generated, bool endless)
    : generated_(std::move(generated)), endless_(endless) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < generated_.size(); ++i) {
    const std::size_t mark = text.find(generated_mark, begin);
    if (mark == std::string::npos) break;
    fixed_.push_back(text.substr(begin, mark - begin));
    begin = mark + generated_mark.size();
  }
  fixed_.push_back(text.substr(begin));
}

bool WholeBody::next(Piece& piece) {
  constexpr std::size_t blanks = 4096;
  if (index_ >= fixed_.size()) {
    if (endless_) piece = Piece{std::string(blanks, ' '), true};
    return endless_;
  }
  if (chunk_ == 0) {
    piece = Piece{fixed_[index_], true};
    chunk_ = 1;
    if (index_ + 1 == fixed_.size()) ++index_;
    return true;
  }
  const Generated& generated = generated_[index_];
  if (chunk_ <= generated.chunks) {
    piece = Piece{generated_piece(chunk_ - 1, generated.chunk_bytes), true};
    ++chunk_;
    return true;
  }
  ++index_;
  chunk_ = 0;
  return next(piece);
}

std::optional<std::uint64_t> WholeBody::size() const {
  if (endless_) return std::nullopt;
  std::uint64_t sum = 0;
  for (const std::string& part : fixed_) sum += part.size();
  for (std::size_t i = 0; i + 1 < fixed_.size(); ++i) sum += generated_[i].chunks * generated_[i].chunk_bytes;
  return sum;
}

bool EventBody::next(Piece& piece) {
  if (!begun_) has_ahead_ = source_->next(ahead_);
  begun_ = true;
  if (!has_ahead_) return false;
  const Event event = std::move(ahead_);
  ahead_ = Event();
  has_ahead_ = source_->next(ahead_);
  piece.bytes = framer_->frame(event, !has_ahead_);
  piece.is_content = event.kind == Event::Kind::content;
  return true;
}

std::string read_all(Body& body) {
  constexpr std::size_t most = std::size_t{64} << 20;
  std::string out;
  Piece piece;
  while (out.size() < most && body.next(piece)) out += piece.bytes;
  return out;
}

}  // namespace antiphon::inline v0::simulator
