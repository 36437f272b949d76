#include "generation_flags.hpp"

#include <utility>

#include "usage_error.hpp"

namespace antiphon::cli {
namespace {

/// `8192`, `true`, `{"a": 1}` are JSON; everything else, a quoted text too, is text.
Json option_value(std::string text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  const bool quoted = start != std::string::npos && text[start] == '"';
  if (!quoted && Json(text).check().empty()) return Json(std::move(text));
  return Json::string(text);
}

}  // namespace

void GenerationFlags::declare(CommandLine& line) {
  line.integer("--max-tokens", max_tokens_, "N", "Longest answer, in tokens");
  line.number("--temperature", temperature_, "X", "Randomness, from 0 to 2");
  line.integer("--seed", seed_, "N", "Same seed, same answer, as far as the provider can");
  line.texts("--stop", stop_, "TEXT", "End the answer before this text");
  line.texts("-o,--option", others_, "NAME=VALUE", "Any other option of the provider; VALUE is JSON or text");
  constexpr auto off = Timeouts::off();
  line.duration("--timeout", total_, off, "For the whole exchange (default: 1h)");
  line.duration("--timeout-connect", connect_, off, "For name look-up, TCP and TLS (default: 10s)");
  line.duration("--timeout-first-chunk", first_chunk_, off, "Until the first word of the answer (default: off)");
  line.duration("--timeout-chunk", chunk_, off, "From one piece of the answer to the next (default: off)");
  line.duration("--timeout-idle", idle_, off,
                "For a connection on which nothing comes, no sign of life either (default: 10m)");
}

Options GenerationFlags::options() const {
  Options options;
  if (max_tokens_) options.max_tokens(*max_tokens_);
  if (temperature_) options.temperature(*temperature_);
  if (seed_) options.seed(*seed_);
  for (const std::string& text : stop_) options.stop(text);
  for (const std::string& other : others_) {
    const std::size_t equals = other.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw UsageError("-o: expected NAME=VALUE, got \"" + other + "\"");
    }
    options.option(other.substr(0, equals), option_value(other.substr(equals + 1)));
  }
  Timeouts timeouts;
  if (total_) timeouts.total(*total_);
  if (connect_) timeouts.connect(*connect_);
  if (first_chunk_) timeouts.first_content(*first_chunk_);
  if (chunk_) timeouts.between_chunks(*chunk_);
  if (idle_) timeouts.idle(*idle_);
  return options.timeouts(timeouts), options;
}

}  // namespace antiphon::cli
