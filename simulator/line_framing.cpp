#include "framing.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class LineFramer : public Framer {
 public:
  LineFramer(std::string line_end, const FramingFault& fault) : line_end_(std::move(line_end)), fault_(fault) {}

  std::string frame(const Event& event, bool last) override {
    std::string out;
    if (fault_.bom && !begun_) out += byte_order_mark;
    begun_ = true;
    out += event.data;
    if (!(last && fault_.missing_line_end)) out += line_end_;
    return out;
  }

  std::string ping(const std::string&) const override { return line_end_; }

 private:
  std::string line_end_;
  const FramingFault& fault_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Framer> line_framer(std::string line_end, const FramingFault& fault) {
  return std::make_unique<LineFramer>(std::move(line_end), fault);
}

}  // namespace antiphon::inline v0::simulator
