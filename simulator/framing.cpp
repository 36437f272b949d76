#include "framing.hpp"

namespace antiphon::inline v0::simulator {
namespace {

std::string text_of(LineEnd end) {
  switch (end) {
    case LineEnd::crlf:
      return "\r\n";
    case LineEnd::cr:
      return "\r";
    case LineEnd::lf:
      break;
  }
  return "\n";
}

}  // namespace

std::unique_ptr<Framer> make_framer(const StreamForm& form, const FramingFault& fault) {
  const std::string line_end = text_of(fault.line_end.value_or(form.crlf ? LineEnd::crlf : LineEnd::lf));
  switch (form.framing) {
    case Framing::lines:
      return line_framer(line_end, fault);
    case Framing::array:
      return array_framer(line_end, fault);
    case Framing::frames:
    case Framing::chunk_frames:
      return frame_framer(form.framing == Framing::chunk_frames, fault);
    case Framing::sse:
    case Framing::typed_sse:
      break;
  }
  return sse_framer(line_end, form.framing == Framing::typed_sse, fault);
}

}  // namespace antiphon::inline v0::simulator
