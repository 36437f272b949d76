#include "event_stream.hpp"
#include "framing.hpp"

namespace antiphon::inline v0::simulator {
namespace {

class FrameFramer : public Framer {
 public:
  explicit FrameFramer(const FramingFault& fault) : fault_(fault) {}

  std::string frame(const Event& event, bool) override {
    const bool is_exception = event.kind == Event::Kind::failure;
    const auto& wrong = fault_.wrong_frame;
    const bool is_wrong = wrong && wrong->event == number_++;
    return event_stream_frame({{is_exception ? ":exception-type" : ":event-type", event.name},
                               {":content-type", "application/json"},
                               {":message-type", is_exception ? "exception" : "event"}},
                              event.data, is_wrong ? wrong->fault : FrameFault());
  }

  std::string ping(const std::string&) const override { return ""; }

 private:
  const FramingFault& fault_;
  std::uint64_t number_ = 0;
};

}  // namespace

std::unique_ptr<Framer> frame_framer(const FramingFault& fault) { return std::make_unique<FrameFramer>(fault); }

}  // namespace antiphon::inline v0::simulator
