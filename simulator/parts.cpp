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

bool piece_of(const std::vector<std::string>& pieces, const std::optional<Generated>& generated, bool endless,
              std::uint64_t number, std::string& piece) {
  if (generated) {
    if (number >= generated->chunks && !endless) return false;
    piece = generated_piece(number, generated->chunk_bytes);
    return true;
  }
  if (pieces.empty() || (number >= pieces.size() && !endless)) return false;
  piece = pieces[number % pieces.size()];
  return true;
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
        part = Part{Part::Kind::text, "", 0};
        found = piece_of(choice_.text, choice_.generated, choice_.endless, index_++, part.text);
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
