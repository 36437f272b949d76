// Answers of Gemini, whole and streamed, give the same in any pieces; what was read goes into a request again.

#include <antiphon/antiphon.hpp>

#include "answer.hpp"

namespace {

/// A history with that answer is a request, or is refused by name.
void send_back(Input input) {
  input.choice();
  antiphon::DecodeOptions options("gemini");
  options.stream(input.choice() % 2 == 0).max_response_bytes(std::size_t{1} << 20);
  const antiphon::Result<antiphon::Response> response = antiphon::decode(input.rest(), options);
  if (!response) return;
  antiphon::Messages history = antiphon::Messages().user("hi").add(response->message()).user("go on");
  const antiphon::ModelConfig config("gemini-3-pro-preview", antiphon::providers::gemini);
  try {
    const auto encoded = antiphon::encode(config, history, antiphon::Options(), false);
    require(antiphon::Json(encoded.http.body).check().empty());
  } catch (const antiphon::Error& error) {
    require(error.kind() == antiphon::ErrorKind::invalid_request && !error.where().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_answer(Input(data, size), "gemini");
  send_back(Input(data, size));
  return 0;
}
