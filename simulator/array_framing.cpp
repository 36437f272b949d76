#include "framing.hpp"

namespace antiphon::inline v0::simulator {
namespace {

/// `[{…}`, `,`, `{…}`, `]`, each on lines of its own: one JSON document that comes in pieces.
class ArrayFramer : public Framer {
 public:
  ArrayFramer(std::string line_end, const FramingFault& fault) : line_end_(std::move(line_end)), fault_(fault) {}

  std::string frame(const Event& event, bool last) override {
    std::string out;
    if (fault_.bom && !begun_) out += byte_order_mark;
    out += begun_ ? "," + line_end_ : "[";
    begun_ = true;
    out += event.data;
    if (last && fault_.missing_line_end) return out;
    out += line_end_;
    if (last) out += ']';
    return out;
  }

  std::string ping(const std::string&) const override { return line_end_; }

 private:
  std::string line_end_;
  const FramingFault& fault_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Framer> array_framer(std::string line_end, const FramingFault& fault) {
  return std::make_unique<ArrayFramer>(std::move(line_end), fault);
}

}  // namespace antiphon::inline v0::simulator
