#include <algorithm>
#include <chrono>

#include <antiphon/codec.hpp>

#include "core/ascii.hpp"
#include "core/secret_names.hpp"
#include "providers/answer_reader.hpp"
#include "providers/codec.hpp"

namespace antiphon::inline v0 {

namespace {

/// Headers that hold no secret. Everything else might.
constexpr std::string_view harmless_headers[] = {
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "host",
    "openai-beta",
    "openai-version",
    "openai-processing-ms",
    "anthropic-beta",
    "anthropic-version",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "server",
    "transfer-encoding",
    "user-agent",
    "vary",
    "x-request-id",
    "x-should-retry",
    "cf-ray",
};

bool is_harmless(std::string_view name) {
  const std::string lower = ascii::to_lower(name);
  return lower.starts_with("x-ratelimit-") ||
         std::find(std::begin(harmless_headers), std::end(harmless_headers), lower) != std::end(harmless_headers);
}

const codec::Preset& preset_of_protocol(const std::string& protocol) {
  for (const std::string& name : codec::preset_names()) {
    const codec::Preset* preset = codec::find_preset(name);
    if (preset->protocol == protocol) return *preset;
  }
  std::string known;
  for (const std::string& name : protocols()) known += (known.empty() ? "" : ", ") + name;
  throw Error(ErrorKind::invalid_config, "unknown protocol \"" + protocol + "\"; known are " + known).where("protocol");
}

class Forward final : public ChunkSink {
 public:
  explicit Forward(const std::function<void(const Chunk&)>& function) : function_(function) {}
  void push(Chunk chunk) override { function_(chunk); }

 private:
  const std::function<void(const Chunk&)>& function_;
};

}  // namespace

HttpHeaders mask_secrets(const HttpHeaders& headers) {
  HttpHeaders masked;
  for (const auto& [name, value] : headers) masked.add(name, is_harmless(name) ? value : "***");
  return masked;
}

std::string mask_secrets(const std::string& url) { return masked_query(url); }

const std::vector<std::string>& protocols() { return codec::codec_names(); }

Result<Response> decode(std::string_view bytes, const DecodeOptions& options) {
  const codec::Preset& preset = preset_of_protocol(options.protocol());
  // No address: the answer may be from any server of this protocol.
  const codec::Target target{&preset, {}, {}};
  Forward forward(options.on_chunk());
  codec::AnswerReader reader(*codec::find_codec(options.protocol()), target, options.stream(),
                             options.max_response_bytes(), options.on_chunk() ? &forward : nullptr);
  HttpHead head;
  head.status = options.status();
  head.headers = options.headers();
  reader.head(head, std::chrono::system_clock::now());
  const std::size_t step = options.split() == 0 ? std::max<std::size_t>(bytes.size(), 1) : options.split();
  for (std::size_t at = 0; at < bytes.size() && reader.feed(bytes.substr(at, step));) {
    at += std::min(step, bytes.size() - at);
  }
  return reader.end(std::nullopt);
}

}  // namespace antiphon::inline v0
