#include "parts.hpp"

#include <algorithm>

#include "text.hpp"

namespace antiphon::inline v0::simulator {

std::string generated_piece(std::uint64_t number, std::uint64_t bytes) {
  std::string piece = std::to_string(number) + ' ';
  piece.reserve(bytes + piece.size());
  while (piece.size() < bytes) piece.append(piece, 0, std::min<std::uint64_t>(piece.size(), bytes - piece.size()));
  piece.resize(bytes);
  return piece;
}

bool Parts::next(Part& part) {
  while (true) {
    bool found = false;
    switch (stage_) {
      case 0:
        part = Part{Part::Kind::begin, "", 0};
        found = index_++ == 0;
        break;
      case 1:
        found = next_of(choice_.reasoning, Part::Kind::reasoning, part);
        break;
      case 2:
        found = next_text(part);
        break;
      case 3:
        found = next_of(choice_.refusal, Part::Kind::refusal, part);
        break;
      case 4:
        found = next_call(part);
        break;
      case 5:
        part = Part{Part::Kind::finish, "", 0};
        found = index_++ == 0;
        break;
      default:
        return false;
    }
    if (found) return true;
    ++stage_;
    index_ = 0;
  }
}

bool Parts::next_of(const std::vector<std::string>& pieces, Part::Kind kind, Part& part) {
  if (index_ >= pieces.size()) return false;
  part = Part{kind, pieces[index_++], 0};
  return true;
}

bool Parts::next_text(Part& part) {
  if (choice_.generated) {
    if (index_ >= choice_.generated->chunks && !choice_.endless) return false;
    part = Part{Part::Kind::text, generated_piece(index_++, choice_.generated->chunk_bytes), 0};
    return true;
  }
  if (choice_.endless && !choice_.text.empty() && index_ >= choice_.text.size()) index_ = 0;
  return next_of(choice_.text, Part::Kind::text, part);
}

bool Parts::next_call(Part& part) {
  if (argument_ < arguments_.size()) {
    part = Part{Part::Kind::arguments, arguments_[argument_++], index_ - 1};
    return true;
  }
  if (index_ >= choice_.tool_calls.size()) return false;
  const ToolCall& call = choice_.tool_calls[index_];
  part = Part{Part::Kind::call, call.name, index_++};
  arguments_ = split_into_pieces(call.arguments);
  argument_ = 0;
  return true;
}

}  // namespace antiphon::inline v0::simulator
