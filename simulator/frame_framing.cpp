#include "event_stream.hpp"
#include "framing.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class FrameFramer : public Framer {
 public:
  FrameFramer(bool wraps, const FramingFault& fault) : wraps_(wraps), fault_(fault) {}

  std::string frame(const Event& event, bool) override {
    const bool is_exception = event.kind == Event::Kind::failure;
    if (!wraps_ || is_exception) return frame_of(event.name, event.data, is_exception);
    return frame_of("chunk", R"({"bytes":")" + encode_base64(event.data) + R"(","p":"abcdefg"})", false);
  }

  std::string ping(const std::string&) const override { return ""; }

 private:
  std::string frame_of(const std::string& name, const std::string& payload, bool is_exception) {
    const auto& wrong = fault_.wrong_frame;
    const bool is_wrong = wrong && wrong->event == number_++;
    return event_stream_frame({{is_exception ? ":exception-type" : ":event-type", name},
                               {":content-type", "application/json"},
                               {":message-type", is_exception ? "exception" : "event"}},
                              payload, is_wrong ? wrong->fault : FrameFault());
  }

  bool wraps_;
  const FramingFault& fault_;
  std::uint64_t number_ = 0;
};

}  // namespace

std::unique_ptr<Framer> frame_framer(bool wraps, const FramingFault& fault) {
  return std::make_unique<FrameFramer>(wraps, fault);
}

}  // namespace antiphon::inline v0::simulator
